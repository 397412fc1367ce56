import { setTimeout as pass } from 'node:timers/promises';
import { numberedEvent } from '../support/numbered-events.ts';
import { countByOutcome } from '../support/outcome-facts.ts';
import type { Behaviour } from '../support/simulator-client.ts';
import { startStack, type TestStack } from '../support/test-stack.ts';
import { waitFor } from '../support/wait-for.ts';
import { reportFigure } from './support/figures.ts';
import { expectKeptPromises } from './support/judgement.ts';
import { scaled } from './support/scale.ts';
import { SteadyLoad } from './support/steady-load.ts';
import { TcpProxy } from './support/tcp-proxy.ts';

type Fault = Behaviour['faults'][number];

const CONCURRENCY = 32;
const LOAD = { senders: 6, usersPerSender: 20, everyMs: 400 };
const SENDING = '/v6/*';

/** What Extole does for a while, and then no more. */
const TROUBLES: readonly { readonly name: string; readonly faults: readonly Fault[]; readonly forMs: number }[] = [
  { name: '5 % of calls end with 500', forMs: 20_000, faults: [{ kind: 'status', status: 500, probability: 0.05 }] },
  {
    name: '5 % of calls end with 503 although they took effect',
    forMs: 20_000,
    faults: [{ kind: 'status', status: 503, probability: 0.05, applied: true }],
  },
  {
    name: 'a storm of 429 for half of the calls',
    forMs: 20_000,
    faults: [{ kind: 'status', status: 429, code: 'too_many_requests', probability: 0.5 }],
  },
  {
    name: 'a storm of 429 for all calls, with Retry-After',
    forMs: 15_000,
    faults: [{ kind: 'status', status: 429, code: 'too_many_requests', retryAfterSeconds: 2 }],
  },
  { name: '401 in the middle', forMs: 15_000, faults: [{ kind: 'status', status: 401, code: 'invalid_access_token' }] },
  { name: '204 without a body', forMs: 15_000, faults: [{ kind: 'empty204' }] },
  { name: 'redirects', forMs: 15_000, faults: [{ kind: 'redirect' }] },
  { name: 'answers that are no JSON', forMs: 15_000, faults: [{ kind: 'garbage' }] },
  { name: '5 % of calls hang', forMs: 30_000, faults: [{ kind: 'hang', probability: 0.05 }] },
  { name: '10 % of answers break off in the middle', forMs: 20_000, faults: [{ kind: 'half', probability: 0.1 }] },
  { name: '10 % of connections are reset', forMs: 20_000, faults: [{ kind: 'reset', probability: 0.1 }] },
  { name: '10 s latency', forMs: 30_000, faults: [{ kind: 'slow', latencyMs: 10_000 }] },
  {
    name: 'answers that trickle, a byte every 200 ms',
    forMs: 30_000,
    faults: [{ kind: 'trickle', latencyMs: 200, probability: 0.2 }],
  },
];

describe('Extole in trouble', () => {
  let stack: TestStack;
  let network: TcpProxy;

  beforeAll(async () => {
    stack = await startStack({ partitions: 4, forwarders: 0, env: { EXTOLE_MAX_CONCURRENCY: String(CONCURRENCY) } });
    network = await TcpProxy.start(Number(new URL(stack.extole.url).port));
    await stack.startForwarder({ env: { EXTOLE_BASE_URL: `http://127.0.0.1:${network.port}` } });
  }, 90_000);

  beforeEach(async () => {
    await stack.extole.reset();
    await stack.extole.behaviour({ latencyMs: 10, jitterMs: 10 });
  });

  /** Seconds from `from` to the first call after it that took effect. */
  async function untilApplied(from: number): Promise<number> {
    return waitFor(
      async () => {
        const call = (await stack.extole.applied()).find(({ at, fault }) => at >= from && fault === null);
        return call !== undefined && Math.max(0.001, (call.at - from) / 1_000);
      },
      { timeoutMs: 90_000, intervalMs: 200, describe: 'calls to succeed again' },
    );
  }

  async function noDeadLetters(): Promise<void> {
    const { 'dead-lettered': deadLettered = 0 } = countByOutcome(await stack.readOutcomes().then(asRecords));
    expect(deadLettered).toBe(0);
  }

  function asRecords(outcomes: readonly Record<string, unknown>[]): Parameters<typeof countByOutcome>[0] {
    return outcomes.map((outcome, offset) => ({
      partition: 0,
      offset: String(offset),
      timestamp: '0',
      key: null,
      value: JSON.stringify(outcome),
      headers: {},
    }));
  }

  it.each(TROUBLES)(
    'loses nothing, keeps the order and dead-letters nothing: $name',
    async ({ name, faults, forMs }) => {
      const load = new SteadyLoad({ segment: stack.segment, prefix: `extole-${name.replaceAll(/\W/g, '-')}`, ...LOAD });
      await waitFor(() => load.taken.length > 500, { describe: 'a flow of events' });
      await stack.extole.behaviour({ faults: faults.map((fault) => ({ ...fault, match: { path: SENDING } })) });
      await pass(scaled(forMs, 5_000));
      await stack.extole.behaviour({ faults: [] });
      const recovery = await untilApplied(Date.now());
      await load.stop();
      const { ledger } = await expectKeptPromises(stack, load.taken);
      await noDeadLetters();
      const struck = ledger.filter(({ fault }) => fault !== null).length;
      reportFigure({ name: `calls struck (${name})`, values: { calls: struck } });
      reportFigure({ name: `first success after the end of: ${name}`, values: { after: recovery }, unit: 's' });
      expect(struck).toBeGreaterThan(0);
      expect(ledger.filter(({ path }) => path === '/redirected')).toHaveLength(0);
    },
    360_000,
  );

  it('waits an outage of minutes out: connections refused, then a network that swallows everything', async () => {
    const load = new SteadyLoad({ segment: stack.segment, prefix: 'outage', ...LOAD });
    await waitFor(() => load.taken.length > 500, { describe: 'a flow of events' });
    await network.close();
    await pass(scaled(120_000, 10_000));
    await network.open();
    const afterRefusal = await untilApplied(Date.now());
    network.freeze();
    await pass(scaled(60_000, 15_000));
    network.thaw();
    const afterSilence = await untilApplied(Date.now());
    await load.stop();
    await expectKeptPromises(stack, load.taken);
    await noDeadLetters();
    reportFigure({ name: 'first success after an outage', values: { refused: afterRefusal, silent: afterSilence }, unit: 's' });
  }, 600_000);

  it('dead-letters the one event that is always 400, holds back the one user who is always 500, and delivers everybody else', async () => {
    const wrong = numberedEvent('always-400', 0, { event: 'Malformed' });
    const stuck = numberedEvent('always-500', 0);
    await stack.extole.behaviour({
      faults: [
        { match: { path: SENDING, eventName: 'Malformed' }, kind: 'status', status: 400, code: 'invalid_parameter' },
        { match: { path: SENDING, partnerUserId: 'always-500' }, kind: 'status', status: 500 },
      ],
    });
    const load = new SteadyLoad({ segment: stack.segment, prefix: 'bystander', ...LOAD });
    await stack.segment.sendBatch([wrong, stuck]);
    await pass(scaled(30_000, 8_000));
    await load.stop();
    await waitFor(
      async () => {
        const arrived = new Set((await stack.extole.applied()).map(({ partnerEventId }) => partnerEventId));
        return load.taken.every(({ messageId }) => arrived.has(messageId));
      },
      { timeoutMs: 60_000, describe: "everybody else's events" },
    );
    expect(await stack.extole.applied({ partnerEventId: stuck.messageId })).toHaveLength(0);
    await stack.extole.behaviour({ faults: [] });
    await expectKeptPromises(stack, [...load.taken, stuck]);
    const ends = (await stack.readOutcomes()).filter(({ messageId }) => messageId === wrong.messageId);
    expect(ends).toEqual([expect.objectContaining({ outcome: 'dead-lettered', status: 400, code: 'invalid_parameter' })]);
    expect(await stack.extole.ledger({ partnerEventId: wrong.messageId })).toHaveLength(1);
  }, 240_000);
});
