import { RIGHTFUL_APPS } from '#event-log';
import { startConsole, type TestConsole } from './support/console-client.ts';
import { startGuardedBroker, type GuardedBroker } from './support/guarded-broker.ts';
import { jsonOf, runBridge, type BridgeRun } from './support/run-bridge.ts';
import { untilSettled } from './support/settled.ts';
import { newPrefix, startStack, type TestStack } from './support/test-stack.ts';

/** What the CLI needs beside Kafka to read its configuration, where nothing is called. */
const CONFIGURED = { EXTOLE_ACCESS_TOKEN: 'never-sent', SUBJECT_HASH_KEY: 'least-privilege-tests', TOPIC_REPLICATION: '1' };
/** So that there is something to lift. */
const SUPPRESSING = { AFTER_DELETION: 'suppress' };

describe('with the rights that bridge topics acls prints, and no other', () => {
  const prefix = newPrefix();
  let broker: GuardedBroker;
  let stack: TestStack;
  let panel: TestConsole;

  beforeAll(async () => {
    broker = await startGuardedBroker(RIGHTFUL_APPS);
    const env = {
      ...CONFIGURED,
      ...SUPPRESSING,
      TOPIC_PREFIX: prefix,
      FORWARDER_GROUP_ID: `${prefix}forwarder`,
      TOPIC_PARTITIONS: '3',
    };
    for (const app of RIGHTFUL_APPS) {
      const printed = await runBridge(
        { env: { ...env, ...broker.envOf(app) } },
        'topics',
        'acls',
        '--principal',
        app,
        '--app',
        app,
      );
      expect(printed.code).toBe(0);
      await broker.allow(printed.stdout.trim().split('\n'));
    }
    expect(await runBridge({ env: { ...env, ...broker.envOf('cli') } }, 'topics', 'ensure')).toMatchObject({ code: 0 });
    stack = await startStack({
      prefix,
      brokers: broker.brokers,
      forwarders: 0,
      ingestEnv: broker.envOf('ingest'),
      env: SUPPRESSING,
    });
    await stack.startForwarder({ env: broker.envOf('forwarder') });
    panel = await startConsole(stack, { env: broker.envOf('console') });
  }, 120_000);

  function bridge(...words: readonly string[]): Promise<BridgeRun> {
    return runBridge({ env: { ...stack.env, ...broker.envOf('cli') } }, ...words);
  }

  async function json(...words: readonly string[]): Promise<Record<string, unknown>> {
    return jsonOf(await bridge(...words, '--json'));
  }

  it('events come in and are delivered, a user is deleted, and a replay sends again', async () => {
    await stack.segment.track('u1', 'Order Completed');
    await stack.segment.track('u2', 'Order Completed');
    await untilSettled(stack);
    expect(await stack.segment.deleteUser('u1')).toMatchObject({ status: 202 });
    await untilSettled(stack);
    expect(await stack.extole.ledger({ path: '/v6/async-events' })).toHaveLength(2);
    expect(await stack.readOutcomes()).toHaveLength(3);
    expect(await stack.extole.ledger({ path: '/v4/erasures' })).toHaveLength(1);

    expect(await bridge('replay', '--user', 'u2', '--redeliver', '--yes')).toMatchObject({ code: 0 });
    expect(await stack.extole.ledger({ path: '/v6/async-events' })).toHaveLength(3);
  }, 60_000);

  it('the console shows everything, and steers', async () => {
    const source = await panel.untilSource('delivering', ({ state, lag }) => state.kind === 'delivering' && lag === 0);
    expect(source.partitions.every(({ phase }) => phase === 'delivering')).toBe(true);
    await panel.untilSource('without a problem', (_, { problems, index }) => problems.length === 0 && index.caughtUp);
    expect(await panel.post('/api/find', { user: 'u2' })).toMatchObject({ timelines: [{ entries: expect.any(Array) }] });
    await panel.post('/api/sources/default/stop', { note: 'for a while' });
    await panel.untilSource('stopped', ({ state }) => state.reason === 'operator');
    await panel.post('/api/sources/default/resume');
    await panel.untilSource('delivering', ({ state }) => state.kind === 'delivering');
  }, 60_000);

  it('the CLI does all that it can', async () => {
    expect(await bridge('topics', 'ensure', '--repair')).toMatchObject({ code: 0 });
    const { topics } = (await json('topics', 'describe')) as { topics: { mismatches: unknown[] }[] };
    expect(topics.flatMap(({ mismatches }) => mismatches)).toEqual([]);
    expect(await json('outcomes', '--user', 'u2')).toMatchObject({ outcomes: [{ outcome: 'delivered' }] });
    expect(await json('dead-letters', 'list')).toMatchObject({ deadLetters: [] });
    expect(await json('deletions', '--open')).toMatchObject({ deletions: [] });
    expect(await json('replay', 'list')).toMatchObject({ replays: [{ state: 'done' }] });
    expect(await bridge('replay', '--from-time', '1h', '--dry-run')).toMatchObject({ code: 0 });
    expect(await bridge('sources', 'stop')).toMatchObject({ code: 0 });
    expect(await bridge('sources', 'resume')).toMatchObject({ code: 0 });
    expect(await json('sources')).toMatchObject({ sources: [{ source: 'default', unowned: [] }] });
    expect(await bridge('topics', 'accept', '--partition', '0', '--dry-run')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nothing to accept'),
    });
    expect(await bridge('deletions', '--lift', 'u1')).toMatchObject({ code: 0 });
  }, 120_000);
});
