export { PartitionReader, type PartitionReaderOptions } from './partition-reader.ts';
export { PartitionFollower, type Followed, type PartitionFollowerOptions } from './partition-follower.ts';
export type { FetchedBatch, FetchedFrom, FetchFailure, FetchPosition } from './read-connection.ts';
export { readDeletions, readOutcomes, type FactReader, type FactsRead } from './read-facts.ts';
export { ReplaySelection, type ReplayChoice, type ReplaySelectionOptions } from './replay-selection.ts';
export { unless } from './unless.ts';
