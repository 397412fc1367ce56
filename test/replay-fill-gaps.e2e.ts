import { callsFor, deliveryFaults, repeatsAmong } from './support/extole-calls.ts';
import { eventEnds, moveGroup } from './support/group-offsets.ts';
import { numberedEvents, sendInBatches, type NumberedEvent } from './support/numbered-events.ts';
import { outcomeFaults, readBothTopics } from './support/outcome-facts.ts';
import { readTopic } from './support/read-topic.ts';
import { jsonOf, runBridge } from './support/run-bridge.ts';
import { untilSettled } from './support/settled.ts';
import { startStack, type TestStack } from './support/test-stack.ts';

describe('a replay fills gaps and does nothing else', () => {
  let stack: TestStack;
  let before: NumberedEvent[];
  let missed: NumberedEvent[];
  let after: NumberedEvent[];

  /** Has the forwarders pass over events, as an operator does who moves the group forward: they are in the log, and never sent. */
  async function passOver(events: readonly NumberedEvent[]): Promise<void> {
    await stack.forwarders.at(-1)?.terminate();
    await sendInBatches(stack.segment, events);
    await moveGroup(stack, await eventEnds(stack));
  }

  async function calledOnce(events: readonly NumberedEvent[]): Promise<void> {
    const ledger = await stack.extole.ledger();
    expect(deliveryFaults(events, ledger)).toEqual([]);
    expect(repeatsAmong(callsFor(events, ledger))).toHaveLength(0);
  }

  beforeAll(async () => {
    stack = await startStack();
    before = numberedEvents({ total: 60, users: 12, prefix: 'before' });
    missed = numberedEvents({ total: 200, users: 20, prefix: 'missed' });
    after = numberedEvents({ total: 40, users: 8, prefix: 'after' });
    await sendInBatches(stack.segment, before);
    await untilSettled(stack);
    await passOver(missed);
    await stack.startForwarder();
    await sendInBatches(stack.segment, after);
    await untilSettled(stack);
    expect(callsFor(missed, await stack.extole.ledger())).toHaveLength(0);
  }, 60_000);

  it('says in a dry run what it would do, and does nothing', async () => {
    const told = await runBridge(stack, 'replay', '--all', '--dry-run', '--json');
    expect(told.code).toBe(0);
    expect(jsonOf(told)).toMatchObject({ dryRun: true, total: 300, results: { delivered: missed.length } });
    const forHumans = await runBridge(stack, 'replay', '--all', '--dry-run');
    expect(forHumans.stdout).toMatch(/delivered +200 +would be sent/);
    expect(forHumans.stdout).toMatch(/delivered +\d+:\d+ +Step Taken/);

    expect(callsFor(missed, await stack.extole.ledger())).toHaveLength(0);
    expect(await readTopic(stack.topics.replays)).toEqual([]);
  }, 30_000);

  it('takes from the gap what the filters name, and nobody is named in the request', async () => {
    const [first] = missed;
    const { code, stdout } = await runBridge(stack, 'replay', '--user', first!.userId, '--event', 'Step Taken');
    expect(code).toBe(0);
    expect(stdout).toMatch(/delivered +10 /);
    await calledOnce(missed.filter(({ userId }) => userId === first!.userId));
    expect(callsFor(missed, await stack.extole.ledger())).toHaveLength(10);
    expect(JSON.stringify(await readTopic(stack.topics.replays))).not.toContain(first!.userId);
  }, 30_000);

  it('sends what was never sent, in the order of each user, and nothing else', async () => {
    const run = await runBridge(stack, 'replay', '--all', '--json');
    expect(jsonOf(run)).toMatchObject({ state: 'done', total: 300, done: 300, results: { delivered: 190 } });
    expect(run.code).toBe(0);
    await calledOnce([...before, ...missed, ...after]);
    expect(outcomeFaults(await readBothTopics(stack))).toEqual([]);
  }, 30_000);

  it('finds nothing to do after that, and knows what was done', async () => {
    const again = await runBridge(stack, 'replay', '--from-time', '1h');
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('no record matched') as unknown });
    const { stdout } = await runBridge(stack, 'replay', 'list');
    expect(stdout.match(/^r-\d{8}-\d{6}-\w{4} {2}done/gm)).toHaveLength(3);
    await calledOnce([...before, ...missed, ...after]);
  }, 30_000);

  it("fills gaps only, too, when the group is moved back with Kafka's own tools", async () => {
    const alsoMissed = numberedEvents({ total: 60, users: 12, prefix: 'also-missed' });
    await passOver(alsoMissed);
    const forwarder = await stack.startForwarder();
    await untilSettled(stack);
    expect(callsFor(alsoMissed, await stack.extole.ledger())).toHaveLength(0);

    await forwarder.terminate();
    await moveGroup(
      stack,
      (await eventEnds(stack)).map(({ partition }) => ({ partition, offset: '0' })),
    );
    await stack.startForwarder();
    await untilSettled(stack);
    await calledOnce([...before, ...missed, ...after, ...alsoMissed]);
    expect(outcomeFaults(await readBothTopics(stack))).toEqual([]);
  }, 60_000);

  it.each([
    [['replay'], 'say what to replay'],
    [['replay', '--outcome', 'delivered'], '--redeliver'],
    [['replay', '--from-time', 'yesterday'], 'no time'],
    [['replay', 'begin'], 'unknown command'],
  ])('explains itself instead of acting: bridge %j', async (args, why) => {
    const { code, stderr } = await runBridge(stack, ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
  });
});
