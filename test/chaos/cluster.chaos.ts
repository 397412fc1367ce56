import { setTimeout as pass } from 'node:timers/promises';
import type { AppProcess } from '../support/app-process.ts';
import { runBridge } from '../support/run-bridge.ts';
import type { TestStack } from '../support/test-stack.ts';
import {
  atRest,
  both,
  expectWithin,
  judge,
  longest,
  PARTITIONS,
  printStops,
  reportStop,
  startClusterStack,
  startLoad,
  type ClusterStack,
  type Stop,
  type Target,
} from './support/cluster-load.ts';
import { reportFigure } from './support/figures.ts';
import { keepLogs } from './support/keep-logs.ts';
import { settledOwnership } from './support/ownership.ts';
import type { PartitionStop } from './support/partition-stops.ts';

const FROZEN_MS = 25_000;
const AWAY_MS = 8_000;
/** Seconds until what is started is ready. */
const STARTED_S = 15;

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

interface Struck {
  /** Nodes that were struck. */
  readonly nodeIds: readonly number[];
  /** Milliseconds until Kafka itself went on without them. */
  readonly kafkaItself: number;
}

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
    name: 'kill -9 of the controller',
    goal: { own: both(10), others: both(1) },
    // Whoever controls next gives every broker a session of its own first, the dead one too.
    today: { own: both(18), others: both(5) },
    act: (target) => kill(target.cluster.controller(), target),
  },
  {
    name: 'kill -9 of a leader and of the forwarder at once',
    goal: { own: both(10), others: both(10) },
    today: { own: both(20), others: both(20) },
    act: async (target) => {
      const nodeId = await target.cluster.leaderOf(target.stack.topics.events, 0);
      const forwarder = target.stack.forwarders.at(-1)?.kill9();
      const struck = kill(nodeId, target);
      await forwarder;
      await target.restartForwarder();
      return struck;
    },
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
    // What comes from a new leader is looked at first, and each connection asks the frozen one for a word.
    today: { own: both(14), others: both(5) },
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
  let bridge: ClusterStack;

  beforeAll(async () => {
    bridge = await startClusterStack();
  }, 120_000);

  beforeEach(() => atRest(bridge));

  afterEach(() => keepLogs(bridge.stack, expect.getState().currentTestName?.split(/: |, /).at(-1) ?? 'cluster'));

  it.each(STRIKES)(
    'loses nothing, and stands still for a short time only: $name',
    async ({ name, act, goal, today }) => {
      const { load, ...target } = await startLoad(bridge);
      const { cluster, stack } = bridge;
      const { events, outcomes, deletions } = stack.topics;
      const leaders = await Promise.all([events, outcomes, deletions].map((topic) => cluster.leadersOf(topic)));
      const from = Date.now();
      const { nodeIds, kafkaItself } = await act(target);
      const stops = await judge(bridge, load, name, from);

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
    const { cluster } = bridge;
    const { load, untilFlowing } = await startLoad(bridge);
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
    const stops = await judge(bridge, load, name, from);
    printStops(name, stops, () => true);
    const { acknowledgement, delivery } = longest(stops);
    const beyond = (stop: number): number => Math.max(0, stop - (backAt - from) / 1_000);
    const after = { acknowledgement: beyond(acknowledgement), delivery: beyond(delivery) };
    reportStop(`until all partitions go on after the second of three is back: ${name}`, after, SOON);

    expect(refusedWhileAway).toBeGreaterThan(0);
    expect(takenWhileAway).toEqual([]);
    expectWithin(after, SOON);
  }, 180_000);

  it('has two forwarders share the partitions while the broker that coordinates their group dies', async () => {
    const name = "kill -9 of the coordinator of two forwarders' group";
    const { cluster, stack } = bridge;
    const second = await stack.startForwarder();
    const { load, ...target } = await startLoad(bridge);
    await settledOwnership(running(stack), PARTITIONS);
    const from = Date.now();
    const { kafkaItself } = await kill(await cluster.coordinatorOf(stack.env['FORWARDER_GROUP_ID'] ?? ''), target);
    await settledOwnership(running(stack), PARTITIONS);
    const stops = await judge(bridge, load, name, from);
    printStops(name, stops, () => true);
    reportStop(`longest stop: ${name}`, { ...longest(stops), 'Kafka itself': kafkaItself / 1_000 }, both(10));
    expectWithin(longest(stops), both(16));
    expect(await second.terminate()).toEqual({ code: 0, signal: null });
  }, 180_000);

  it.each([
    {
      how: 'killed (kill -9)',
      away: async (nodeId: number) => bridge.cluster.kill9(nodeId),
      back: async (nodeId: number) => bridge.cluster.start(nodeId),
    },
    {
      how: 'frozen (SIGSTOP)',
      away: async (nodeId: number) => bridge.cluster.freeze(nodeId),
      back: async (nodeId: number) => bridge.cluster.thaw(nodeId),
    },
  ])(
    'starts apps and commands while the first broker of KAFKA_BROKERS is $how',
    async ({ how, away, back }) => {
      const name = `first of two bootstrap brokers ${how}`;
      const { cluster, stack, restartForwarder } = bridge;
      const [first = 0, other = 0] = cluster.nodeIds;
      const brokers = { KAFKA_BROKERS: [first, other].map((nodeId) => cluster.addressOf(nodeId)).join(',') };
      const { load, untilFlowing } = await startLoad(bridge);
      const from = Date.now();
      await away(first);
      await cluster.untilMovedFrom(first, stack.topics.events);
      await Promise.all([stack.ingest.terminate(), ...running(stack).map((forwarder) => forwarder.terminate())]);
      const seconds = async (start: Promise<unknown>): Promise<number> => {
        const begunAt = performance.now();
        await start;
        return (performance.now() - begunAt) / 1_000;
      };
      const ensure = runBridge({ env: { ...stack.env, ...brokers } }, 'topics', 'ensure');
      const [ingest, forwarder, command] = await Promise.all([
        seconds(stack.restartIngest(brokers)),
        seconds(restartForwarder(brokers)),
        seconds(ensure),
      ]);
      reportFigure({
        name: `until ready, ${name}`,
        values: { ingest, forwarder, 'bridge topics ensure': command },
        unit: 's',
        bound: STARTED_S,
      });
      await untilFlowing();
      await back(first);
      await cluster.untilInSync();
      await untilFlowing();
      await judge(bridge, load, name, from);
      expect(await ensure).toMatchObject({ code: 0 });
      expect(Math.max(ingest, forwarder, command)).toBeLessThanOrEqual(STARTED_S);
    },
    240_000,
  );
});

function running({ forwarders }: TestStack): AppProcess[] {
  return forwarders.filter(({ isRunning }) => isRunning);
}
