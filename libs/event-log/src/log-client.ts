import type { GroupConsumer, GroupConsumerOptions } from './group/group-consumer.ts';
import type { ReadConnection } from './read/read-connection.ts';
import type { ClusterAdmin } from './topics/cluster-admin.ts';
import type { AppendConnection } from './write/append-connection.ts';

/**
 * What this project needs of a client of Kafka, in its own words: to append, to read by position, to be a member of a group, and to ask and set up the cluster.
 * `kafkajs/` is the one implementation, and the only folder that knows which client it is; its README says how far this project stands from another.
 *
 * What its methods reject with is told apart by `failureOf` (kafka-errors.ts).
 */
export interface LogClient {
  /** To append with; connects when first needed, and heals by being renewed. */
  appends(): AppendConnection;
  /** To read partitions by position, without a group; one read at a time. Connects when first needed. */
  reads(): ReadConnection;
  /** A member of a consumer group; joins when it is started. */
  consumer(options: GroupConsumerOptions): GroupConsumer;
  /** Connects now: rejects if Kafka does not answer. */
  admin(): Promise<ClusterAdmin>;
  /** Why there is no token to show to Kafka, while that is so: all else that fails then fails for that. */
  lockedOut(): string | undefined;
}
