import kafkajs, { AssignerProtocol, type Admin, type Broker, type ITopicConfig, type Kafka } from 'kafkajs';
import { toOffset, type Offset } from '#segment';
import { logNamedBy, type Commit } from '../group/commit.ts';
import { parseFacts, type DescribedMember } from '../group/member-facts.ts';
import type { ClusterAdmin, PartitionBounds } from '../topics/cluster-admin.ts';
import type { TopicState } from '../topics/topic-mismatch.ts';
import type { TopicSpec } from '../topics/topic-specs.ts';
import { createCluster } from './hidden-cluster.ts';

const { ConfigResourceTypes } = kafkajs;
const CREATION_TIMEOUT_MS = 10_000;
const TOPIC_CONFIG_SOURCE = 1;

/** What kafkajs's types leave out. */
type Coordinator = Broker & { leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown> };

/** kafkajs's admin client, and what it has no way for. */
export class KafkajsAdmin implements ClusterAdmin {
  private constructor(
    private readonly kafka: Kafka,
    private readonly admin: Admin,
  ) {}

  static async connect(kafka: Kafka): Promise<KafkajsAdmin> {
    const admin = kafka.admin();
    await admin.connect();
    return new KafkajsAdmin(kafka, admin);
  }

  async close(): Promise<void> {
    await this.admin.disconnect();
  }

  async clusterId(): Promise<string> {
    const cluster = await this.admin.describeCluster();
    return cluster.clusterId;
  }

  async bounds(topic: string): Promise<PartitionBounds[]> {
    const offsets = await this.admin.fetchTopicOffsets(topic);
    return offsets
      .map(({ partition, low, high }) => ({ partition, start: toOffset(low), end: toOffset(high) }))
      .sort((a, b) => a.partition - b.partition);
  }

  async offsetsAt(topic: string, timeMs: number): Promise<Map<number, Offset>> {
    const offsets = await this.admin.fetchTopicOffsetsByTimestamp(topic, timeMs);
    return new Map(offsets.map(({ partition, offset }) => [partition, toOffset(offset)]));
  }

  async committed(groupId: string, topic: string): Promise<Map<number, Offset>> {
    const commits = await this.commits(groupId, topic);
    return new Map([...commits].map(([partition, { offset }]) => [partition, offset]));
  }

  async commits(groupId: string, topic: string): Promise<Map<number, Commit>> {
    const topics = await this.admin.fetchOffsets({ groupId, topics: [topic] });
    const partitions = topics.find((entry) => entry.topic === topic)?.partitions ?? [];
    // Kafka writes "nothing committed" as -1; kafkajs has written -1 and -2 itself, for "the end" and "the beginning".
    const real = partitions.filter(({ offset }) => Number(offset) >= 0);
    return new Map(
      real.map(({ partition, offset, metadata }) => [partition, { offset: toOffset(offset), log: logNamedBy(metadata) }]),
    );
  }

  async members(groupId: string): Promise<DescribedMember[]> {
    const { groups } = await this.admin.describeGroups([groupId]);
    const members = groups.flatMap((group) => group.members);
    return members
      .map(({ memberId, clientHost, memberMetadata, memberAssignment }) => {
        const facts = parseFacts(orUndefined(() => AssignerProtocol.MemberMetadata.decode(memberMetadata))?.userData);
        const assignment = orUndefined(() => AssignerProtocol.MemberAssignment.decode(memberAssignment))?.assignment ?? {};
        return {
          name: facts?.name ?? memberId,
          host: clientHost.replace(/^\//, ''),
          ...(facts?.url !== undefined && { url: facts.url }),
          partitions: Object.entries(assignment).flatMap(([topic, partitions]) =>
            partitions.map((partition) => ({ topic, partition })),
          ),
        };
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async removeMember(groupId: string, memberId: string): Promise<void> {
    const cluster = createCluster(this.kafka);
    try {
      await cluster.connect();
      const coordinator = (await cluster.findGroupCoordinator({ groupId })) as Coordinator;
      await coordinator.leaveGroup({ groupId, memberId });
    } finally {
      await cluster.disconnect();
    }
  }

  async describeTopics(names: readonly string[]): Promise<TopicState[]> {
    // Asking for the metadata of a topic that does not exist is an error; the list tells which ones do.
    const existing = new Set(await this.admin.listTopics());
    const topics = names.filter((topic) => existing.has(topic));
    if (topics.length === 0) return [];
    const { topics: metadata } = await this.admin.fetchTopicMetadata({ topics });
    const { resources } = await this.admin.describeConfigs({
      includeSynonyms: false,
      resources: topics.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
    });
    return metadata.map(({ name, partitions }) => {
      const entries = resources.find(({ resourceName }) => resourceName === name)?.configEntries ?? [];
      return {
        topic: name,
        partitions: partitions.length,
        replication: Math.min(...partitions.map(({ replicas }) => replicas.length)),
        config: new Map(entries.map(({ configName, configValue }) => [configName, configValue])),
      };
    });
  }

  async createTopics(specs: readonly TopicSpec[]): Promise<boolean> {
    const topics = specs.map((spec): ITopicConfig => ({
      topic: spec.topic,
      numPartitions: spec.partitions,
      replicationFactor: spec.replication,
      configEntries: spec.config.map(({ name, value }) => ({ name, value })),
    }));
    return this.admin.createTopics({ topics, waitForLeaders: true, timeout: CREATION_TIMEOUT_MS });
  }

  async setTopicConfig(topic: string, entries: ReadonlyMap<string, string>): Promise<void> {
    const resource = { type: ConfigResourceTypes.TOPIC, name: topic };
    // AlterConfigs replaces all entries of a topic at once, so that the ones set by others have to be sent along.
    const { resources } = await this.admin.describeConfigs({ includeSynonyms: false, resources: [resource] });
    const own = (resources[0]?.configEntries ?? []).filter(({ configSource }) => Number(configSource) === TOPIC_CONFIG_SOURCE);
    const all = new Map([...own.map(({ configName, configValue }) => [configName, configValue] as const), ...entries]);
    const configEntries = [...all].map(([name, value]) => ({ name, value }));
    await this.admin.alterConfigs({ validateOnly: false, resources: [{ ...resource, configEntries }] });
  }
}

/** What a member of another program sends (or one that is about to be assigned: nothing) may not be decodable. */
function orUndefined<T>(decode: () => T | null): T | undefined {
  try {
    return decode() ?? undefined;
  } catch {
    return undefined;
  }
}
