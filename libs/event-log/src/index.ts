export type { AppendedRecord } from './appended-record.ts';
export * from './encoded-record.ts';
export * from './errors.ts';
export type { LogSink } from './log-sink.ts';
export { createKafka, type KafkaOptions } from './create-kafka.ts';
export { topicsOf, type SourceTopics } from './topic-names.ts';
export {
  deletionsRetentionMs,
  topicSpecs,
  type TopicConfig,
  type TopicOptions,
  type TopicSource,
  type TopicSpec,
} from './topic-specs.ts';
export { compareTopics, describeMismatch, TopicMismatchError, type TopicMismatch, type TopicState } from './topic-mismatch.ts';
export { checkTopics, ensureTopics, readTopics, repairTopicConfigs } from './cluster-topics.ts';
export { decodeLogRecord, encodeEvent, encodeTombstone, type Tombstone } from './event-records.ts';
export { decodeDeletionNotice, encodeDeletionNotice } from './deletion-records.ts';
export { decodeOutcome, encodeOutcome } from './outcome-records.ts';
export { isUndecodable, type Undecodable } from './record-headers.ts';
export { partitionFor } from './partitioner.ts';
export { LogWriter, type LogWriterOptions } from './log-writer.ts';
export { PartitionReader, type FetchedFrom, type FetchPosition, type PartitionReaderOptions } from './partition-reader.ts';
export type { FetchedBatch } from './fetched-batch.ts';
export { boundsOf, clusterId, committedOf, committedOffsets, topicBounds, withAdmin, type PartitionBounds } from './admin.ts';
export * from './consumer/index.ts';
export { readDeletions, readOutcomes, type FactReader, type FactsRead } from './read-facts.ts';
export { ReplaySelection, type ReplayChoice, type ReplaySelectionOptions } from './replay-selection.ts';
export { standInFor } from './stand-in-record.ts';
export { unless } from './unless.ts';
export { decodeSourceControl, encodeSourceControl } from './control-records.ts';
export { decodeReplayRecord, encodeReplayProgress, encodeReplayRequest, type ReplayRecord } from './replay-records.ts';
