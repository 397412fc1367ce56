import type { EncodedRecord } from '../records/encoded-record.ts';
import type { AppendedRecord } from './appended-record.ts';

/** The records of one partition in a produce request. */
export interface ProducePartition {
  readonly partition: number;
  readonly records: readonly EncodedRecord[];
}

/** What Kafka answered for one partition of a request: where its first record stands, or why none was written. */
export type ProduceAnswer = { readonly partition: number } & ({ readonly first: AppendedRecord } | { readonly failure: Error });

/** Appends to the log, request by request; no retries, no order over requests that overlap. */
export interface AppendConnection {
  /** Which broker leads a partition, by a name that means nothing else; undefined while nobody does, or nobody knows. */
  leaderOf(topic: string, partition: number): string | undefined;
  /** How many partitions the topic has; 0 where it is not there. Asks if it is not known. */
  partitionCount(topic: string): Promise<number>;
  /** Asks for the leaders anew, and so for a sign of life. Rejects if no broker answers; the next question begins with the configured brokers again. */
  refresh(): Promise<void>;
  /**
   * One produce request to the leader of these partitions, acknowledged by all in-sync replicas. A partition that the answer does not mention may have been
   * written or not. Rejects where there was no answer: then it is not known of any.
   */
  send(leader: string, topic: string, partitions: readonly ProducePartition[]): Promise<readonly ProduceAnswer[]>;
  close(): Promise<void>;
}
