import type { DescribedMember } from '#event-log';

/**
 * The partitions of an events topic that no member of the group has: nobody delivers them. While the group is being shared out anew that is so for a moment.
 *
 * @param partitionCount of the topic
 */
export function unownedPartitions(topic: string, partitionCount: number, members: readonly DescribedMember[]): number[] {
  const owned = new Set(
    members.flatMap(({ partitions }) => partitions.filter((own) => own.topic === topic).map(({ partition }) => partition)),
  );
  return Array.from({ length: partitionCount }, (_, partition) => partition).filter((partition) => !owned.has(partition));
}

/** What is to be said about them; undefined if there are none. */
export function unownedProblem(source: string, unowned: readonly number[]): string | undefined {
  if (unowned.length === 0) return undefined;
  const which = unowned.length === 1 ? `partition ${unowned[0]}` : `partitions ${unowned.join(', ')}`;
  return `nobody owns ${which} of source ${source}, so that nothing of it is delivered: start a forwarder that is configured with the source; during a rolling restart it ends by itself`;
}
