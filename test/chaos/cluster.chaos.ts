import { setTimeout as pass } from 'node:timers/promises';
import { callsFor, repeatsAmong } from '../support/extole-calls.ts';
import { startCluster, type TestCluster } from '../support/test-cluster.ts';
import { startStack, type TestStack } from '../support/test-stack.ts';
import { waitFor } from '../support/wait-for.ts';
import { reportFigure } from './support/figures.ts';
import { expectKeptPromises } from './support/judgement.ts';
import { keepLogs } from './support/keep-logs.ts';
import { partitionStops, usersOnPartition, type PartitionStop } from './support/partition-stops.ts';
import { largest } from './support/statistics.ts';
import { SteadyLoad } from './support/steady-load.ts';

const PARTITIONS = 8;
const CONCURRENCY = 32;
/** A batch holds events of one partition only: one batch that is refused would otherwise stop the acknowledgements of all. */
const LOAD = { senders: 2 * PARTITIONS, usersPerSender: 2, everyMs: 100 };
const FROZEN_MS = 25_000;
const AWAY_MS = 8_000;

/** Seconds. */
interface Stop {
  readonly acknowledgement: number;
  readonly delivery: number;
}

/** For partitions that a struck node led in any of the three topics, each of which their users need, and for all others. */
interface Bounds {
  readonly own: Stop;
  /**
   * Beyond the time that Kafka itself needs: with as many replicas as nodes an acknowledgement of any partition waits for the struck node, too, until the
   * controller has taken it out of those that are in sync.
   */
  readonly others: Stop;
}

interface Strike {
  readonly name: string;
  /** What happens. */
  readonly act: (target: Target) => Promise<Struck>;
  readonly goal: Bounds;
  /** What holds at present; it is to come to the goal. */
  readonly today: Bounds;
}

/** What a strike acts on. */
interface Target {
  readonly cluster: TestCluster;
  readonly stack: TestStack;
  /** Waits until each partition has delivered an event that was sent after now. */
  readonly untilFlowing: () => Promise<void>;
}

interface Struck {
  /** Nodes that were struck. */
  readonly nodeIds: readonly number[];
  /** Milliseconds until Kafka itself went on without them. */
  readonly kafkaItself: number;
}

const both = (seconds: number): Stop => ({ acknowledgement: seconds, delivery: seconds });

const STRIKES: readonly Strike[] = [
  {
    name: 'kill -9 of a leader',
    goal: { own: both(10), others: both(1) },
    today: { own: both(10), others: both(3) },
    act: async (target) => kill(await target.cluster.leaderOf(target.stack.topics.events, 0), target),
  },
  {
    name: "kill -9 of the group's coordinator",
    goal: { own: both(10), others: both(1) },
    today: { own: both(16), others: both(5) },
    act: async (target) => kill(await target.cluster.coordinatorOf(target.stack.env['FORWARDER_GROUP_ID'] ?? ''), target),
  },
  {
    name: 'rolling restart (SIGTERM)',
    goal: { own: both(3), others: both(3) },
    today: { own: both(5), others: both(3) },
    act: async ({ cluster, untilFlowing }) => {
      for (const nodeId of cluster.nodeIds) {
        await cluster.stop(nodeId);
        await cluster.start(nodeId);
        await cluster.untilInSync();
      }
      await untilFlowing();
      return { nodeIds: cluster.nodeIds, kafkaItself: 0 };
    },
  },
  {
    name: `leader frozen for ${FROZEN_MS / 1_000} s (SIGSTOP)`,
    goal: { own: both(10), others: both(1) },
    // Metadata is asked of the frozen broker, too, and the group waits for its coordinator: at worst everything stands still until it is thawed.
    today: { own: both(16), others: both(5) },
    act: async ({ cluster, stack, untilFlowing }) => {
      const nodeId = await cluster.leaderOf(stack.topics.events, 0);
      const from = Date.now();
      cluster.freeze(nodeId);
      await cluster.untilMovedFrom(nodeId, stack.topics.events);
      const kafkaItself = Date.now() - from;
      await pass(FROZEN_MS - kafkaItself);
      cluster.thaw(nodeId);
      await untilFlowing();
      return { nodeIds: [nodeId], kafkaItself };
    },
  },
];
/** Seconds until all partitions go on after the second of three brokers is back. */
const SOON = both(5);

async function kill(nodeId: number, { cluster, stack, untilFlowing }: Target): Promise<Struck> {
  const from = Date.now();
  await cluster.kill9(nodeId);
  await cluster.untilMovedFrom(nodeId, stack.topics.events);
  const kafkaItself = Date.now() - from;
  await untilFlowing();
  await cluster.start(nodeId);
  await cluster.untilInSync();
  await untilFlowing();
  return { nodeIds: [nodeId], kafkaItself };
}

describe('a cluster of three brokers, under load', () => {
  let cluster: TestCluster;
  let stack: TestStack;
  let round = 0;

  beforeAll(async () => {
    cluster = await startCluster();
    stack = await startStack({
      brokers: cluster.brokers,
      partitions: PARTITIONS,
      env: { TOPIC_REPLICATION: '3', EXTOLE_MAX_CONCURRENCY: String(CONCURRENCY) },
    });
  }, 120_000);

  beforeEach(async () => {
    await stack.extole.reset();
    await stack.extole.behaviour({ latencyMs: 10, jitterMs: 10 });
    await cluster.untilInSync();
  });

  afterEach(() => keepLogs(stack, expect.getState().currentTestName?.split(/: |, /).at(-1) ?? 'cluster'));

  /** Sixteen senders, two for each partition, once everything flows. */
  async function startLoad(): Promise<Target & { readonly load: SteadyLoad }> {
    const prefix = `cluster-${round++}`;
    const usersOf = (sender: number): string[] =>
      usersOnPartition(`${prefix}-${sender}`, {
        partition: sender % PARTITIONS,
        partitions: PARTITIONS,
        count: LOAD.usersPerSender,
      });
    const load = new SteadyLoad({ segment: stack.segment, prefix, ...LOAD, usersOf });
    const witnesses = Array.from({ length: PARTITIONS }, (_, partition) => usersOf(partition)[0] ?? '');
    const untilFlowing = async (): Promise<void> => {
      const since = Date.now();
      let still: readonly number[] = [];
      await waitFor(
        async () => {
          const flows = await Promise.all(witnesses.map((user) => hasNewCall(load, user, since)));
          still = [...flows.keys()].filter((partition) => flows[partition] !== true);
          return still.length === 0;
        },
        { timeoutMs: 90_000, intervalMs: 250, describe: () => `new events of partitions ${still.join(', ')} to reach Extole` },
      );
    };
    await untilFlowing();
    await pass(1_000);
    return { cluster, stack, load, untilFlowing };
  }

  async function hasNewCall(load: SteadyLoad, partnerUserId: string, since: number): Promise<boolean> {
    const calls = await stack.extole.ledger({ partnerUserId });
    return calls.some(({ applied, partnerEventId }) => applied && (load.sentAt.get(partnerEventId ?? '') ?? 0) >= since);
  }

  /** Ends the load; what it has sent must all be delivered, in order, and how long did each partition stand still? */
  async function judge(load: SteadyLoad, name: string, from: number): Promise<PartitionStop[]> {
    const until = Date.now();
    await load.stop();
    process.stderr.write(`struck at ${new Date(from).toISOString()}: ${name}\n`);
    const { ledger, events } = await expectKeptPromises(stack, load.taken);
    const repeats = repeatsAmong(callsFor(load.taken, ledger)).length;
    reportFigure({ name: `repeats over ${name}`, values: { repeats }, bound: 2 * CONCURRENCY });
    const twice = events.length - new Set(events.map(({ headers }) => headers['messageId'])).size;
    reportFigure({ name: `events in the log more than once after ${name}, all before included`, values: { records: twice } });
    expect(repeats).toBeLessThanOrEqual(2 * CONCURRENCY);
    const otherRefusals = load.refusals.filter(({ status, headers }) => status !== 503 || !headers.has('retry-after'));
    expect(otherRefusals.map(({ status }) => status)).toEqual([]);
    return partitionStops(load, ledger, { from, until, partitions: PARTITIONS });
  }

  it.each(STRIKES)(
    'loses nothing, and stands still for a short time only: $name',
    async ({ name, act, goal, today }) => {
      const { load, ...target } = await startLoad();
      const { events, outcomes, deletions } = stack.topics;
      const leaders = await Promise.all([events, outcomes, deletions].map((topic) => cluster.leadersOf(topic)));
      const from = Date.now();
      const { nodeIds, kafkaItself } = await act(target);
      const stops = await judge(load, name, from);

      const isOwn = ({ partition }: PartitionStop): boolean =>
        leaders.some((ofTopic) => nodeIds.includes(ofTopic[partition] ?? -1));
      printStops(name, stops, isOwn);
      const own = longest(stops.filter(isOwn));
      const others = longest(stops.filter((stop) => !isOwn(stop)));
      const beyond = {
        acknowledgement: Math.max(0, others.acknowledgement - kafkaItself / 1_000),
        delivery: Math.max(0, others.delivery - kafkaItself / 1_000),
      };
      const kafka = kafkaItself === 0 ? {} : { 'Kafka itself': kafkaItself / 1_000 };
      reportStop(`longest stop of its own partitions: ${name}`, { ...own, ...kafka }, goal.own);
      expectWithin(own, today.own);
      if (stops.every(isOwn)) return;
      reportStop(`longest stop of the other partitions, beyond that of Kafka itself: ${name}`, beyond, goal.others);
      expectWithin(beyond, today.others);
    },
    180_000,
  );

  it('answers 503 with Retry-After while two of three are gone, and goes on soon after the second is back', async () => {
    const name = 'two of three gone (kill -9)';
    const { load, untilFlowing } = await startLoad();
    const gone = cluster.nodeIds.slice(0, 2);
    const from = Date.now();
    await Promise.all(gone.map((nodeId) => cluster.kill9(nodeId)));
    await pass(AWAY_MS);
    const refusedWhileAway = load.refusals.length;
    const startedAt = Date.now();
    const started = gone.map(async (nodeId) => {
      await cluster.start(nodeId);
      return Date.now();
    });
    const backAt = await Promise.race(started);
    const takenWhileAway = [...load.takenAt.values()].filter((at) => at > from + 1_000 && at < startedAt);
    await Promise.all(started);
    await untilFlowing();
    await cluster.untilInSync();
    await untilFlowing();
    const stops = await judge(load, name, from);
    printStops(name, stops, () => true);
    const { acknowledgement, delivery } = longest(stops);
    const beyond = (stop: number): number => Math.max(0, stop - (backAt - from) / 1_000);
    const after = { acknowledgement: beyond(acknowledgement), delivery: beyond(delivery) };
    reportStop(`until all partitions go on after the second of three is back: ${name}`, after, SOON);

    expect(refusedWhileAway).toBeGreaterThan(0);
    expect(takenWhileAway).toEqual([]);
    expectWithin(after, SOON);
  }, 180_000);
});

function longest(stops: readonly PartitionStop[]): Stop {
  return {
    acknowledgement: largest(stops.map(({ acknowledgement }) => acknowledgement)),
    delivery: largest(stops.map(({ delivery }) => delivery)),
  };
}

function expectWithin(stop: Stop, bound: Stop): void {
  expect(stop.acknowledgement).toBeLessThanOrEqual(bound.acknowledgement);
  expect(stop.delivery).toBeLessThanOrEqual(bound.delivery);
}

function reportStop(name: string, values: Stop & Readonly<Record<string, number>>, goal: Stop): void {
  reportFigure({ name, values: { ...values }, unit: 's', bound: goal.delivery });
}

function printStops(name: string, stops: readonly PartitionStop[], isOwn: (stop: PartitionStop) => boolean): void {
  const each = stops.map((stop) => {
    const { partition, acknowledgement, delivery } = stop;
    return `${partition}${isOwn(stop) ? '*' : ''} ${acknowledgement.toFixed(1)}/${delivery.toFixed(1)}`;
  });
  process.stderr.write(`stops by partition (acknowledgement/delivery, s; * struck), ${name}: ${each.join('  ')}\n`);
}
