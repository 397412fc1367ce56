import type { RawRecord, TopicPartition } from '#event-log';

/** What the transport hands to the forwarder's `@EventPattern` handlers, and under which pattern. */
export const RECORDS = 'segment.events';
export const BEFORE_REBALANCE = 'group.before-rebalance';
export const ASSIGNED = 'group.assigned';
export const MEMBERSHIP_CONFIRMED = 'group.membership-confirmed';

/** Records of one partition of an events topic, ascending. */
export interface RecordsMessage {
  readonly partition: TopicPartition;
  readonly messages: readonly RawRecord[];
}

/** The partitions that this process owns from now on, all of them paused until somebody resumes them. */
export interface AssignedMessage {
  readonly partitions: readonly TopicPartition[];
  /** Kafka's id of this run of the process. */
  readonly memberId: string;
  /** Monotonic milliseconds: when the join that led to it was begun. */
  readonly sentAt: number;
}

export interface MembershipMessage {
  /** Monotonic milliseconds: the coordinator has answered a request that was sent then or later. */
  readonly sentAt: number;
}
