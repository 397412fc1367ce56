import type { Admin, Kafka } from 'kafkajs';
import { toOffset, type Offset } from '#segment';

/** Does `work` with an admin client that is connected before and disconnected after it, also when it fails. */
export async function withAdmin<T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Where a partition's log begins and ends. */
export interface PartitionBounds {
  readonly partition: number;
  /** The first offset that is still there. */
  readonly start: Offset;
  /** The offset that the next record will get. */
  readonly end: Offset;
}

/** The bounds of every partition of a topic, by partition. */
export async function topicBounds(kafka: Kafka, topic: string): Promise<PartitionBounds[]> {
  return withAdmin(kafka, (admin) => boundsOf(admin, topic));
}

/** The same through an admin client that is connected already. */
export async function boundsOf(admin: Admin, topic: string): Promise<PartitionBounds[]> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets
    .map(({ partition, low, high }) => ({ partition, start: toOffset(low), end: toOffset(high) }))
    .sort((a, b) => a.partition - b.partition);
}

/** The committed offset of each partition that has one: the first offset that the group is not done with. */
export async function committedOffsets(kafka: Kafka, groupId: string, topic: string): Promise<Map<number, Offset>> {
  return withAdmin(kafka, (admin) => committedOf(admin, groupId, topic));
}

/** The same through an admin client that is connected already. */
export async function committedOf(admin: Admin, groupId: string, topic: string): Promise<Map<number, Offset>> {
  const topics = await admin.fetchOffsets({ groupId, topics: [topic] });
  const partitions = topics.find((entry) => entry.topic === topic)?.partitions ?? [];
  // Kafka writes "nothing committed" as -1.
  return new Map(
    partitions.filter(({ offset }) => offset !== '-1').map(({ partition, offset }) => [partition, toOffset(offset)]),
  );
}

/** Kafka's id of the cluster: offsets of another cluster mean nothing here. */
export async function clusterId(kafka: Kafka): Promise<string> {
  const cluster = await withAdmin(kafka, (admin) => admin.describeCluster());
  return cluster.clusterId;
}
