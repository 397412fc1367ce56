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
  /**
   * One produce request, acknowledged by all in-sync replicas. A partition that the answer does not mention may have been written or not.
   *
   * Rejects where nothing was written for a reason that Kafka gave, or where there was no answer: then it is not known.
   */
  send(topic: string, partitions: readonly ProducePartition[]): Promise<readonly ProduceAnswer[]>;
  /** How many partitions the topic has. */
  partitionCount(topic: string): Promise<number>;
  /** Asks the cluster for a sign of life; rejects if there is none. */
  probe(): Promise<void>;
  /** The next call begins with the configured brokers again: after a long outage, or when all addresses have changed. */
  renew(): void;
  close(): Promise<void>;
}
