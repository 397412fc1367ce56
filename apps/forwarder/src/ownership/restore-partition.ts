import {
  PartitionState,
  readCheckpoint,
  type CheckpointIdentity,
  type DeletionNotice,
  type Logged,
  type StateWindows,
} from '#delivery';
import { readDeletions, readOutcomes, type PartitionBounds, type PartitionReader, type SourceTopics } from '#event-log';
import type { Logger } from '#observability';
import type { Offset } from '#segment';

/** The events topic no longer holds what the group has not finished: going on in silence would lose it (P1). */
export class LogGapError extends Error {
  override readonly name = 'LogGapError';
  readonly code = 'log_gap';

  constructor(topic: string, partition: number, committed: Offset, bounds: PartitionBounds) {
    super(
      `${topic} partition ${partition}: the group stands at offset ${committed}, but the log holds ${bounds.start} to ${bounds.end}. ` +
        (committed < bounds.start
          ? `The ${bounds.start - committed} records in between are gone (retention, or somebody deleted records). `
          : 'The topic was probably recreated. ') +
        `To accept that and go on, stop the forwarders and set the group's offset with Kafka's own kafka-consumer-groups --reset-offsets.`,
    );
  }
}

export interface RestoreOptions {
  readonly reader: PartitionReader;
  readonly topics: SourceTopics;
  readonly partition: number;
  /** The group's committed offset; undefined if it has none. */
  readonly committed: Offset | undefined;
  readonly eventsBounds: PartitionBounds;
  readonly identity: CheckpointIdentity;
  readonly windows: StateWindows;
  readonly checkpoint: Buffer | undefined;
  readonly signal: AbortSignal;
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
 * @throws LogGapError if the log does not reach back to the committed offset.
 */
export async function restorePartition(options: RestoreOptions): Promise<RestoredPartition> {
  const { topics, partition, eventsBounds, committed, log } = options;
  if (committed !== undefined && (committed < eventsBounds.start || committed > eventsBounds.end)) {
    throw new LogGapError(topics.events, partition, committed, eventsBounds);
  }
  const state = startingState(options, committed ?? eventsBounds.start);
  const outcomes = await readOutcomes(options, { topic: topics.outcomes, partition }, state.outcomesNext, (outcome, appendedAt) =>
    state.applyOutcome(outcome, appendedAt),
  );
  state.outcomesNext = outcomes.next;
  const swapped: Logged<DeletionNotice>[] = [];
  const deletions = await readDeletions(
    options,
    { topic: topics.deletions, partition },
    state.deletionsNext,
    (notice, appendedAt) => {
      if (notice.offset < (state.latestDeletion(notice.subject) ?? -1)) swapped.push({ fact: notice, appendedAt });
      state.applyDeletion(notice, appendedAt);
    },
  );
  state.deletionsNext = deletions.next;
  state.expire();
  const records = outcomes.count + deletions.count;
  log.info('partition_restored', {
    topic: topics.events,
    partition,
    offset: state.frontier.committable,
    count: records,
  });
  return { state, swapped, records };
}

function startingState({ checkpoint, identity, windows, topics, partition, log }: RestoreOptions, start: Offset): PartitionState {
  if (checkpoint === undefined) return new PartitionState(start, windows);
  const read = readCheckpoint(checkpoint, identity, windows, start);
  if (read.kind === 'state') return read.state;
  log.warn('checkpoint_unusable', { topic: topics.events, partition, reason: read.fault });
  return new PartitionState(start, windows);
}
