import { callsFor, deliveryFaults, repeatsAmong } from './support/extole-calls.ts';
import { eventEnds } from './support/group-offsets.ts';
import { numberedEvent, numberedEvents, sendInBatches } from './support/numbered-events.ts';
import { jsonOf, runBridge, startBridge } from './support/run-bridge.ts';
import { untilCalls, untilSettled } from './support/settled.ts';
import type { LedgerEntry } from './support/simulator-client.ts';
import { tempFolder } from './support/temp-folder.ts';
import { startStack, type TestStack } from './support/test-stack.ts';
import { waitFor } from './support/wait-for.ts';

const CONCURRENCY = 16;

describe('a replay with --redeliver', () => {
  let stack: TestStack;
  let stateDir: string;

  beforeAll(async () => {
    stateDir = tempFolder('state');
    stack = await startStack({ forwarders: 0, env: { EXTOLE_MAX_CONCURRENCY: String(CONCURRENCY) } });
    await stack.startForwarder({ stateDir });
  }, 60_000);

  beforeEach(() => stack.extole.reset());

  /** The options that name what comes into the log from now on. */
  async function fromHere(): Promise<string[]> {
    return (await eventEnds(stack)).flatMap(({ partition, offset }) => ['--from-offset', `${partition}:${offset}`]);
  }

  const gist = (calls: readonly LedgerEntry[]) =>
    calls.map(({ partnerEventId, path, sha256 }) => (partnerEventId === null ? path : sha256));

  it('sends again, byte for byte, but neither what a deletion has overtaken nor an older profile; the dry run knew', async () => {
    const range = await fromHere();
    const events = numberedEvents({ total: 30, users: 6, prefix: 'again' });
    await sendInBatches(stack.segment, events);
    await stack.segment.identify('renamed', { plan: 'old' });
    await stack.segment.identify('renamed', { plan: 'new' });
    await sendInBatches(stack.segment, [numberedEvent('left', 0), events[3]!]);
    await untilSettled(stack);
    const { deletionId } = (await stack.segment.deleteUser('left')).body as { deletionId: string };
    await untilSettled(stack);
    expect(jsonOf(await runBridge(stack, 'deletions', '--id', deletionId, '--json'))).toMatchObject({
      deletions: [{ deletionId, status: 'sent' }],
    });
    const first = await stack.extole.ledger();
    const latestProfile = first.filter(({ partnerUserId }) => partnerUserId === 'renamed').at(-1);
    await stack.extole.reset();

    const rehearsed = jsonOf(await runBridge(stack, 'replay', ...range, '--redeliver', '--dry-run', '--json'));
    expect(await stack.extole.ledger()).toEqual([]);
    const run = jsonOf(await runBridge(stack, 'replay', ...range, '--redeliver', '--json'));
    expect(run['results']).toEqual({ delivered: 31, stale: 1, erased: 1, duplicate: 1 });
    expect(rehearsed['results']).toEqual(run['results']);

    const again = await stack.extole.ledger();
    expect(deliveryFaults(events, again)).toEqual([]);
    const expected = [...callsFor(events, first), latestProfile!];
    expect(gist(again).sort()).toEqual(gist(expected).sort());
    const { outcomes } = jsonOf(await runBridge(stack, 'outcomes', '--user', 'renamed', '--json')) as {
      outcomes: { run?: string }[];
    };
    expect(outcomes.map(({ run: replay }) => replay)).toEqual([undefined, run['run']]);
    // What was delivered goes on being known as delivered: nothing of this is a gap.
    const gaps = await runBridge(stack, 'replay', '--all', '--json');
    expect(jsonOf(gaps)).toMatchObject({ results: {} });
  }, 60_000);

  it('gives way at once to a deletion that comes meanwhile', async () => {
    const range = await fromHere();
    const events = numberedEvents({ total: 600, users: 20, prefix: 'meanwhile' });
    await sendInBatches(stack.segment, events);
    await untilSettled(stack);
    await stack.extole.reset();

    const replay = startBridge(stack, 'replay', ...range, '--redeliver', '--rate', '200', '--json');
    await waitFor(async () => (await stack.extole.ledger({ partnerUserId: 'meanwhile-3' })).length > 1, {
      describe: 'their first calls',
    });
    await stack.segment.deleteUser('meanwhile-3');
    const { stdout, code } = await replay.ended;
    const results = (JSON.parse(stdout) as { results: Record<string, number> }).results;
    await untilSettled(stack);

    expect(code).toBe(0);
    const calls = await stack.extole.ledger({ partnerUserId: 'meanwhile-3' });
    expect(calls.at(-1)?.path).toBe('/v4/erasures');
    expect(results).toEqual({ delivered: 600 - 30 + calls.length - 1, erased: 30 - (calls.length - 1) });
    expect(results['erased']).toBeGreaterThan(0);
  }, 60_000);

  it('keeps its pace, and lets live events pass', async () => {
    const range = await fromHere();
    const events = numberedEvents({ total: 400, users: 40, prefix: 'paced' });
    await sendInBatches(stack.segment, events);
    await untilSettled(stack);
    await stack.extole.reset();
    await stack.extole.behaviour({ latencyMs: 20 });

    const replay = startBridge(stack, 'replay', ...range, '--redeliver', '--rate', '150', '--json');
    await untilCalls(stack, 10);
    const live = numberedEvents({ total: 20, users: 20, prefix: 'live' });
    const sentAt = performance.timeOrigin + performance.now();
    await sendInBatches(stack.segment, live);
    await waitFor(async () => callsFor(live, await stack.extole.ledger()).length === live.length, {
      describe: 'the live events',
    });
    const { stdout } = await replay.ended;

    expect(JSON.parse(stdout)).toMatchObject({ results: { delivered: 400 } });
    const ledger = await stack.extole.ledger();
    expect(Math.max(...callsFor(live, ledger).map(({ at }) => at)) - sentAt).toBeLessThan(1_500);
    const times = callsFor(events, ledger).map(({ at }) => at);
    const perSecond = (times.length / (Math.max(...times) - Math.min(...times))) * 1_000;
    expect(perSecond).toBeLessThan(170);
    expect(perSecond).toBeGreaterThan(100);
  }, 60_000);

  it.each([
    ['on the same machine', () => stateDir],
    ['on another machine, which has no file of it', () => tempFolder('state')],
  ])(
    'is taken up %s when its owner is killed (kill -9), leaves nothing out, and repeats only what was in doubt',
    async (_, nextStateDir) => {
      const range = await fromHere();
      stateDir = nextStateDir();
      const events = numberedEvents({ total: 2_500, users: 250, prefix: `killed-${range.join()}` });
      await sendInBatches(stack.segment, events);
      await untilSettled(stack);
      await stack.extole.reset();
      await stack.extole.behaviour({ latencyMs: 10, jitterMs: 10 });

      const replay = startBridge(stack, 'replay', ...range, '--redeliver', '--json');
      await untilCalls(stack, 800);
      await stack.forwarders.at(-1)?.kill9();
      expect((await stack.extole.summary()).calls).toBeLessThan(events.length);
      await stack.startForwarder({ stateDir });
      const run = jsonOf(await replay.ended);

      expect(run).toMatchObject({ state: 'done', results: { delivered: events.length } });
      const ledger = await stack.extole.ledger();
      expect(deliveryFaults(events, ledger)).toEqual([]);
      const repeats = repeatsAmong(callsFor(events, ledger));
      expect(repeats.length).toBeGreaterThan(0);
      expect(repeats.length).toBeLessThanOrEqual(2 * CONCURRENCY);
    },
    60_000,
  );

  it('can be left, paused, resumed and cancelled', async () => {
    const { stdout } = await runBridge(stack, 'replay', '--all', '--redeliver', '--rate', '60', '--detach');
    const run = stdout.trim();
    await untilCalls(stack, 5);
    const following = startBridge(stack, 'replay', 'status', run, '--follow');
    expect((await runBridge(stack, 'replay', 'pause', run)).code).toBe(0);
    await following.firstWord;
    following.interrupt();
    expect(await following.ended).toMatchObject({
      code: 130,
      stderr: expect.stringContaining(`status ${run} --follow`) as unknown,
    });

    const callsWhenPaused = (await stack.extole.summary()).calls;
    expect((await runBridge(stack, 'replay', 'status', run)).stdout).toContain(`${run} paused at`);
    expect((await stack.extole.summary()).calls).toBeLessThanOrEqual(callsWhenPaused + CONCURRENCY);
    await runBridge(stack, 'replay', 'resume', run);
    await untilCalls(stack, callsWhenPaused + CONCURRENCY + 10);
    await runBridge(stack, 'replay', 'cancel', run);
    const end = await runBridge(stack, 'replay', 'status', run, '--follow', '--json');
    expect(end.code).toBe(1);
    const { calls } = await stack.extole.summary();
    expect(jsonOf(end)).toMatchObject({ state: 'cancelled', results: { delivered: calls } });
    expect((await runBridge(stack, 'replay', 'resume', run)).stderr).toContain('cancelled already');
  }, 60_000);
});
