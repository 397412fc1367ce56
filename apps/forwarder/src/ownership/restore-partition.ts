import type { DeletionNotice, Logged, PartitionState } from '#delivery';
import { readDeletions, readOutcomes, type PartitionReader, type UndecodableRecords } from '#event-log';
import type { Logger } from '#observability';
import type { Offset } from '#segment';
import type { Checkpoints } from './checkpoints.ts';
import type { OwnedPartition } from './owned-partition.ts';
import { restoreStart } from './restore-start.ts';

export interface RestoreOptions {
  readonly reader: PartitionReader;
  readonly checkpoints: Checkpoints;
  readonly undecodable: UndecodableRecords;
  readonly log: Logger;
}

/** What a restore gives. */
export interface RestoredPartition {
  readonly state: PartitionState;
  /** Notices that stand behind the one of a later deletion of the same user: the driver announces the later one again. */
  readonly swapped: readonly Logged<DeletionNotice>[];
  /** Outcomes and notices that were read back. */
  readonly records: number;
}

/**
 * The state of a partition that this process has just been given: the checkpoint if there is a usable one, and then the outcomes and
 * the deletions up to ends that are taken now, after the assignment, so that all that a former owner had acknowledged is in it.
 *
 * @param committed the group's committed offset; undefined if it has none
 * @throws LogGapError if the log does not hold the committed offset.
 */
export async function restorePartition(
  { reader, checkpoints, undecodable, log }: RestoreOptions,
  owned: OwnedPartition,
  committed: Offset | undefined,
): Promise<RestoredPartition> {
  const { place, runtime, givenUp: signal } = owned;
  const { topic, partition } = place;
  const start = restoreStart(place, committed, {
    start: await reader.startOffset(topic, partition),
    end: await reader.endOffset(topic, partition),
  });
  const state = await checkpoints.stateBefore(owned, start);
  const by = { reader, undecodable, signal };
  const outcomes = await readOutcomes(by, { topics: runtime.topics, partition }, state.outcomesNext, (outcome, appendedAt) =>
    state.applyOutcome(outcome, appendedAt),
  );
  state.outcomesNext = outcomes.next;
  const swapped: Logged<DeletionNotice>[] = [];
  const deletions = await readDeletions(
    by,
    { topic: runtime.topics.deletions, partition },
    state.deletionsNext,
    (notice, appendedAt) => {
      if (notice.offset < (state.latestDeletion(notice.subject) ?? -1)) swapped.push({ fact: notice, appendedAt });
      state.applyDeletion(notice, appendedAt);
    },
  );
  state.deletionsNext = deletions.next;
  state.expire();
  const records = outcomes.count + deletions.count;
  log.info('partition_restored', { topic, partition, offset: state.frontier.committable, count: records });
  return { state, swapped, records };
}
