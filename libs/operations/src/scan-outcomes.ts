import type { Outcome } from '#delivery';
import { readOutcomes, topicBounds } from '#event-log';
import { toOffset } from '#segment';
import type { LogAccess } from './log-access.ts';

/** Reads the outcomes of a source up to the end of now, partition after partition: all of them, or those named. */
export async function scanOutcomes(
  { kafka, topics, by }: LogAccess,
  take: (outcome: Outcome) => void,
  partitions?: readonly number[],
): Promise<void> {
  for (const { partition } of await topicBounds(kafka, topics.outcomes)) {
    if (partitions !== undefined && !partitions.includes(partition)) continue;
    await readOutcomes(by, { topics, partition }, toOffset(0), take);
  }
}
