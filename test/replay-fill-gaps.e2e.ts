import { callsFor, deliveryFaults, repeatsAmong } from './support/extole-calls.ts';
import { eventEnds, moveGroup } from './support/group-offsets.ts';
import { numberedEvents, sendInBatches, type NumberedEvent } from './support/numbered-events.ts';
import { outcomeFaults, readBothTopics } from './support/outcome-facts.ts';
import { readTopic } from './support/read-topic.ts';
import { jsonOf, runBridge } from './support/run-bridge.ts';
import { untilSettled } from './support/settled.ts';
import { startStack, type TestStack } from './support/test-stack.ts';

describe('a replay fills gaps and does nothing else', () => {
  const before = numberedEvents({ total: 60, users: 12, prefix: 'before' });
  const missed = numberedEvents({ total: 200, users: 20, prefix: 'missed' });
  const missedToo = numberedEvents({ total: 60, users: 12, prefix: 'missed-too' });
  const after = numberedEvents({ total: 40, users: 8, prefix: 'after' });
  let stack: TestStack;
  /** The options that name everything up to the end of the first gap. */
  let first: string[];

  async function calledOnce(events: readonly NumberedEvent[]): Promise<void> {
    const ledger = await stack.extole.ledger();
    expect(deliveryFaults(events, ledger)).toEqual([]);
    expect(repeatsAmong(callsFor(events, ledger))).toHaveLength(0);
  }

  beforeAll(async () => {
    stack = await startStack();
    await sendInBatches(stack.segment, before);
    await untilSettled(stack);
    // The forwarders pass over events when an operator moves their group forward: these are in the log, and never sent.
    await stack.forwarders[0]?.terminate();
    await sendInBatches(stack.segment, missed);
    first = (await eventEnds(stack)).flatMap(({ partition, offset }) => ['--to-offset', `${partition}:${offset}`]);
    await sendInBatches(stack.segment, missedToo);
    await moveGroup(stack, await eventEnds(stack));
    await stack.startForwarder();
    await sendInBatches(stack.segment, after);
    await untilSettled(stack);
    expect(callsFor([...missed, ...missedToo], await stack.extole.ledger())).toHaveLength(0);
  }, 60_000);

  it('says in a dry run what it would do, and does nothing', async () => {
    const told = await runBridge(stack, 'replay', ...first, '--dry-run', '--json');
    expect(told.code).toBe(0);
    expect(jsonOf(told)).toMatchObject({ dryRun: true, total: 260, results: { delivered: missed.length } });
    const forHumans = await runBridge(stack, 'replay', ...first, '--dry-run');
    expect(forHumans.stdout).toMatch(/delivered +200 +would be sent/);
    expect(forHumans.stdout).toMatch(/delivered +\d+:\d+ +Step Taken/);

    expect(callsFor(missed, await stack.extole.ledger())).toHaveLength(0);
    expect(await readTopic(stack.topics.replays)).toEqual([]);
  }, 30_000);

  it('takes from the gap what the filters name, and nobody is named in the request', async () => {
    const [{ userId } = { userId: '' }] = missed;
    const { code, stdout } = await runBridge(stack, 'replay', '--user', userId, '--event', 'Step Taken');
    expect(code).toBe(0);
    expect(stdout).toMatch(/delivered +10 /);
    await calledOnce(missed.filter((event) => event.userId === userId));
    expect(callsFor(missed, await stack.extole.ledger())).toHaveLength(10);
    expect(JSON.stringify(await readTopic(stack.topics.replays))).not.toContain(userId);
  }, 30_000);

  it('sends what was never sent, in the order of each user, and nothing else', async () => {
    const run = await runBridge(stack, 'replay', ...first, '--json');
    expect(jsonOf(run)).toMatchObject({ state: 'done', total: 260, done: 260, results: { delivered: 190 } });
    expect(run.code).toBe(0);
    await calledOnce([...before, ...missed, ...after]);
    expect(callsFor(missedToo, await stack.extole.ledger())).toHaveLength(0);
  }, 30_000);

  it('finds nothing to do after that, and knows what was done', async () => {
    const again = await runBridge(stack, 'replay', '--from-time', '1h', ...first);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('no record matched') as unknown });
    const { stdout } = await runBridge(stack, 'replay', 'list');
    expect(stdout.match(/^r-\d{8}-\d{6}-\w{4} {2}done/gm)).toHaveLength(3);
    await calledOnce([...before, ...missed, ...after]);
  }, 30_000);

  it("fills gaps only, too, when the group is moved back with Kafka's own tools", async () => {
    await stack.forwarders.at(-1)?.terminate();
    await moveGroup(
      stack,
      (await eventEnds(stack)).map(({ partition }) => ({ partition, offset: '0' })),
    );
    await stack.startForwarder();
    await untilSettled(stack);
    await calledOnce([...before, ...missed, ...after, ...missedToo]);
    expect(outcomeFaults(await readBothTopics(stack))).toEqual([]);
  }, 60_000);

  it.each([
    [['replay'], 'say what to replay'],
    [['replay', 'begin'], 'unknown command'],
  ])('explains itself instead of acting: bridge %j', async (args, why) => {
    const { code, stderr } = await runBridge(stack, ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
  });
});
