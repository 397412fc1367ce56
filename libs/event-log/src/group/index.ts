export { topicPartitionKey, type TopicPartition } from './topic-partition.ts';
export { assignSticky, type Assignment, type GroupMember } from './sticky-assignment.ts';
export {
  SESSION_TIMEOUT_MS,
  type ConsumedRecords,
  type GroupConsumer,
  type GroupAssignment,
  type GroupConsumerEvents,
  type GroupConsumerOptions,
} from './group-consumer.ts';
export type { DescribedMember, MemberFacts } from './member-facts.ts';
export type { Commit, PartitionCommit } from './commit.ts';
