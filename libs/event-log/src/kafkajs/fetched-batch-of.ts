import { toOffset, type Offset } from '#segment';
import type { FetchedBatch } from '../read/read-connection.ts';
import type { FetchedPartition, FetchedRecord } from './hidden-cluster.ts';

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
