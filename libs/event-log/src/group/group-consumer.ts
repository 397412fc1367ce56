import type { Offset } from '#segment';
import type { RawRecord } from '../records/raw-record.ts';
import type { PartitionCommit } from './commit.ts';
import type { MemberFacts } from './member-facts.ts';
import type { TopicPartition } from './topic-partition.ts';

/** Kafka hears from a member at least this often, ... */
export const HEARTBEAT_INTERVAL_MS = 1_000;
/** ... and gives its partitions away after this long a silence. */
export const SESSION_TIMEOUT_MS = 10_000;

/** What the group has given to this process. */
export interface GroupAssignment {
  readonly partitions: readonly TopicPartition[];
  /** Kafka's id of this run of the process. */
  readonly memberId: string;
  /** The group's; one more at each change of it. Where one was missed, another may have owned what is ours again. */
  readonly generation: number;
  /** When the join was begun (monotonic milliseconds): Kafka has known us since then. */
  readonly sentAt: number;
}

/** What one fetch brought of a partition. */
export interface ConsumedRecords {
  /** The offset that was asked for. */
  readonly from: Offset;
  /** Ascending; none where all that was read is no consumer's (control records, what a transaction took back). */
  readonly messages: readonly RawRecord[];
  /** The first offset behind all that was read. */
  readonly next: Offset;
}

/** What a group consumer tells its owner. */
export interface GroupConsumerEvents {
  /** The group is about to change: give up or finish what is under way. Joining waits for it. */
  beforeRebalance(): Promise<void>;
  /** The partitions that this process owns from now on. Runs before the first fetch: pausing here comes in time. */
  assigned(assignment: GroupAssignment): void;
  /** Something was read of a partition. Returns as soon as it is handed over. */
  records(partition: TopicPartition, read: ConsumedRecords): Promise<void>;
  /**
   * A partition could not be read on. Where the log does not hold the position that was asked for it is paused, and what becomes of it is its owner's to say; else (we may not, its
   * topic or leader is away, a transaction is open) it is tried again, and told again.
   */
  partitionFailed(partition: TopicPartition, failure: Error): void;
  /** Kafka has confirmed our membership by a heartbeat that was sent at `sentAt` or later (monotonic milliseconds). */
  membershipConfirmed(sentAt: number): void;
  /** The consumer has given up for good; the process should end with an error. */
  crashed(error: Error): void;
}

export interface GroupConsumerOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly member: () => MemberFacts;
  readonly events: GroupConsumerEvents;
  /** How long `beforeRebalance` may take. */
  readonly drainTimeoutMs: number;
  readonly monotonicNow: () => number;
}

/** A member of the consumer group: no auto-commit, an awaited word before partitions move, sticky assignment ({@link assignSticky}). */
export interface GroupConsumer {
  start(): Promise<void>;
  /** Leaves the group, so that others take over at once. */
  stop(): Promise<void>;
  /** This and the next two throw between two joins; the next one is announced by `assigned`. */
  pause(partition: TopicPartition): void;
  resume(partition: TopicPartition): void;
  /** The next record that is fetched of `partition` is the one at `offset`. */
  seek(partition: TopicPartition, offset: Offset): void;
  /** Commits offsets with the generation of the latest join; rejects if Kafka does not take them. */
  commit(offsets: readonly PartitionCommit[]): Promise<void>;
}
