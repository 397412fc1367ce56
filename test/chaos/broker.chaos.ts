import { setTimeout as pass } from 'node:timers/promises';
import { callsFor, repeatsAmong } from '../support/extole-calls.ts';
import { numberedEvents, sendInBatches } from '../support/numbered-events.ts';
import { moveGroup } from '../support/group-offsets.ts';
import { untilSettled } from '../support/settled.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { withAdmin } from '../support/test-kafka.ts';
import { startStack, type TestStack } from '../support/test-stack.ts';
import { waitFor } from '../support/wait-for.ts';
import { startChaosBroker, type ChaosBroker } from './support/chaos-broker.ts';
import { reportFigure } from './support/figures.ts';
import { expectKeptPromises } from './support/judgement.ts';
import { scaled } from './support/scale.ts';
import { largest, median } from './support/statistics.ts';
import { SteadyLoad } from './support/steady-load.ts';

const CONCURRENCY = 32;
const PARTITIONS = 4;
const RECOVERY_BOUND_S = 15;
const LOAD = { senders: 8, usersPerSender: 20, everyMs: 250 };

describe('the broker', () => {
  let broker: ChaosBroker;
  let stack: TestStack;
  let stateDir: string;

  beforeAll(async () => {
    broker = await startChaosBroker();
    stateDir = tempFolder('state');
    stack = await startStack({
      brokers: broker.brokers,
      partitions: PARTITIONS,
      forwarders: 0,
      env: { KAFKA_BROKERS: broker.proxiedBrokers, EXTOLE_MAX_CONCURRENCY: String(CONCURRENCY) },
    });
    await stack.startForwarder({ stateDir });
  }, 120_000);

  beforeEach(async () => {
    await stack.extole.reset();
    await stack.extole.behaviour({ latencyMs: 20, jitterMs: 20 });
  });

  /** Seconds from `from` until an event that was not sent before has reached Extole: the whole way works again. */
  async function untilFlowing(load: SteadyLoad, from: number): Promise<number> {
    return waitFor(
      async () => {
        const ledger = await stack.extole.ledger();
        const call = ledger.find(({ at, partnerEventId }) => at >= from && (load.sentAt.get(partnerEventId ?? '') ?? 0) >= from);
        return call !== undefined && Math.max(0.001, (call.at - from) / 1_000);
      },
      { timeoutMs: 90_000, intervalMs: 200, describe: 'new events to reach Extole again' },
    );
  }

  const OUTAGES: readonly {
    readonly name: string;
    readonly strike: (broker: ChaosBroker) => Promise<void>;
    readonly times: number;
  }[] = [
    {
      name: 'stopped for 5 s and started',
      times: scaled(3),
      strike: async (struck) => {
        await struck.stop();
        await pass(5_000);
        await struck.start();
      },
    },
    {
      name: 'killed (kill -9) and started at once',
      times: scaled(3),
      strike: async (struck) => {
        await struck.kill9();
        await struck.start();
      },
    },
    { name: 'frozen for 3 s (SIGSTOP)', times: scaled(3), strike: (struck) => freeze(struck, 3_000) },
    { name: 'frozen for 8 s (SIGSTOP)', times: scaled(3), strike: (struck) => freeze(struck, 8_000) },
    {
      name: 'slow (300 ms each way) for 20 s',
      times: 1,
      strike: async ({ proxy }) => {
        proxy.delayMs = 300;
        await pass(20_000);
        proxy.delayMs = 0;
      },
    },
    {
      name: 'out of reach in silence for 20 s (a network that drops everything)',
      times: scaled(2),
      strike: async ({ proxy }) => {
        proxy.freeze();
        await pass(20_000);
        proxy.thaw();
      },
    },
  ];

  async function freeze(struck: ChaosBroker, forMs: number): Promise<void> {
    struck.suspend();
    await pass(forMs);
    struck.resume();
  }

  it.each(OUTAGES)(
    'loses nothing and is flowing again soon when it is $name',
    async ({ name, strike, times }) => {
      const load = new SteadyLoad({ segment: stack.segment, prefix: `broker-${name.replaceAll(/\W/g, '-')}`, ...LOAD });
      const recoveries: number[] = [];
      for (let time = 0; time < times; time++) {
        await untilFlowing(load, Date.now());
        await pass(2_000);
        await strike(broker);
        recoveries.push(await untilFlowing(load, Date.now()));
      }
      await load.stop();
      const { ledger } = await expectKeptPromises(stack, load.taken);
      const repeats = repeatsAmong(callsFor(load.taken, ledger)).length;
      reportFigure({
        name: `first new event at Extole after the broker was ${name}`,
        values: { median: median(recoveries), max: largest(recoveries) },
        unit: 's',
        bound: RECOVERY_BOUND_S,
      });
      reportFigure({ name: `repeats with the broker ${name}`, values: { repeats, times }, bound: 2 * CONCURRENCY * times });
      expect(largest(recoveries)).toBeLessThan(RECOVERY_BOUND_S);
      expect(repeats).toBeLessThanOrEqual(2 * CONCURRENCY * times);
      expect(stack.ingest.isRunning && stack.forwarders.at(-1)?.isRunning).toBe(true);
    },
    300_000,
  );

  it('refuses a partition whose log was truncated below the committed offset, says what is lost and how to go on, and serves the others', async () => {
    const { topics } = stack;
    await stack.forwarders.at(-1)?.terminate();
    const events = numberedEvents({ total: 4_000, users: 200, prefix: 'truncated' });
    await sendInBatches(stack.segment, events);
    const stored = await stack.readEvents();
    const mine = new Set(events.map(({ messageId }) => messageId));
    const first = stored.find(({ headers }) => mine.has(headers['messageId'] ?? ''));
    if (first === undefined) throw new Error('none of the events is in the log');
    const { partition } = first;
    const lostCount = 100;
    const start = Number(first.offset) + lostCount;
    await withAdmin(async (admin) => {
      // kafkajs deletes records only of a topic that it has asked about before.
      await admin.fetchTopicOffsets(topics.events);
      await admin.deleteTopicRecords({ topic: topics.events, partitions: [{ partition, offset: String(start) }] });
    }, broker.brokers);

    const forwarder = await stack.startForwarder({ stateDir, awaitReady: false });
    let readiness = { status: 0, text: '' };
    await waitFor(
      async () => {
        readiness = await forwarder.ask('/health/ready');
        return readiness.status === 503 && readiness.text.includes('are gone');
      },
      { describe: () => `the forwarder to tell of the gap (${readiness.status} ${readiness.text})` },
    );
    expect(readiness.text).toContain(topics.events);
    expect(readiness.text).toContain(`partition ${partition}`);
    expect(readiness.text).toContain(`${lostCount} records`);
    expect(readiness.text).toContain('--reset-offsets');

    const elsewhere = new Set(
      stored.filter((record) => record.partition !== partition).map(({ headers }) => headers['messageId'] ?? ''),
    );
    const others = events.filter(({ messageId }) => elsewhere.has(messageId));
    await waitFor(async () => callsFor(others, await stack.extole.applied()).length >= others.length, {
      describe: 'the other partitions to be delivered',
    });
    const refused = events.filter(({ messageId }) => !elsewhere.has(messageId));
    expect(callsFor(refused, await stack.extole.ledger())).toHaveLength(0);

    // The way on that it has named: accept the loss by moving the group to what is still there.
    await forwarder.terminate();
    await moveGroup({ topics, env: { ...stack.env, KAFKA_BROKERS: broker.brokers } }, [{ partition, offset: String(start) }]);
    await stack.startForwarder({ stateDir });
    await untilSettled(stack);
    const arrived = callsFor(refused, await stack.extole.applied());
    reportFigure({
      name: 'truncated partition: events of it that were gone, and that arrived after the explicit way on',
      values: { gone: lostCount, arrived: arrived.length },
    });
    expect(arrived).toHaveLength(refused.length - lostCount);
  }, 180_000);
});
