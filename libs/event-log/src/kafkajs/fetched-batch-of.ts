import { toOffset, type Offset } from '#segment';
import type { FetchedBatch } from '../read/read-connection.ts';
import type { FetchedPartition, FetchedRecord } from './hidden-cluster.ts';

/** The key of the control record that ends an aborted transaction: version 0, type 0 [Kafka implementation notes: control records]. */
const ABORT_MARKER = Buffer.alloc(4);

/**
 * Reads the answer for one partition. Pure.
 *
 * A broker sends whole record batches: the first may begin before the asked offset, and compaction leaves gaps, also at a batch's end, so that
 * the next offset follows from the end of the last batch, not from its last record.
 *
 * @param isCommitted whether it was read committed: what an aborted transaction wrote is left out then, as the live consumer leaves it out
 */
export function fetchedBatchOf(partition: FetchedPartition, asked: Offset, sentAt: number, isCommitted = false): FetchedBatch {
  const { messages, highWatermark, lastStableOffset = '-1' } = partition;
  const records = isCommitted ? withoutAborted(partition) : messages;
  return {
    records: records.filter((record) => !record.isControlRecord && Number(record.offset) >= asked),
    nextOffset: nextOffsetAfter(messages, asked),
    highWatermark: toOffset(isCommitted && Number(lastStableOffset) >= 0 ? lastStableOffset : highWatermark),
    logStartOffset: toOffset(Math.max(0, Number(partition.lastStartOffset ?? 0))),
    sentAt,
  };
}

function withoutAborted({ messages, abortedTransactions = [] }: FetchedPartition): readonly FetchedRecord[] {
  if (abortedTransactions.length === 0) return messages;
  const ahead = [...abortedTransactions].sort((a, b) => Number(a.firstOffset) - Number(b.firstOffset));
  const aborted = new Set<string>();
  return messages.filter(({ offset, key, isControlRecord, batchContext: { producerId = '', inTransaction = false } }) => {
    while (ahead[0] !== undefined && Number(offset) >= Number(ahead[0].firstOffset)) aborted.add(ahead.shift()?.producerId ?? '');
    if (!isControlRecord) return !(inTransaction && aborted.has(producerId));
    if (key !== null && ABORT_MARKER.equals(key)) aborted.delete(producerId);
    return true;
  });
}

function nextOffsetAfter(records: readonly FetchedRecord[], asked: Offset): Offset {
  const last = records.at(-1);
  if (last === undefined) return asked;
  const endOfBatch = Number(last.batchContext.firstOffset) + last.batchContext.lastOffsetDelta + 1;
  return toOffset(Math.max(endOfBatch, asked));
}
