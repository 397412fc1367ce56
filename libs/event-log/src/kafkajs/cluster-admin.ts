import kafkajs, { AssignerProtocol, type Admin, type Broker, type Cluster, type Kafka } from 'kafkajs';
import { toOffset, type Offset } from '#segment';
import { logNamedBy, type Commit } from '../group/commit.ts';
import { parseFacts, type DescribedMember } from '../group/member-facts.ts';
import type { ClusterAdmin, PartitionBounds } from '../topics/cluster-admin.ts';
import type { Right } from '../topics/rights.ts';
import type { TopicState } from '../topics/topic-mismatch.ts';
import type { TopicSpec } from '../topics/topic-specs.ts';
import { RightMissingError, UnknownTopic } from '../errors.ts';
import { isHidden } from './errors-of-kafka.ts';
import { missingAmong } from './granted-operations.ts';
import { createCluster } from './hidden-cluster.ts';
import { needing, onGroup, onTopic } from './missing-right.ts';
import { createTopic, replaceSettings } from './topic-requests.ts';

const { ConfigResourceTypes } = kafkajs;
const TOPIC_CONFIG_SOURCE = 1;

/** What kafkajs's types leave out. */
type Coordinator = Broker & { leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown> };
interface TopicMetadata {
  readonly topic: string;
  readonly topicErrorCode: number;
  readonly partitionMetadata: readonly { readonly replicas: readonly number[] }[];
}

/** kafkajs's admin client, and what it has no way for. */
export class KafkajsAdmin implements ClusterAdmin {
  /** For what kafkajs's has no way for; connects when first needed. */
  private readonly cluster: Cluster;

  private constructor(
    kafka: Kafka,
    private readonly admin: Admin,
  ) {
    this.cluster = createCluster(kafka);
  }

  static async connect(kafka: Kafka): Promise<KafkajsAdmin> {
    const admin = kafka.admin();
    await admin.connect();
    return new KafkajsAdmin(kafka, admin);
  }

  async close(): Promise<void> {
    await Promise.all([this.admin.disconnect(), this.cluster.disconnect()]);
  }

  async clusterId(): Promise<string> {
    const cluster = await this.admin.describeCluster();
    return cluster.clusterId;
  }

  async bounds(topic: string): Promise<PartitionBounds[]> {
    const offsets = await this.offsetsOf(topic, () => this.admin.fetchTopicOffsets(topic));
    return offsets
      .map(({ partition, low, high }) => ({ partition, start: toOffset(low), end: toOffset(high) }))
      .sort((a, b) => a.partition - b.partition);
  }

  async offsetsAt(topic: string, timeMs: number): Promise<Map<number, Offset>> {
    const offsets = await this.offsetsOf(topic, () => this.admin.fetchTopicOffsetsByTimestamp(topic, timeMs));
    return new Map(offsets.map(({ partition, offset }) => [partition, toOffset(offset)]));
  }

  async committed(groupId: string, topic: string): Promise<Map<number, Offset>> {
    const commits = await this.commits(groupId, topic);
    return new Map([...commits].map(([partition, { offset }]) => [partition, offset]));
  }

  async commits(groupId: string, topic: string): Promise<Map<number, Commit>> {
    const needed = [onGroup('DESCRIBE', groupId), onTopic('DESCRIBE', topic)];
    const topics = await needing(needed, () => this.admin.fetchOffsets({ groupId, topics: [topic] }));
    const partitions = topics.find((entry) => entry.topic === topic)?.partitions ?? [];
    // Kafka writes "nothing committed" as -1; kafkajs has written -1 and -2 itself, for "the end" and "the beginning".
    const real = partitions.filter(({ offset }) => Number(offset) >= 0);
    return new Map(
      real.map(({ partition, offset, metadata }) => [partition, { offset: toOffset(offset), log: logNamedBy(metadata) }]),
    );
  }

  async members(groupId: string): Promise<DescribedMember[]> {
    const { groups } = await needing([onGroup('DESCRIBE', groupId)], () => this.admin.describeGroups([groupId]));
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
    const cluster = await this.connected();
    const coordinator = (await cluster.findGroupCoordinator({ groupId })) as Coordinator;
    await coordinator.leaveGroup({ groupId, memberId });
  }

  async missingAmong(rights: readonly Right[]): Promise<Right[]> {
    return missingAmong(await this.connected(), rights);
  }

  async describeTopics(names: readonly string[]): Promise<TopicState[]> {
    const metadata = (await this.metadataOf(names)).filter(({ partitionMetadata }) => partitionMetadata.length > 0);
    if (metadata.length === 0) return [];
    const topics = metadata.map(({ topic }) => topic);
    const { resources } = await needing(
      topics.map((topic) => onTopic('DESCRIBE_CONFIGS', topic)),
      () =>
        this.admin.describeConfigs({
          includeSynonyms: false,
          resources: topics.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
        }),
    );
    return metadata.map(({ topic, partitionMetadata }) => {
      const entries = resources.find(({ resourceName }) => resourceName === topic)?.configEntries ?? [];
      return {
        topic,
        partitions: partitionMetadata.length,
        replication: Math.min(...partitionMetadata.map(({ replicas }) => replicas.length)),
        config: new Map(entries.map(({ configName, configValue }) => [configName, configValue])),
      };
    });
  }

  async createTopic(spec: TopicSpec): Promise<boolean> {
    return createTopic(await this.connected(), spec, false);
  }

  async validateTopic(spec: TopicSpec): Promise<void> {
    await createTopic(await this.connected(), spec, true);
  }

  async setTopicConfig(topic: string, entries: ReadonlyMap<string, string>): Promise<void> {
    const resource = { type: ConfigResourceTypes.TOPIC, name: topic };
    // AlterConfigs replaces all entries of a topic at once, so that the ones set by others have to be sent along.
    const ask = () => this.admin.describeConfigs({ includeSynonyms: false, resources: [resource] });
    const { resources } = await needing([onTopic('DESCRIBE_CONFIGS', topic)], ask);
    const own = (resources[0]?.configEntries ?? []).filter(({ configSource }) => Number(configSource) === TOPIC_CONFIG_SOURCE);
    const all = new Map([...own.map(({ configName, configValue }) => [configName, configValue] as const), ...entries]);
    await replaceSettings(
      await this.connected(),
      topic,
      [...all].map(([name, value]) => ({ name, value })),
    );
  }

  /** kafkajs stumbles over a topic that is not there, or is hidden from us. */
  private async offsetsOf<T>(topic: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      const [metadata] = await this.metadataOf([topic]);
      throw metadata?.partitionMetadata.length === 0 ? new UnknownTopic(topic) : error;
    }
  }

  /** What is known of these topics; those that are not there have no partitions. @throws RightMissingError if we may not know */
  private async metadataOf(names: readonly string[]): Promise<readonly TopicMetadata[]> {
    const cluster = await this.connected();
    const { topicMetadata } = await (
      cluster as unknown as { metadata(question: object): Promise<{ readonly topicMetadata: readonly TopicMetadata[] }> }
    ).metadata({ topics: names });
    const hidden = topicMetadata.filter(({ topicErrorCode }) => isHidden(topicErrorCode));
    if (hidden.length > 0) throw new RightMissingError(hidden.map(({ topic }) => onTopic('DESCRIBE', topic)));
    return topicMetadata;
  }

  private async connected(): Promise<Cluster> {
    if (!this.cluster.isConnected()) await this.cluster.connect();
    return this.cluster;
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
