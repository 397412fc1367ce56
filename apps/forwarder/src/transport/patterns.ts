import type { ConsumedRecords, GroupAssignment, TopicPartition } from '#event-log';

/** What the transport hands to the forwarder's `@EventPattern` handlers, and under which pattern. */
export const RECORDS = 'segment.events';
export const BEFORE_REBALANCE = 'group.before-rebalance';
export const ASSIGNED = 'group.assigned';
export const PARTITION_FAILED = 'group.partition-failed';
export const MEMBERSHIP_CONFIRMED = 'group.membership-confirmed';

/** What was read of one partition of an events topic. */
export interface RecordsMessage {
  readonly partition: TopicPartition;
  readonly read: ConsumedRecords;
}

/** All partitions of it are paused until somebody resumes them. */
export type AssignedMessage = GroupAssignment;

/** A partition could not be read on; where the log does not hold what comes next, it is paused. */
export interface PartitionFailedMessage {
  readonly partition: TopicPartition;
  readonly failure: Error;
}

export interface MembershipMessage {
  /** Monotonic milliseconds: the coordinator has answered a request that was sent then or later. */
  readonly sentAt: number;
}
