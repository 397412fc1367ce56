import type { Admin, Kafka } from 'kafkajs';
import { boundsOf, committedOf, describeGroup, type DescribedMember, type PartitionBounds, type SourceTopics } from '#event-log';
import type { Offset } from '#segment';

/** What Kafka says about a source's events topic. */
export interface TopicFacts {
  readonly bounds: readonly PartitionBounds[];
  readonly committed: ReadonlyMap<number, Offset>;
}

/** What Kafka says at one moment. */
export interface ClusterFacts {
  readonly members: readonly DescribedMember[];
  /** By source. */
  readonly topics: ReadonlyMap<string, TopicFacts>;
}

/** Asks Kafka again and again through one connection, which is made anew after a failure. */
export class ClusterWatch {
  private admin: Admin | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly groupId: string,
    private readonly sources: ReadonlyMap<string, SourceTopics>,
  ) {}

  /** Rejects if Kafka does not answer. */
  async look(): Promise<ClusterFacts> {
    const admin = await this.connected();
    try {
      const [members, topics] = await Promise.all([
        describeGroup(admin, this.groupId),
        Promise.all([...this.sources].map(async ([source, { events }]) => [source, await this.factsOf(admin, events)] as const)),
      ]);
      return { members, topics: new Map(topics) };
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const { admin } = this;
    this.admin = undefined;
    await admin?.disconnect();
  }

  private async factsOf(admin: Admin, topic: string): Promise<TopicFacts> {
    const [bounds, committed] = await Promise.all([boundsOf(admin, topic), committedOf(admin, this.groupId, topic)]);
    return { bounds, committed };
  }

  private async connected(): Promise<Admin> {
    if (this.admin !== undefined) return this.admin;
    const admin = this.kafka.admin();
    await admin.connect();
    return (this.admin = admin);
  }
}
