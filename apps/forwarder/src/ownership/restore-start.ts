import type { PartitionBounds, TopicPartition } from '#event-log';
import type { Offset } from '#segment';

/** The events topic no longer holds what the group has not finished: going on in silence would lose it (P1). */
export class LogGapError extends Error {
  override readonly name = 'LogGapError';
  readonly code = 'log_gap';

  constructor({ topic, partition }: TopicPartition, committed: Offset, { start, end }: Pick<PartitionBounds, 'start' | 'end'>) {
    super(
      `${topic} partition ${partition}: the group stands at offset ${committed}, but the log holds ${start} to ${end}. ` +
        (committed < start
          ? `The ${start - committed} records in between are gone (retention, or somebody deleted records). `
          : 'The topic was probably recreated. ') +
        `To accept that and go on, stop the forwarders and set the group's offset with Kafka's own kafka-consumer-groups --reset-offsets.`,
    );
  }
}

/**
 * Where an owner begins in its events partition, by where the group stands and what the log holds: this alone decides whether a
 * partition is refused.
 *
 * @param committed the group's committed offset; undefined if it has none
 * @throws LogGapError if the log does not hold the committed offset: the partition is to be refused.
 */
export function restoreStart(
  place: TopicPartition,
  committed: Offset | undefined,
  bounds: Pick<PartitionBounds, 'start' | 'end'>,
): Offset {
  if (committed === undefined) return bounds.start;
  if (committed < bounds.start || committed > bounds.end) throw new LogGapError(place, committed, bounds);
  return committed;
}
