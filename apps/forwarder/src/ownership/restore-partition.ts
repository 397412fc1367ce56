import type { KafkaMessage } from 'kafkajs';
import { PartitionState, readCheckpoint, type CheckpointIdentity, type StateWindows } from '#delivery';
import { decodeDeletionNotice, decodeOutcome, type PartitionBounds, type PartitionReader, type SourceTopics } from '#event-log';
import type { Logger } from '#observability';
import { toOffset, type Offset } from '#segment';

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
  readonly wallMs: number;
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/**
 * The state of a partition that this process has just been given: the checkpoint if there is a usable one, and then the outcomes and
 * the deletions up to ends that are taken now, after the assignment, so that all that a former owner had acknowledged is in it.
 *
 * @throws LogGapError if the log does not reach back to the committed offset.
 */
export async function restorePartition(options: RestoreOptions): Promise<PartitionState> {
  const { topics, partition, eventsBounds, committed, log } = options;
  if (committed !== undefined && (committed < eventsBounds.start || committed > eventsBounds.end)) {
    throw new LogGapError(topics.events, partition, committed, eventsBounds);
  }
  const state = startingState(options, committed ?? eventsBounds.start);
  const outcomes = await readToEnd(options, topics.outcomes, state.outcomesNext, (message) => {
    const outcome = decodeOutcome(message);
    if ('outcome' in outcome) state.applyOutcome(outcome);
    else log.warn('outcome_undecodable', { topic: topics.outcomes, partition, reason: outcome.reason });
  });
  state.outcomesNext = outcomes.next;
  const deletions = await readToEnd(options, topics.deletions, state.deletionsNext, (message) => {
    const notice = decodeDeletionNotice(message);
    if ('subject' in notice) state.applyDeletion(notice);
    else log.warn('deletion_undecodable', { topic: topics.deletions, partition, reason: notice.reason });
  });
  state.deletionsNext = deletions.next;
  state.expire(options.wallMs);
  log.info('partition_restored', {
    topic: topics.events,
    partition,
    offset: state.frontier.committable,
    count: outcomes.count + deletions.count,
  });
  return state;
}

function startingState({ checkpoint, identity, windows, topics, partition, log }: RestoreOptions, start: Offset): PartitionState {
  if (checkpoint === undefined) return new PartitionState(start, windows);
  const read = readCheckpoint(checkpoint, identity, windows, start);
  if (read.kind === 'state') return read.state;
  log.warn('checkpoint_unusable', { topic: topics.events, partition, reason: read.fault });
  return new PartitionState(start, windows);
}

async function readToEnd(
  { reader, partition, signal }: RestoreOptions,
  topic: string,
  from: Offset,
  take: (message: KafkaMessage) => void,
): Promise<{ next: Offset; count: number }> {
  // The end is taken now, after the assignment: all that a former owner had acknowledged lies below it.
  const end = await reader.endOffset(topic, partition);
  let next = toOffset(Math.max(from, await reader.startOffset(topic, partition)));
  let count = 0;
  while (next < end) {
    signal.throwIfAborted();
    const batch = await reader.fetch(topic, partition, next, signal);
    for (const message of batch.records) take(message);
    count += batch.records.length;
    next = batch.nextOffset;
  }
  return { next, count };
}
