import type { Broker, Kafka } from 'kafkajs';
import { createCluster } from '../kafkajs-cluster.ts';

/** What kafkajs's types leave out. */
type Coordinator = Broker & { leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown> };

/**
 * Takes a member out of its group on its behalf: one that was killed and can't leave any more. The coordinator would wait for its
 * session timeout before giving its partitions to anybody, ourselves after a restart included.
 *
 * Only for a member that is known to be dead: a living one would lose its partitions, and join again.
 */
export async function leaveGroup(kafka: Kafka, groupId: string, memberId: string): Promise<void> {
  const cluster = createCluster(kafka);
  try {
    await cluster.connect();
    const coordinator = (await cluster.findGroupCoordinator({ groupId })) as Coordinator;
    await coordinator.leaveGroup({ groupId, memberId });
  } finally {
    await cluster.disconnect();
  }
}
