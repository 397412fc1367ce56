import type { Offset } from '#segment';
import type { Commit } from '../group/commit.ts';
import type { DescribedMember } from '../group/member-facts.ts';
import type { Right } from './rights.ts';
import type { TopicState } from './topic-mismatch.ts';
import type { TopicSpec } from './topic-specs.ts';

/** Where a partition's log begins and ends. */
export interface PartitionBounds {
  readonly partition: number;
  /** The first offset that is still there. */
  readonly start: Offset;
  /** The offset that the next record will get. */
  readonly end: Offset;
}

/** Asks the cluster, and sets up its topics, through one connection. */
export interface ClusterAdmin {
  /** Kafka's id of the cluster: offsets of another cluster mean nothing here. */
  clusterId(): Promise<string>;
  /** The bounds of every partition of a topic, by partition. */
  bounds(topic: string): Promise<PartitionBounds[]>;
  /** Of each partition, the offset of the first record that was appended at `timeMs` (epoch milliseconds) or later; its end if there is none. */
  offsetsAt(topic: string, timeMs: number): Promise<Map<number, Offset>>;
  /** The committed offset of each partition that has one: the first offset that the group is not done with. */
  committed(groupId: string, topic: string): Promise<Map<number, Offset>>;
  /** The same, and in which log each is. */
  commits(groupId: string, topic: string): Promise<Map<number, Commit>>;
  /** The members of a group, by name, with what each says about itself when it joins and with the partitions that it has. */
  members(groupId: string): Promise<DescribedMember[]>;
  /**
   * Takes a member out of its group on its behalf: one that was killed and can't leave any more. The coordinator would wait for its
   * session timeout before giving its partitions to anybody, ourselves after a restart included.
   *
   * Only for a member that is known to be dead: a living one would lose its partitions, and join again.
   */
  removeMember(groupId: string, memberId: string): Promise<void>;
  /** Those of `rights` that we do not have, as far as the cluster tells. */
  missingAmong(rights: readonly Right[]): Promise<Right[]>;
  /** These topics as the cluster has them; missing ones are left out. @throws RightMissingError if we may not know */
  describeTopics(names: readonly string[]): Promise<TopicState[]>;
  /** False where another process was first, which is as good. @throws SettingsRefusedError */
  createTopic(spec: TopicSpec): Promise<boolean>;
  /** Asks whether the topic could be created, and creates nothing. @throws SettingsRefusedError */
  validateTopic(spec: TopicSpec): Promise<void>;
  /** Sets entries of a topic's configuration, and keeps every other one that someone set. @throws SettingsRefusedError */
  setTopicConfig(topic: string, entries: ReadonlyMap<string, string>): Promise<void>;
  close(): Promise<void>;
}
