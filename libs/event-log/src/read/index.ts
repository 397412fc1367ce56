export { PartitionReader, type PartitionReaderOptions } from './partition-reader.ts';
export { PartitionFollower, type Followed, type PartitionFollowerOptions } from './partition-follower.ts';
export type { FetchedBatch, FetchedFrom, FetchFailure, FetchPosition } from './read-connection.ts';
export {
  decodeNoticeOf,
  decodeOutcomeOf,
  readDeletions,
  readOutcomes,
  type FactReader,
  type FactsRead,
  type OutcomesPlace,
} from './read-facts.ts';
export { UndecodableRecords } from './undecodable-records.ts';
export { ReplaySelection, type ReplayChoice, type ReplaySelectionOptions } from './replay-selection.ts';
export { unless } from './unless.ts';
export { recordAt, witnessOf } from './record-at.ts';
