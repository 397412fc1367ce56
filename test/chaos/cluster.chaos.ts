import { setTimeout as pass } from 'node:timers/promises';
import { callsFor, repeatsAmong } from '../support/extole-calls.ts';
import { startCluster, type TestCluster } from '../support/test-cluster.ts';
import { startStack, type TestStack } from '../support/test-stack.ts';
import { waitFor } from '../support/wait-for.ts';
import { reportFigure } from './support/figures.ts';
import { expectKeptPromises } from './support/judgement.ts';
import { partitionStops, usersOnPartition, type PartitionStop } from './support/partition-stops.ts';
import { largest } from './support/statistics.ts';
import { SteadyLoad } from './support/steady-load.ts';

const PARTITIONS = 8;
const CONCURRENCY = 32;
/** A batch holds events of one partition only: one batch that is refused would otherwise stop the acknowledgements of all. */
const LOAD = { senders: 2 * PARTITIONS, usersPerSender: 2, everyMs: 100 };
const FROZEN_MS = 25_000;
const AWAY_MS = 8_000;

/** How long a partition may stand still, in seconds. */
interface Bound {
  readonly goal: number;
  /** What holds at present, where that is more. */
  readonly today?: number;
}

interface Strike {
  readonly name: string;
  /** What happens. Returns the nodes whose own partitions were struck. */
  readonly act: (strike: Struck) => Promise<readonly number[]>;
  /** Of the partitions that a struck node led. */
  readonly own: Bound;
  /** Of all others. */
  readonly others: Bound;
}

/** What a strike has in hand. */
interface Struck {
  readonly cluster: TestCluster;
  readonly stack: TestStack;
  readonly load: SteadyLoad;
  /** Waits until each partition has delivered an event that was sent after now. */
  readonly untilFlowing: () => Promise<void>;
}

const STRIKES: readonly Strike[] = [
  {
    name: 'kill -9 of a leader',
    own: { goal: 10 },
    others: { goal: 1 },
    act: async ({ cluster, stack, untilFlowing }) =>
      killed(await cluster.leaderOf(stack.topics.events, 0), cluster, untilFlowing),
  },
  {
    name: "kill -9 of the group's coordinator",
    own: { goal: 10 },
    others: { goal: 1 },
    act: async ({ cluster, stack, untilFlowing }) =>
      killed(await cluster.coordinatorOf(stack.env['FORWARDER_GROUP_ID'] ?? ''), cluster, untilFlowing),
  },
  {
    name: 'a rolling restart (SIGTERM)',
    own: { goal: 3 },
    others: { goal: 3 },
    act: async ({ cluster, untilFlowing }) => {
      for (const nodeId of cluster.nodeIds) {
        await cluster.stop(nodeId);
        await cluster.start(nodeId);
        await cluster.untilInSync();
      }
      await untilFlowing();
      return cluster.nodeIds;
    },
  },
  {
    name: `a leader frozen for ${FROZEN_MS / 1_000} s (SIGSTOP)`,
    own: { goal: 10 },
    others: { goal: 1 },
    act: async ({ cluster, stack, untilFlowing }) => {
      const nodeId = await cluster.leaderOf(stack.topics.events, 0);
      cluster.freeze(nodeId);
      await pass(FROZEN_MS);
      cluster.thaw(nodeId);
      await untilFlowing();
      return [nodeId];
    },
  },
];

async function killed(nodeId: number, cluster: TestCluster, untilFlowing: () => Promise<void>): Promise<number[]> {
  await cluster.kill9(nodeId);
  await untilFlowing();
  await cluster.start(nodeId);
  await cluster.untilInSync();
  await untilFlowing();
  return [nodeId];
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

  /** Sixteen senders, two for each partition, once everything flows. */
  async function startLoad(): Promise<Struck> {
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
    const { ledger, events } = await expectKeptPromises(stack, load.taken);
    const repeats = repeatsAmong(callsFor(load.taken, ledger)).length;
    reportFigure({ name: `repeats over ${name}`, values: { repeats }, bound: 2 * CONCURRENCY });
    const twice = events.length - new Set(events.map(({ headers }) => headers['messageId'])).size;
    reportFigure({ name: `events in the log more than once after ${name}, all before included`, values: { records: twice } });
    expect(repeats).toBeLessThanOrEqual(2 * CONCURRENCY);
    return partitionStops(load, ledger, { from, until, partitions: PARTITIONS });
  }

  it.each(STRIKES)(
    'loses nothing and stands still for a short time only: $name',
    async ({ name, act, own, others }) => {
      const struck = await startLoad();
      const leaders = await cluster.leadersOf(stack.topics.events);
      const from = Date.now();
      const nodeIds = await act(struck);
      const stops = await judge(struck.load, name, from);

      const isOwn = ({ partition }: PartitionStop): boolean => nodeIds.includes(leaders[partition] ?? -1);
      reportStops(name, stops, isOwn);
      expect(longest(stops.filter(isOwn))).toBeLessThanOrEqual(own.today ?? own.goal);
      expect(longest(stops.filter((stop) => !isOwn(stop)))).toBeLessThanOrEqual(others.today ?? others.goal);
    },
    180_000,
  );

  it('answers 503 while two of three are gone, and goes on soon after the second is back', async () => {
    const name = 'two of three gone';
    const bound: Bound = { goal: 5 };
    const { load, untilFlowing } = await startLoad();
    const [first = 0, second = 0] = cluster.nodeIds;
    const from = Date.now();
    await Promise.all([cluster.kill9(first), cluster.kill9(second)]);
    await pass(AWAY_MS);
    const away = Date.now();
    const takenWhileAway = [...load.takenAt.values()].filter((at) => at > from + 1_000);
    const startedAt = Date.now();
    const second_ = Promise.race([cluster.start(first), cluster.start(second)]).then(() => Date.now());
    await Promise.all([cluster.start(first), cluster.start(second)]);
    const backAt = await second_;
    await untilFlowing();
    await cluster.untilInSync();
    await untilFlowing();
    void away;
    void startedAt;
    void backAt;
    void bound;
    const stops = await judge(load, name, from);
    reportStops(name, stops, () => true);
    expect(takenWhileAway).toEqual([]);
  }, 180_000);
});

function longest(stops: readonly PartitionStop[]): number {
  return largest(stops.flatMap(({ acknowledgement, delivery }) => [acknowledgement, delivery]));
}

function reportStops(name: string, stops: readonly PartitionStop[], isOwn: (stop: PartitionStop) => boolean): void {
  const own = stops.filter(isOwn);
  const others = stops.filter((stop) => !isOwn(stop));
  const each = stops.map(
    (stop) => `${stop.partition}${isOwn(stop) ? '*' : ''} ${stop.acknowledgement.toFixed(1)}/${stop.delivery.toFixed(1)}`,
  );
  process.stderr.write(`stops by partition (acknowledgement/delivery, s; * struck), ${name}: ${each.join('  ')}\n`);
  reportFigure({
    name: `longest stop of a partition: ${name}`,
    unit: 's',
    values: {
      'own acknowledgements': largest(own.map(({ acknowledgement }) => acknowledgement)),
      'own deliveries': largest(own.map(({ delivery }) => delivery)),
      'others acknowledgements': largest(others.map(({ acknowledgement }) => acknowledgement)),
      'others deliveries': largest(others.map(({ delivery }) => delivery)),
    },
  });
}
