import {
  MAX_LEAD,
  placeOfState,
  type DeletionNotice,
  type LogBounds,
  type Logged,
  type PartitionState,
  type Witness,
} from '#delivery';
import {
  readDeletions,
  readOutcomes,
  recordAt,
  type Commit,
  type FactReader,
  type PartitionReader,
  type TopicPartition,
  type UndecodableRecords,
} from '#event-log';
import type { Logger } from '#observability';
import { toOffset, type Offset } from '#segment';
import type { SourceRuntime } from '../delivery/source-runtime.ts';
import type { Checkpoints } from './checkpoints.ts';
import { LogPlaceError, type BrokenPlace } from './log-place-error.ts';
import type { OwnedPartition } from './owned-partition.ts';

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
  /** What is gone for good, as an operator has accepted. */
  readonly lost?: Extract<BrokenPlace, { kind: 'hole' }>;
}

/**
 * The state of a partition that this process has just been given: the checkpoint if there is a usable one, and then the outcomes and
 * the deletions up to ends that are taken now, after the assignment, so that all that a former owner had acknowledged is in it.
 *
 * @param commit how far the group is; undefined if it has committed nothing
 * @throws LogPlaceError if the log is not the one that all that is about, or lacks what is not done, and nobody has accepted that.
 */
export async function restorePartition(
  { reader, checkpoints, undecodable, log }: RestoreOptions,
  owned: OwnedPartition,
  commit: Commit | undefined,
): Promise<RestoredPartition> {
  const { place, runtime, givenUp: signal } = owned;
  const { topic, partition } = place;
  const { topics } = runtime;
  const by: FactReader = { reader, undecodable, signal };
  const breaks = runtime.logs.breaksOf(partition);
  const bounds = await reader.bounds(topic, partition);
  const committed = breaks.committedHere(commit);
  const state = await checkpoints.stateBefore(owned, committed, bounds.start, breaks);

  // A group without offsets and without a checkpoint has begun nowhere, unless outcomes say how far it was.
  const hasBegun = commit !== undefined || state.outcomesNext > 0;

  // Beyond the end, too: that is how a log is known that has become shorter.
  const outcomesPlace = { topics, partition, beyondEnd: MAX_LEAD };
  const deletionsPlace = { topic: topics.deletions, partition };
  // A checkpoint costs time only: where its topics have lost what it has read of them, all that they have is read on top of it.
  const within = async (facts: TopicPartition, next: Offset): Promise<Offset> => {
    if (next === 0 || next <= (await reader.endOffset(facts.topic, facts.partition))) return next;
    log.warn('checkpoint_ahead', { ...facts, offset: next });
    return toOffset(0);
  };
  state.outcomesNext = await within({ topic: topics.outcomes, partition }, state.outcomesNext);
  state.deletionsNext = await within(deletionsPlace, state.deletionsNext);
  // A checkpoint of an earlier release does not say by what its log is known.
  const from = state.witness === undefined ? toOffset(0) : state.outcomesNext;
  const outcomes = await readOutcomes(by, outcomesPlace, from, (outcome, appendedAt) => state.applyOutcome(outcome, appendedAt));
  state.outcomesNext = outcomes.next;
  const lost = await judge(by, owned, bounds, state, hasBegun);

  const swapped: Logged<DeletionNotice>[] = [];
  const deletions = await readDeletions(by, deletionsPlace, state.deletionsNext, (read, appendedAt, at) => {
    const notice = breaks.noticeHere(read, at);
    if (notice.offset < (state.latestDeletion(notice.subject) ?? -1)) swapped.push({ fact: notice, appendedAt });
    state.applyDeletion(notice, appendedAt);
  });
  state.deletionsNext = deletions.next;
  state.expire();
  const records = outcomes.count + deletions.count;
  log.info('partition_restored', { topic, partition, offset: state.frontier.committable, count: records });
  return { state, swapped, records, ...(lost !== undefined && { lost }) };
}

/** Whether this is the log that the state speaks of. Where an operator has accepted that records of it are gone, the state goes on behind them. */
async function judge(
  { reader, signal }: FactReader,
  { runtime, place }: OwnedPartition,
  bounds: LogBounds,
  state: PartitionState,
  hasBegun: boolean,
): Promise<Extract<BrokenPlace, { kind: 'hole' }> | undefined> {
  const { frontier } = state;
  const standing = await standingAt(reader, runtime, place, bounds, state.witness, signal);
  const found = placeOfState(state, bounds, standing, hasBegun);
  const { lost } = runtime.logs.of(place.partition) ?? {};
  const isAccepted = found.kind === 'hole' && lost !== undefined && found.from < lost.to;
  if (found.kind !== 'contiguous' && !isAccepted) throw new LogPlaceError(runtime.id, place, found);
  frontier.finishGap(frontier.committable, bounds.start);
  return isAccepted ? found : undefined;
}

/** What stands where the witness was read, if the log has that offset; hashed if the witness is. */
export async function standingAt(
  reader: PartitionReader,
  { hasher }: Pick<SourceRuntime, 'hasher'>,
  place: OwnedPartition['place'],
  { start, end }: LogBounds,
  witness: Witness | undefined,
  signal?: AbortSignal,
): Promise<Witness | undefined> {
  if (witness === undefined || witness.offset < start || witness.offset >= end) return undefined;
  const standing = await recordAt(reader, place, witness.offset, signal);
  if (standing === undefined || witness.isHashed !== true || standing.messageId === '') return standing;
  return { ...standing, messageId: hasher.messageId(standing.messageId) };
}
