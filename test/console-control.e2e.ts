import type { Audit, Overview } from '../apps/console/src/api/index.ts';
import { startConsole, type TestConsole } from './support/console-client.ts';
import { deliveryFaults, repeatsAmong } from './support/extole-calls.ts';
import { numberedEvents, sendInBatches } from './support/numbered-events.ts';
import { readTopic } from './support/read-topic.ts';
import { jsonOf, runBridge } from './support/run-bridge.ts';
import { untilSettled } from './support/settled.ts';
import { tempFolder } from './support/temp-folder.ts';
import { startStack, type TestStack } from './support/test-stack.ts';
import { waitFor } from './support/wait-for.ts';

describe('an operator stops a source', () => {
  const before = numberedEvents({ total: 60, users: 20, prefix: 'before' });
  const meanwhile = numberedEvents({ total: 60, users: 20, prefix: 'meanwhile' });
  let stack: TestStack;
  let panel: TestConsole;
  let stateDirs: readonly string[] = [];
  const eventCalls = () => stack.extole.ledger({ path: '/v6/async-events' });

  beforeAll(async () => {
    stack = await startStack({ partitions: 4, forwarders: 0 });
    stateDirs = [tempFolder('state'), tempFolder('state')];
    await Promise.all(stateDirs.map((stateDir) => stack.startForwarder({ stateDir })));
    panel = await startConsole(stack);
    await sendInBatches(stack.segment, before);
    await untilSettled(stack);
  }, 90_000);

  const stoppedAt = (count: number) => (source: { state: Overview['sources'][number]['state'] }) =>
    source.state.reason === 'operator' && source.state.forwarders.length === count;

  it('and finds its forwarders by itself', async () => {
    const source = await panel.untilSource(
      'owned by two, with nothing left to do',
      ({ partitions, lag }) => new Set(partitions.map(({ owner }) => owner)).size === 2 && lag === 0,
    );
    expect(source).toMatchObject({ inFlight: 0, oldestUndeliveredMs: 0, state: { kind: 'delivering' } });
    const { forwarders, problems } = await panel.get<Overview>('/api/overview');
    expect(forwarders.map(({ answers, ready }) => [answers, ready])).toEqual([
      [true, true],
      [true, true],
    ]);
    expect(problems).toEqual([]);
  }, 30_000);

  it('for all forwarders, which stay ready and say why', async () => {
    await panel.post('/api/sources/default/stop', { note: 'campaign is being changed' });
    await panel.untilSource('stopped', stoppedAt(2));
    await sendInBatches(stack.segment, meanwhile);
    for (const forwarder of stack.forwarders) {
      const { status, text } = await forwarder.ask('/health/ready');
      expect(status).toBe(200);
      expect(text).toContain('stopped by an operator');
      expect(text).toContain('campaign is being changed');
    }
    const { lag, state } = await panel.untilSource('behind', (source) => source.lag === meanwhile.length);
    expect(lag).toBe(meanwhile.length);
    expect(state).toMatchObject({ note: 'campaign is being changed', by: 'localhost' });
  }, 30_000);

  it('also for one that is killed, and for one that comes later', async () => {
    await stack.forwarders[0]!.kill9();
    await stack.startForwarder({ stateDir: stateDirs[0]! });
    await panel.untilSource('stopped everywhere', ({ state, partitions }) => {
      const owners = new Set(partitions.map(({ owner }) => owner));
      return (
        owners.size === 2 &&
        state.reason === 'operator' &&
        state.forwarders.length === 2 &&
        partitions.every(({ phase }) => phase === 'delivering')
      );
    });
    expect(await eventCalls()).toHaveLength(before.length);
  }, 60_000);

  it('tries one event of each forwarder when probed, and no more', async () => {
    await panel.post('/api/sources/default/probe');
    await waitFor(async () => (await eventCalls()).length > before.length, { describe: 'a probe' });
    await panel.untilSource('stopped still', ({ lag }) => lag < meanwhile.length);
    expect((await eventCalls()).length).toBeLessThanOrEqual(before.length + 2);
  }, 30_000);

  it('is shown on the command line, which can do the same, and lets everything go on, in order, each once', async () => {
    const listed = jsonOf(await runBridge(stack, 'sources', '--json'));
    expect(listed['sources']).toMatchObject([{ source: 'default', kind: 'stopped', reason: 'operator' }]);
    const resumed = await runBridge(stack, 'sources', 'resume', '--as', 'ben');
    expect(resumed).toMatchObject({ code: 0, stdout: 'source default: goes on\n' });
    await untilSettled(stack);
    const applied = await eventCalls();
    expect(deliveryFaults([...before, ...meanwhile], applied)).toEqual([]);
    expect(repeatsAmong(applied)).toHaveLength(0);
  }, 60_000);

  const DONE = [
    { action: 'resume', by: 'ben', via: 'cli' },
    { action: 'probe', by: 'localhost', via: 'console' },
    { action: 'stop', by: 'localhost', via: 'console', note: 'campaign is being changed' },
  ];

  it('and who did what is kept in the log, also once a later word has replaced the one before', async () => {
    expect((await panel.get<Audit>('/api/audit')).actions).toMatchObject(DONE);
    const records = await readTopic(stack.topics.replays);
    const ofKey = (key: string) =>
      records.filter((record) => record.key === key).map(({ value }) => JSON.parse(value ?? '') as object);
    expect(ofKey('control/delivery').at(-1)).toMatchObject({ wanted: 'running', by: 'ben' });
    expect(ofKey('control/probe').at(-1)).toMatchObject({ by: 'localhost' });
    expect(new Set(records.map(({ key }) => key).filter((key) => key?.startsWith('audit/'))).size).toBe(3);
  });

  it('and finds everything again in a console that is started anew, which takes in what it has missed', async () => {
    const known = before.length + meanwhile.length;
    const isComplete =
      (count: number) =>
      (_: unknown, { index }: Overview) =>
        index.caughtUp && index.outcomes === count;
    await panel.untilSource('indexed', isComplete(known));
    await panel.app.terminate();
    const missed = numberedEvents({ total: 50, users: 10, prefix: 'missed' });
    await sendInBatches(stack.segment, missed);
    await untilSettled(stack);

    const again = await startConsole(stack, { indexDir: panel.indexDir });
    await again.untilSource('indexed', isComplete(known + missed.length));
    const opened = again.app.logs.find(({ event }) => event === 'index_opened');
    expect(opened).toMatchObject({ source: 'default', count: known });
    for (const { messageId } of [before[7]!, missed[49]!])
      await again.untilEntry(messageId, 'delivered', ({ fate }) => fate.kind === 'delivered');
    expect((await again.get<Audit>('/api/audit')).actions).toMatchObject(DONE);
  }, 60_000);
});

describe('a console that others can reach', () => {
  it('starts with a token only, and asks for it', async () => {
    const stack = { env: { EXTOLE_ACCESS_TOKEN: 't', SUBJECT_HASH_KEY: 'sixteen characters', CONSOLE_HOST: '0.0.0.0' } };
    await expect(startConsole(stack)).rejects.toThrow('CONSOLE_TOKEN: is required');
  }, 30_000);
});
