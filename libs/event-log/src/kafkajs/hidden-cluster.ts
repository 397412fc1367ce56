import type { Cluster, Kafka, RecordBatchEntry } from 'kafkajs';

/** A record as kafkajs 2.2.4 decodes it from a fetch; its public type hides what tells where the record's batch ends. */
export type FetchedRecord = RecordBatchEntry & {
  readonly isControlRecord: boolean;
  readonly batchContext: {
    readonly firstOffset: string;
    readonly lastOffsetDelta: number;
    readonly producerId?: string;
    readonly inTransaction?: boolean;
  };
};

/** One partition in the answer to a fetch. */
export interface FetchedPartition {
  readonly partition: number;
  /** Kafka's; 0 for none. */
  readonly errorCode: number;
  readonly highWatermark: string;
  /** The end of what is decided: behind it stands a transaction that is open. */
  readonly lastStableOffset?: string;
  /** Ascending by offset. Told only to who reads committed. */
  readonly abortedTransactions?: readonly { readonly producerId: string; readonly firstOffset: string }[];
  /** kafkajs's spelling of the log start offset. */
  readonly lastStartOffset?: string;
  readonly messages: readonly FetchedRecord[];
}

/** The answer to a fetch; what kafkajs's types leave open. */
export interface FetchAnswer {
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly FetchedPartition[] }[];
}

/** No transactions are written here; reading uncommitted, the high watermark is the end of what can be read. */
export const READ_UNCOMMITTED = 0;
/** As the live consumer reads; the end of what can be read is the last stable offset. */
export const READ_COMMITTED = 1;

type CreateCluster = (options: { metadataMaxAge: number; allowAutoTopicCreation: boolean; isolationLevel: number }) => Cluster;

/**
 * A connection to the cluster below kafkajs's consumer, for reading a partition by offset without a group, which kafkajs has no way for.
 * The factory hides under a symbol; kafkajs is pinned to the version in which this was found, and a test holds it.
 */
export function createCluster(kafka: Kafka): Cluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === 'private:Kafka:createCluster');
  if (symbol === undefined) throw new Error('kafkajs is not the version that the partition reader is made for (2.2.4)');
  const create = (kafka as unknown as Record<symbol, CreateCluster>)[symbol];
  if (create === undefined) throw new Error('kafkajs is not the version that the partition reader is made for (2.2.4)');
  return create({ metadataMaxAge: 300_000, allowAutoTopicCreation: false, isolationLevel: READ_UNCOMMITTED });
}
