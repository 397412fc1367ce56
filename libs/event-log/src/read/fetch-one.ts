import type { FetchBounds, FetchedBatch, FetchPosition, ReadConnection } from './read-connection.ts';

/** What one fetch of a single partition brings. Rejects where it brings none, for whatever reason. */
export async function fetchOne(connection: ReadConnection, position: FetchPosition, bounds: FetchBounds): Promise<FetchedBatch> {
  const { topic, partition } = position;
  await connection.know([topic]);
  const leader = connection.leaderOf(topic, partition);
  if (leader === undefined) throw connection.withoutLeader(topic, partition);
  const [answer] = await connection.fetch(leader, [position], bounds);
  // So a broker answers that holds back a client which reads more than its quota.
  if (answer === undefined) throw new Error(`Kafka left ${topic} partition ${partition} unanswered`);
  if ('failure' in answer) throw answer.failure;
  return answer.batch;
}
