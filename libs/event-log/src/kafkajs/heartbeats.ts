import { HEARTBEAT_INTERVAL_MS } from '../group/group-consumer.ts';
import { failureOf } from '../kafka-errors.ts';
import { aroundGroup, type Around, type ConsumerGroup } from './around-group.ts';
import { mustAnswer, noteSilence } from './silent-brokers.ts';

/** By group: when the heartbeat that is under way was begun (monotonic milliseconds). */
const begunAt = new Map<string, number>();
/** When the latest one was begun, whatever became of it. */
const triedAt = new WeakMap<ConsumerGroup, number>();
/** By group: told of a heartbeat that was answered while the group changes, with when it was begun. */
const listeners = new Map<string, (begunAt: number) => void>();
/** What the group has answered, for the next one who asks: it has changed, or does not know us any more. */
const answers = new WeakMap<ConsumerGroup, unknown>();
let clock: () => number;

/** What the group itself says, and kafkajs joins again for. All else is trouble with its coordinator. */
const OF_THE_GROUP = new Set([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'FENCED_INSTANCE_ID',
  'GROUP_AUTHORIZATION_FAILED',
]);

/**
 * When the heartbeat of `groupId` that is under way was begun (monotonic milliseconds); undefined if none is.
 *
 * kafkajs tells of a heartbeat when its answer is read. In a process that was frozen in between, that is any time later, when the
 * coordinator may long have given the partitions away: only the beginning counts (P8).
 */
export function heartbeatBegunAt(groupId: string): number | undefined {
  return begunAt.get(groupId);
}

/**
 * Has kafkajs 2.2.4 send its heartbeats whatever the wall clock does, beside everything else, and notes when each was begun.
 *
 * kafkajs awaits each after a fetch. A coordinator that does not answer then held up all fetches, and one that was gone ended the consumer, which began anew
 * and had the group change twice. Here nobody waits: what the group says is thrown at who asks next, and a coordinator that is away is looked for again, while
 * the lease runs out by itself (P8).
 */
export function sendHeartbeatsBeside(monotonicNow: () => number): void {
  clock = monotonicNow;
  aroundGroup('heartbeat', beside);
}

/**
 * Has `heard` told of each heartbeat of `groupId` that is answered with "the group changes": Kafka knows the member, and goes on with its session, while it drains. kafkajs takes that
 * for an error and tells of the others alone.
 *
 * @returns takes it away again.
 */
export function hearWhileChanging(groupId: string, heard: (begunAt: number) => void): () => void {
  listeners.set(groupId, heard);
  return () => {
    if (listeners.get(groupId) === heard) listeners.delete(groupId);
  };
}

/** A join has made the last answer void. */
export function forgetHeartbeatFailure(group: ConsumerGroup): void {
  answers.delete(group);
}

const beside: Around = async (group, heartbeat) => {
  // After a step of the wall clock back by an hour, the next one would be due in an hour, and the session over in ten seconds.
  if (group.lastRequest > Date.now()) group.lastRequest = 0;
  const answer = answers.get(group);
  if (answer !== undefined) {
    answers.delete(group);
    throw answer as Error;
  }
  const now = clock();
  if (begunAt.has(group.groupId) || now - (triedAt.get(group) ?? -Infinity) < HEARTBEAT_INTERVAL_MS) return;
  begunAt.set(group.groupId, now);
  triedAt.set(group, now);
  void beat(group, heartbeat, now).finally(() => begunAt.delete(group.groupId));
};

async function beat(group: ConsumerGroup, heartbeat: () => Promise<unknown>, begun: number): Promise<void> {
  const coordinator = group.coordinator ?? undefined;
  try {
    await mustAnswer(coordinator);
    await heartbeat();
  } catch (error) {
    noteSilence(coordinator, error);
    const type = failureOf(error).type ?? '';
    if (type === 'REBALANCE_IN_PROGRESS') listeners.get(group.groupId)?.(begun);
    if (OF_THE_GROUP.has(type)) answers.set(group, error);
    else await findCoordinator(group);
  }
}

/** The next heartbeat, and the next commit, go to whoever keeps the group by then. Where nobody does, the next heartbeat asks again. */
async function findCoordinator(group: ConsumerGroup): Promise<void> {
  try {
    const coordinator = await group.cluster.findGroupCoordinator({ groupId: group.groupId });
    group.coordinator = coordinator;
    if (group.offsetManager !== null) group.offsetManager.coordinator = coordinator;
  } catch {
    // Kafka is away: told of by who reads and writes.
  }
}
