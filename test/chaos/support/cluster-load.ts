import { setTimeout as pass } from 'node:timers/promises';
import { callsFor, repeatsAmong } from '../../support/extole-calls.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startCluster, type TestCluster, type TestClusterOptions } from '../../support/test-cluster.ts';
import { startStack, type TestStack } from '../../support/test-stack.ts';
import { waitFor } from '../../support/wait-for.ts';
import { reportFigure } from './figures.ts';
import { expectKeptPromises } from './judgement.ts';
import { partitionStops, usersOnPartition, type PartitionStop } from './partition-stops.ts';
import { largest } from './statistics.ts';
import { SteadyLoad } from './steady-load.ts';

export const PARTITIONS = 8;
export const CONCURRENCY = 32;
/** A batch holds events of one partition only: one batch that is refused would otherwise stop the acknowledgements of all. */
const LOAD = { senders: 2 * PARTITIONS, usersPerSender: 2, everyMs: 100 };

/** Seconds. */
export interface Stop {
  readonly acknowledgement: number;
  readonly delivery: number;
}

export const both = (seconds: number): Stop => ({ acknowledgement: seconds, delivery: seconds });

/** A bridge on a cluster of three brokers. */
export interface ClusterStack {
  readonly cluster: TestCluster;
  readonly stack: TestStack;
  /** Starts the forwarder again on its own machine, after the test has ended it. */
  readonly restartForwarder: (env?: Readonly<Record<string, string>>) => Promise<void>;
}

/** What a strike acts on. */
export interface Target extends ClusterStack {
  /** Waits until each partition has delivered an event that was sent after now. */
  readonly untilFlowing: () => Promise<void>;
}

let round = 0;

/** Starts both; they end with the test file. */
export async function startClusterStack(options: TestClusterOptions = {}): Promise<ClusterStack> {
  const cluster = await startCluster(options);
  const stack = await startStack({
    brokers: cluster.brokers,
    partitions: PARTITIONS,
    forwarders: 0,
    env: { TOPIC_REPLICATION: '3', EXTOLE_MAX_CONCURRENCY: String(CONCURRENCY) },
  });
  const stateDir = tempFolder('machine');
  const restartForwarder: ClusterStack['restartForwarder'] = async (env = {}) =>
    void (await stack.startForwarder({ stateDir, env }));
  await restartForwarder();
  return { cluster, stack, restartForwarder };
}

/** Everything as it is before a strike. */
export async function atRest({ cluster, stack }: ClusterStack): Promise<void> {
  await stack.extole.reset();
  await stack.extole.behaviour({ latencyMs: 10, jitterMs: 10 });
  await cluster.untilInSync();
}

/** Sixteen senders, two for each partition, once everything flows. @param extra on top of each event */
export async function startLoad(
  on: ClusterStack,
  extra: NonNullable<ConstructorParameters<typeof SteadyLoad>[0]['extra']> = {},
): Promise<Target & { readonly load: SteadyLoad }> {
  const { stack } = on;
  const prefix = `cluster-${round++}`;
  const usersOf = (sender: number): string[] =>
    usersOnPartition(`${prefix}-${sender}`, {
      partition: sender % PARTITIONS,
      partitions: PARTITIONS,
      count: LOAD.usersPerSender,
    });
  const load = new SteadyLoad({ segment: stack.segment, prefix, ...LOAD, usersOf, extra });
  const witnesses = Array.from({ length: PARTITIONS }, (_, partition) => usersOf(partition)[0] ?? '');
  const untilFlowing = async (): Promise<void> => {
    const since = Date.now();
    let still: readonly number[] = [];
    await waitFor(
      async () => {
        const flows = await Promise.all(witnesses.map((user) => hasNewCall(stack, load, user, since)));
        still = [...flows.keys()].filter((partition) => flows[partition] !== true);
        return still.length === 0;
      },
      { timeoutMs: 90_000, intervalMs: 250, describe: () => `new events of partitions ${still.join(', ')} to reach Extole` },
    );
  };
  await untilFlowing();
  await pass(1_000);
  return { ...on, load, untilFlowing };
}

async function hasNewCall({ extole }: TestStack, load: SteadyLoad, partnerUserId: string, since: number): Promise<boolean> {
  const calls = await extole.ledger({ partnerUserId });
  return calls.some(({ applied, partnerEventId }) => applied && (load.sentAt.get(partnerEventId ?? '') ?? 0) >= since);
}

/** Ends the load; what it has sent must all be delivered, in order, and how long did each partition stand still? */
export async function judge({ stack }: ClusterStack, load: SteadyLoad, name: string, from: number): Promise<PartitionStop[]> {
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

export function longest(stops: readonly PartitionStop[]): Stop {
  return {
    acknowledgement: largest(stops.map(({ acknowledgement }) => acknowledgement)),
    delivery: largest(stops.map(({ delivery }) => delivery)),
  };
}

export function expectWithin(stop: Stop, bound: Stop): void {
  expect(stop.acknowledgement).toBeLessThanOrEqual(bound.acknowledgement);
  expect(stop.delivery).toBeLessThanOrEqual(bound.delivery);
}

export function reportStop(name: string, values: Stop & Readonly<Record<string, number>>, goal: Stop): void {
  reportFigure({ name, values: { ...values }, unit: 's', bound: goal.delivery });
}

export function printStops(name: string, stops: readonly PartitionStop[], isOwn: (stop: PartitionStop) => boolean): void {
  const each = stops.map((stop) => {
    const { partition, acknowledgement, delivery } = stop;
    return `${partition}${isOwn(stop) ? '*' : ''} ${acknowledgement.toFixed(1)}/${delivery.toFixed(1)}`;
  });
  process.stderr.write(`stops by partition (acknowledgement/delivery, s; * struck), ${name}: ${each.join('  ')}\n`);
}
