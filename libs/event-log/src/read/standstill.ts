import { nextOffset, type Offset } from '#segment';
import type { LogSink } from '../log-sink.ts';
import type { FetchedBatch, FetchedFrom, FetchPosition } from './read-connection.ts';

/** Whether the answer brought nothing although there is something: the next fetch would ask for the same again. */
export function isStuck(batch: FetchedBatch, asked: Offset): boolean {
  return batch.nextOffset === asked && asked < batch.highWatermark;
}

/**
 * Gets past an answer that is empty although the partition goes on. Among many partitions that means that there was no room for its next
 * batch, which a fetch of it alone always gets. Alone it means a batch of which compaction has left the header only, which is dropped
 * without a trace: writers without idempotence, as ours, leave none, but other tools may. Asked again to be sure, since a step too far
 * would lose a record; then one step at a time leads past it.
 *
 * @param again fetches the partition alone
 */
export async function withoutStandstill(
  from: FetchedFrom,
  position: FetchPosition,
  again: () => Promise<FetchedBatch>,
  log: LogSink,
): Promise<FetchedFrom> {
  if (!isStuck(from.batch, position.offset)) return from;
  for (let confirmations = 0; confirmations < 2; confirmations++) {
    const batch = await again();
    if (!isStuck(batch, position.offset)) return { ...from, batch };
  }
  log.warn('log_empty_batch_skipped', { topic: from.topic, partition: from.partition, offset: position.offset });
  return { ...from, batch: { ...from.batch, nextOffset: nextOffset(position.offset) } };
}
