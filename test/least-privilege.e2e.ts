import { RIGHTFUL_APPS, topicsOf } from '#event-log';
import { AppProcess } from './support/app-process.ts';
import { startConsole, type TestConsole } from './support/console-client.ts';
import { startGuardedBroker, type GuardedBroker, type TakenRight } from './support/guarded-broker.ts';
import { jsonOf, runBridge, type BridgeRun } from './support/run-bridge.ts';
import { untilSettled } from './support/settled.ts';
import { newPrefix, startStack, type TestStack } from './support/test-stack.ts';
import { freePort, waitFor } from './support/wait-for.ts';

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
    expect(await panel.post('/api/find', { user: 'u2' })).toMatchObject({
      timelines: [{ entries: expect.any(Array) as object[] }],
    });
    await panel.post('/api/sources/default/stop', { note: 'for a while' });
    await panel.untilSource('stopped', ({ state }) => state.reason === 'operator');
    await panel.post('/api/sources/default/resume');
    await panel.untilSource('delivering', ({ state }) => state.kind === 'delivering');
  }, 60_000);

  it('the CLI does all that it can', async () => {
    expect(await bridge('topics', 'ensure', '--repair')).toMatchObject({ code: 0 });
    const described = (await json('topics', 'describe')) as { topics: { mismatches: unknown[] }[] };
    expect(described.topics.flatMap(({ mismatches }) => mismatches)).toEqual([]);
    await Promise.all([
      expect(json('outcomes', '--user', 'u2')).resolves.toMatchObject({ outcomes: [{ outcome: 'delivered' }] }),
      expect(json('dead-letters', 'list')).resolves.toMatchObject({ deadLetters: [] }),
      expect(json('deletions', '--open')).resolves.toMatchObject({ deletions: [] }),
      expect(json('replay', 'list')).resolves.toMatchObject({ replays: [{ state: 'done' }] }),
      expect(json('sources')).resolves.toMatchObject({ sources: [{ source: 'default', unowned: [] }] }),
      expect(bridge('replay', '--from-time', '1h', '--dry-run')).resolves.toMatchObject({ code: 0 }),
      expect(bridge('deletions', '--lift', 'u1')).resolves.toMatchObject({ code: 0 }),
      expect(bridge('topics', 'accept', '--partition', '0', '--dry-run')).resolves.toMatchObject({
        code: 1,
        stderr: expect.stringContaining('nothing to accept') as string,
      }),
    ]);
    expect(await bridge('sources', 'stop')).toMatchObject({ code: 0 });
    expect(await bridge('sources', 'resume')).toMatchObject({ code: 0 });
  }, 120_000);

  describe('and one of them missing', () => {
    const events = `${prefix}segment.events.default`;
    const outcomes = `${prefix}extole.outcomes.default`;
    const deletions = `${prefix}segment.deletions.default`;
    const replays = `${prefix}extole.replays.default`;

    const said = (right: string, on: string): string => `needs ${right} on ${on} (bridge topics acls prints all)`;

    async function without(right: TakenRight, act: () => Promise<void>): Promise<void> {
      await broker.takeAway(right);
      try {
        await act();
      } finally {
        await broker.giveBack(right);
      }
    }

    const untilReadinessSays = async (app: AppProcess, word: string): Promise<void> => {
      await waitFor(async () => (await app.ask('/health/ready')).text.includes(word), {
        timeoutMs: 30_000,
        describe: () => `readiness to say: ${word}; the app says:\n${app.tail()}`,
      });
    };

    it('ingest does not start, says which, and starts once it has it', async () => {
      const started: AppProcess[] = [];
      const [port, adminPort] = [await freePort(), await freePort()];
      const env = { ...stack.env, ...broker.envOf('ingest'), INGEST_PORT: String(port), INGEST_ADMIN_PORT: String(adminPort) };
      await without({ user: 'ingest', operation: 'WRITE', on: 'topic', name: events }, () =>
        without({ user: 'ingest', operation: 'DESCRIBE_CONFIGS', on: 'topic', name: replays }, async () => {
          const ingest = new AppProcess('ingest', { env, readyUrl: `http://127.0.0.1:${adminPort}/health/ready` });
          started.push(ingest);
          await untilReadinessSays(ingest, said('DESCRIBE_CONFIGS', `topic ${replays}`));
          expect((await ingest.ask('/health/ready')).text).toContain(said('WRITE', `topic ${events}`));
          expect(ingest.logs.find(({ event }) => event === 'right_missing')).toMatchObject({
            reasons: expect.arrayContaining([
              said('WRITE', `topic ${events}`),
              said('DESCRIBE_CONFIGS', `topic ${replays}`),
            ]) as string[],
          });
        }),
      );
      await started[0]!.ready();
    }, 60_000);

    it('ingest answers 503, and its readiness names it', async () => {
      await without({ user: 'ingest', operation: 'WRITE', on: 'topic', name: events }, async () => {
        expect(await stack.segment.track('u3', 'Order Completed')).toMatchObject({ status: 503 });
        await untilReadinessSays(stack.ingest, said('WRITE', `topic ${events}`));
      });
      await waitFor(async () => (await stack.segment.track('u3', 'Order Completed')).status === 200, { describe: 'a 200' });
      expect((await stack.ingest.ask('/health/ready')).text).not.toContain('needs');
    }, 60_000);

    it.each([
      { operation: 'READ', on: 'topic', name: events },
      { operation: 'WRITE', on: 'topic', name: outcomes },
      { operation: 'READ', on: 'topic', name: deletions },
    ] as const)(
      'a running forwarder names $operation on $name, and goes on once it has it again',
      async ({ operation, on, name }) => {
        const [forwarder] = stack.forwarders;
        await without({ user: 'forwarder', operation, on, name }, async () => {
          expect(await stack.segment.track('u4', 'Order Completed')).toMatchObject({ status: 200 });
          await untilReadinessSays(forwarder!, said(operation, `topic ${name}`));
        });
        await forwarder!.ready();
        await untilSettled(stack);
      },
      60_000,
    );

    it('a forwarder does not start without its group, says so, and starts once it has it', async () => {
      await stack.forwarders[0]!.terminate();
      const group = `${prefix}forwarder`;
      const started: AppProcess[] = [];
      await without({ user: 'forwarder', operation: 'READ', on: 'group', name: group }, async () => {
        const env = { ...broker.envOf('forwarder'), DRAIN_TIMEOUT: '2s', EXTOLE_TIMEOUT_MS: '2000' };
        const forwarder = await stack.startForwarder({ env, awaitReady: false });
        started.push(forwarder);
        await untilReadinessSays(forwarder, said('READ', `group ${group}`));
        // A restart would cure nothing.
        expect((await forwarder.ask('/health/live')).status).toBe(200);
      });
      await started[0]!.ready();
    }, 90_000);

    it('a forwarder that is told to stop while it may not write its outcomes ends with 1: what it has called is called again', async () => {
      const forwarder = stack.forwarders.at(-1)!;
      await without({ user: 'forwarder', operation: 'WRITE', on: 'topic', name: outcomes }, async () => {
        expect(await stack.segment.track('u5', 'Order Completed')).toMatchObject({ status: 200 });
        await untilReadinessSays(forwarder, said('WRITE', `topic ${outcomes}`));
        expect(await forwarder.terminate()).toMatchObject({ code: 1 });
        expect(forwarder.logs).toContainEqual(expect.objectContaining({ event: 'drain_incomplete', count: 1 }));
      });
      await stack.startForwarder({ env: broker.envOf('forwarder') });
      await untilSettled(stack);
    }, 60_000);

    it('the console names it where it looks and where it steers', async () => {
      await without({ user: 'console', operation: 'DESCRIBE', on: 'group', name: `${prefix}forwarder` }, async () => {
        const word = said('DESCRIBE', `group ${prefix}forwarder`);
        await panel.untilSource('blind', (_, { problems }) => problems.some((problem) => problem.includes(word)));
        await untilReadinessSays(panel.app, word);
      });
      await without({ user: 'console', operation: 'WRITE', on: 'topic', name: replays }, async () => {
        await expect(panel.post('/api/sources/default/stop', {})).rejects.toThrow(
          `503: {"message":"the console ${said('WRITE', `topic ${replays}`)}`,
        );
      });
    }, 60_000);

    it.each([
      { words: ['outcomes', '--user', 'u2'], operation: 'READ', on: 'topic', name: outcomes },
      { words: ['sources'], operation: 'DESCRIBE', on: 'group', name: `${prefix}forwarder` },
      { words: ['sources', 'stop'], operation: 'WRITE', on: 'topic', name: replays },
    ] as const)(
      'bridge $words names it',
      async ({ words, ...right }) => {
        await without({ user: 'cli', ...right }, async () => {
          const { code, stderr } = await bridge(...words);
          const needed = right.operation === 'READ' ? /needs (READ|DESCRIBE) on/ : new RegExp(`needs ${right.operation} on`);
          expect([code, stderr]).toEqual([1, expect.stringMatching(needed)]);
          expect(stderr).toContain(`on ${right.on} ${right.name} (bridge topics acls prints all)`);
        });
      },
      60_000,
    );

    it('topics ensure tells topics that are hidden from topics that it may not create', async () => {
      const elsewhere = { ...stack.env, ...broker.envOf('cli'), TOPIC_PREFIX: `${prefix}other.` };
      const hidden = await runBridge({ env: elsewhere }, 'topics', 'ensure');
      expect([hidden.code, hidden.stderr]).toEqual([
        1,
        expect.stringContaining(`DESCRIBE on topic ${prefix}other.segment.events`),
      ]);
      for (const name of Object.values<string>({ ...topicsOf(`${prefix}other.`, 'default') }))
        await broker.giveBack({ user: 'cli', operation: 'DESCRIBE', on: 'topic', name });
      const refused = await runBridge({ env: elsewhere }, 'topics', 'ensure');
      expect([refused.code, refused.stderr]).toEqual([
        1,
        expect.stringContaining(`CREATE on topic ${prefix}other.segment.events`),
      ]);
    }, 60_000);
  });
});
