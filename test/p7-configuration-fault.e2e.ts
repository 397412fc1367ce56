import { callsFor, deliveryFaults, repeatsAmong } from './support/extole-calls.ts';
import { numberedEvents, sendInBatches } from './support/numbered-events.ts';
import { countByOutcome, readBothTopics } from './support/outcome-facts.ts';
import { untilSettled } from './support/settled.ts';
import type { AppProcess } from './support/app-process.ts';
import type { Behaviour } from './support/simulator-client.ts';
import { startStack, type TestStack } from './support/test-stack.ts';
import { waitFor } from './support/wait-for.ts';

/** Calls that may be under way when the first answer shows the fault, and the probes. */
const CONCURRENCY = 8;
const MAX_FAILED_CALLS = CONCURRENCY + 5;

describe('P7: a configuration fault loses nothing', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startStack({ forwarders: 0, env: { EXTOLE_MAX_CONCURRENCY: String(CONCURRENCY) } });
  }, 60_000);

  beforeEach(() => stack.extole.reset());

  /** Waits until the forwarder is not ready for the reason given, and returns what it says. */
  async function notReadyBecause(forwarder: AppProcess, reason: RegExp): Promise<string> {
    let answer = { status: 0, text: '' };
    await waitFor(
      async () => {
        answer = await forwarder.ask('/health/ready');
        return answer.status === 503 && reason.test(answer.text);
      },
      {
        timeoutMs: 20_000,
        describe: () => `the forwarder to be not ready because of ${reason} (${answer.status} ${answer.text})`,
      },
    );
    return answer.text;
  }

  it('stops at a wrong token, says so, keeps everything, and delivers it once the token is right', async () => {
    const events = numberedEvents({ total: 200, users: 20, prefix: 'token' });
    await sendInBatches(stack.segment, events);
    const misconfigured = await stack.startForwarder({ env: { EXTOLE_ACCESS_TOKEN: 'a-wrong-token' }, awaitReady: false });
    const reason = await notReadyBecause(misconfigured, /stopped.*401/);
    expect(reason).toContain('EXTOLE_ACCESS_TOKEN');
    expect(reason).not.toContain('a-wrong-token');
    // At least one probe later still nothing is lost, and hardly anything called.
    await waitFor(async () => callsFor(events, await stack.extole.ledger()).length > CONCURRENCY, { describe: 'a probe' });
    expect(callsFor(events, await stack.extole.ledger()).length).toBeLessThanOrEqual(MAX_FAILED_CALLS);
    expect(await stack.readOutcomes()).toEqual([]);

    expect(await misconfigured.terminate()).toEqual({ code: 0, signal: null });
    await stack.startForwarder();
    await untilSettled(stack);
    const applied = await stack.extole.applied();
    expect(deliveryFaults(events, applied)).toEqual([]);
    expect(repeatsAmong(callsFor(events, applied))).toHaveLength(0);
  }, 90_000);

  const MISROUTED: readonly { readonly name: string; readonly fault: Behaviour['faults'][number]; readonly status: number }[] = [
    { name: 'a 204 without a body', fault: { match: { path: '/v6/*' }, kind: 'empty204' }, status: 204 },
    { name: 'a redirect', fault: { match: { path: '/v6/*' }, kind: 'redirect' }, status: 302 },
  ];

  it.each(MISROUTED)(
    'stops at $name, and goes on by itself once that has ended',
    async ({ fault, status }) => {
      const [forwarder] = stack.forwarders.slice(-1);
      if (forwarder === undefined) throw new Error('no forwarder was started');
      await waitFor(async () => (await forwarder.ask('/health/ready')).status === 200, {
        describe: 'readiness before the fault',
      });
      const events = numberedEvents({ total: 200, users: 20, prefix: `at-${status}` });
      await stack.extole.behaviour({ faults: [fault] });
      await sendInBatches(stack.segment, events);
      await notReadyBecause(forwarder, new RegExp(`stopped.*${status}`));
      await stack.extole.behaviour({ faults: [] });
      await untilSettled(stack);

      const ledger = await stack.extole.ledger();
      expect(ledger.filter(({ path }) => path === '/redirected')).toHaveLength(0);
      expect(ledger.filter(({ applied }) => !applied).length).toBeLessThanOrEqual(MAX_FAILED_CALLS);
      expect(deliveryFaults(events, ledger)).toEqual([]);
      expect((await forwarder.ask('/health/ready')).status).toBe(200);
    },
    60_000,
  );

  it('has dead-lettered nothing in all this', async () => {
    const { events, outcomes } = await readBothTopics(stack);
    expect(countByOutcome(outcomes)).toEqual({ delivered: events.length });
  }, 60_000);
});
