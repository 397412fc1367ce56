export { topicsOf, type SourceTopics } from './topic-names.ts';
export {
  deletionsRetentionMs,
  outcomesRetentionMs,
  topicSpecs,
  type TopicConfig,
  type TopicOptions,
  type TopicSource,
  type TopicSpec,
} from './topic-specs.ts';
export { compareTopics, describeMismatch, TopicMismatchError, type TopicMismatch, type TopicState } from './topic-mismatch.ts';
export { checkTopics, ensureTopics, readTopics, repairTopicConfigs } from './cluster-topics.ts';
export type { ClusterAdmin, PartitionBounds } from './cluster-admin.ts';
export { clusterId, committedOffsets, groupCommits, requireRights, topicBounds, withAdmin } from './ask-cluster.ts';
export { describeRight, RIGHTFUL_APPS, rightsOf, type Operation, type Right, type RightfulApp } from './rights.ts';
export { aclsOf, kafkaAclsLine, type Acl } from './kafka-acls.ts';
