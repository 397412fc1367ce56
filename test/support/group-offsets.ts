import { withAdmin } from './test-kafka.ts';
import type { TestStack } from './test-stack.ts';

type Placed = Pick<TestStack, 'topics' | 'env'>;

/** The end of each partition of the events topic: what an operator notes down as `partition:offset`. */
export async function eventEnds({ topics, env }: Placed): Promise<{ partition: number; offset: string }[]> {
  const offsets = await withAdmin((admin) => admin.fetchTopicOffsets(topics.events), env['KAFKA_BROKERS']);
  return offsets.map(({ partition, high }) => ({ partition, offset: high }));
}

/** Moves the offsets of the forwarders' group, as Kafka's own tools do: possible only while no forwarder runs. */
export async function moveGroup(
  { topics, env }: Placed,
  partitions: readonly { partition: number; offset: string }[],
): Promise<void> {
  const groupId = env['FORWARDER_GROUP_ID'] ?? '';
  await withAdmin(
    (admin) => admin.setOffsets({ groupId, topic: topics.events, partitions: [...partitions] }),
    env['KAFKA_BROKERS'],
  );
}
