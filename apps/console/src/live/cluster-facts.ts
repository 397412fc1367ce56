import type { ClusterAdmin, DescribedMember, LogClient, PartitionBounds, SourceTopics } from '#event-log';
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
  private admin: ClusterAdmin | undefined;

  constructor(
    private readonly kafka: LogClient,
    private readonly groupId: string,
    private readonly sources: ReadonlyMap<string, SourceTopics>,
  ) {}

  /** Rejects if Kafka does not answer. */
  async look(): Promise<ClusterFacts> {
    const admin = await this.connected();
    try {
      const [members, topics] = await Promise.all([
        admin.members(this.groupId),
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
    await admin?.close();
  }

  private async factsOf(admin: ClusterAdmin, topic: string): Promise<TopicFacts> {
    const [bounds, committed] = await Promise.all([admin.bounds(topic), admin.committed(this.groupId, topic)]);
    return { bounds, committed };
  }

  private async connected(): Promise<ClusterAdmin> {
    return (this.admin ??= await this.kafka.admin());
  }
}
