import type { Cluster, Kafka } from 'kafkajs';
import { toOffset, type Offset } from '#segment';
import { isFinal } from '../kafka-errors.ts';
import { UnknownPartition } from '../errors.ts';
import type { FetchBounds, FetchedFrom, FetchPosition, ReadConnection } from '../read/read-connection.ts';
import { fetchedBatchOf } from './fetched-batch-of.ts';
import { createCluster, READ_UNCOMMITTED, type FetchAnswer } from './hidden-cluster.ts';

/** Reads below kafkajs's consumer, which knows groups only. */
export class KafkajsReadConnection implements ReadConnection {
  private readonly cluster: Cluster;

  constructor(kafka: Kafka) {
    this.cluster = createCluster(kafka);
  }

  async connect(): Promise<void> {
    await this.ask([], () => Promise.resolve());
  }

  async close(): Promise<void> {
    await this.cluster.disconnect();
  }

  async fetch(positions: readonly FetchPosition[], bounds: FetchBounds): Promise<FetchedFrom[]> {
    return this.ask([...new Set(positions.map(({ topic }) => topic))], async () => {
      const byBroker = groupByLeader(this.cluster, positions);
      const answers = await Promise.all([...byBroker].map(([nodeId, own]) => this.fetchFrom(nodeId, own, bounds)));
      return answers.flat();
    });
  }

  async listOffset(topic: string, partition: number, which: 'start' | 'end'): Promise<Offset> {
    return this.ask([topic], async () => {
      const question = { topic, partitions: [{ partition }], fromBeginning: which === 'start' };
      const [answer] = await this.cluster.fetchTopicsOffset([question]);
      const offset = answer?.partitions.find((entry) => entry.partition === partition)?.offset;
      if (offset === undefined) throw new UnknownPartition(topic, partition);
      return toOffset(offset);
    });
  }

  private async fetchFrom(nodeId: string, positions: readonly FetchPosition[], bounds: FetchBounds): Promise<FetchedFrom[]> {
    const broker = await this.cluster.findBroker({ nodeId });
    const sentAt = performance.now();
    const answer = (await broker.fetch({
      isolationLevel: READ_UNCOMMITTED,
      maxWaitTime: bounds.maxWaitMs,
      minBytes: 1,
      maxBytes: bounds.maxBytes * positions.length,
      topics: byTopic(positions, bounds.maxBytes),
    })) as FetchAnswer;
    return answer.responses.flatMap(({ topicName, partitions }) =>
      partitions.flatMap((fetched) => {
        const position = positions.find(({ topic, partition }) => topic === topicName && partition === fetched.partition);
        if (position === undefined) return [];
        return [{ topic: topicName, partition: fetched.partition, batch: fetchedBatchOf(fetched, position.offset, sentAt) }];
      }),
    );
  }

  private async ask<T>(topics: string[], question: () => Promise<T>): Promise<T> {
    try {
      if (!this.cluster.isConnected()) await this.cluster.connect();
      await this.cluster.addMultipleTargetTopics(topics);
      return await question();
    } catch (error) {
      // Whatever it was, what this connection knows about leaders and brokers may be why; the next question starts with fresh knowledge.
      if (!isFinal(error)) await this.refresh();
      throw error;
    }
  }

  private async refresh(): Promise<void> {
    try {
      if (!this.cluster.isConnected()) await this.cluster.connect();
      await this.cluster.refreshMetadata();
    } catch {
      // Kafka is away; the next question will say so. A clean slate lets it start from the configured brokers.
      await this.cluster.disconnect();
    }
  }
}

function groupByLeader(cluster: Cluster, positions: readonly FetchPosition[]): Map<string, FetchPosition[]> {
  const groups = new Map<string, FetchPosition[]>();
  for (const position of positions) {
    const [leader] = Object.keys(cluster.findLeaderForPartitions(position.topic, [position.partition]));
    if (leader === undefined) throw new UnknownPartition(position.topic, position.partition);
    const group = groups.get(leader);
    if (group === undefined) groups.set(leader, [position]);
    else group.push(position);
  }
  return groups;
}

function byTopic(
  positions: readonly FetchPosition[],
  maxBytes: number,
): { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[] {
  const topics = new Map<string, { partition: number; fetchOffset: string; maxBytes: number }[]>();
  for (const { topic, partition, offset } of positions) {
    const partitions = topics.get(topic) ?? [];
    partitions.push({ partition, fetchOffset: String(offset), maxBytes });
    topics.set(topic, partitions);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}
