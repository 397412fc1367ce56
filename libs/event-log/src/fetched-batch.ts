import type { KafkaMessage } from 'kafkajs';
import { toOffset, type Offset } from '#segment';
import type { FetchedPartition, FetchedRecord } from './kafkajs-cluster.ts';

/** What one fetch brought from one partition. */
export interface FetchedBatch {
  /** From the asked offset on; may be empty although `nextOffset` has moved (compacted records, control records). */
  readonly records: readonly KafkaMessage[];
  /** Where the next fetch goes on. */
  readonly nextOffset: Offset;
  /** The end of what can be read when the broker answered: with `nextOffset` at it, everything was read. */
  readonly highWatermark: Offset;
  readonly logStartOffset: Offset;
  /** `performance.now()` before the request left: what the answer says was true at this time or later. */
  readonly sentAt: number;
}

/**
 * Reads the answer for one partition. Pure.
 *
 * A broker sends whole record batches: the first may begin before the asked offset, and compaction leaves gaps, also at a batch's end, so that
 * the next offset follows from the end of the last batch, not from its last record.
 */
export function fetchedBatchOf(partition: FetchedPartition, asked: Offset, sentAt: number): FetchedBatch {
  return {
    records: partition.messages.filter((record) => !record.isControlRecord && Number(record.offset) >= asked),
    nextOffset: nextOffsetAfter(partition.messages, asked),
    highWatermark: toOffset(partition.highWatermark),
    logStartOffset: toOffset(Math.max(0, Number(partition.lastStartOffset ?? 0))),
    sentAt,
  };
}

function nextOffsetAfter(records: readonly FetchedRecord[], asked: Offset): Offset {
  const last = records.at(-1);
  if (last === undefined) return asked;
  const endOfBatch = Number(last.batchContext.firstOffset) + last.batchContext.lastOffsetDelta + 1;
  return toOffset(Math.max(endOfBatch, asked));
}

/** Whether the answer brought nothing although there is something: the next fetch would ask for the same again. */
export function isStuck(batch: FetchedBatch, asked: Offset): boolean {
  return batch.nextOffset === asked && asked < batch.highWatermark;
}
