import type { Offset } from '#segment';
import type { Commit } from '../group/commit.ts';
import type { LogClient } from '../log-client.ts';
import { RightMissingError } from '../errors.ts';
import type { ClusterAdmin, PartitionBounds } from './cluster-admin.ts';
import type { Right } from './rights.ts';

/** Does `work` with a connection of its own, which is closed also when it fails. */
export async function withAdmin<T>(kafka: LogClient, work: (admin: ClusterAdmin) => Promise<T>): Promise<T> {
  const admin = await kafka.admin();
  try {
    return await work(admin);
  } finally {
    await admin.close();
  }
}

/** @throws RightMissingError that names each of `rights` that the cluster does not grant us */
export async function requireRights(kafka: LogClient, rights: readonly Right[]): Promise<void> {
  const missing = await withAdmin(kafka, (admin) => admin.missingAmong(rights));
  if (missing.length > 0) throw new RightMissingError(missing);
}

/** The bounds of every partition of a topic, by partition. */
export async function topicBounds(kafka: LogClient, topic: string): Promise<PartitionBounds[]> {
  return withAdmin(kafka, (admin) => admin.bounds(topic));
}

/** The committed offset of each partition that has one: the first offset that the group is not done with. */
export async function committedOffsets(kafka: LogClient, groupId: string, topic: string): Promise<Map<number, Offset>> {
  return withAdmin(kafka, (admin) => admin.committed(groupId, topic));
}

/** The same, and in which log each is. */
export async function groupCommits(kafka: LogClient, groupId: string, topic: string): Promise<Map<number, Commit>> {
  return withAdmin(kafka, (admin) => admin.commits(groupId, topic));
}

/** Kafka's id of the cluster: offsets of another cluster mean nothing here. */
export async function clusterId(kafka: LogClient): Promise<string> {
  return withAdmin(kafka, (admin) => admin.clusterId());
}
