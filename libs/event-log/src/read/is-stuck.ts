import type { Offset } from '#segment';
import type { FetchedBatch } from './read-connection.ts';

/** Whether the answer brought nothing although there is something: the next fetch would ask for the same again. */
export function isStuck(batch: FetchedBatch, asked: Offset): boolean {
  return batch.nextOffset === asked && asked < batch.highWatermark;
}
