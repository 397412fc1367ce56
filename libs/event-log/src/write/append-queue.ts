import { Fifo } from './fifo.ts';

/** What the queue needs to know of an append; the caller adds what it needs itself. */
export interface QueuedAppend {
  readonly partition: number;
  /** An upper bound of its size on the wire. */
  readonly bytes: number;
  /** When its caller has been told that it failed, on the clock of `now`. */
  readonly deadline: number;
}

/** How much goes into one produce request. */
export interface BatchLimits {
  /** Per partition. */
  readonly maxRecords: number;
  /** Per partition; an append that is larger alone must not be queued. */
  readonly maxBytes: number;
  /** Over all partitions. */
  readonly maxRequestRecords: number;
  readonly maxRequestBytes: number;
}

/**
 * The appends of one topic that wait for their request: first in, first out within each partition. Decides what goes into the next request;
 * has no clock and does no IO.
 */
export class AppendQueue<T extends QueuedAppend> {
  private readonly partitions = new Map<number, Fifo<T>>();

  /** Appends that wait. */
  get size(): number {
    let size = 0;
    for (const queue of this.partitions.values()) size += queue.size;
    return size;
  }

  push(append: T): void {
    this.queueOf(append.partition).push(append);
  }

  /** Puts back what was taken and not written, before everything of its partitions, in the order in which it was taken. */
  putBack(appends: readonly T[]): void {
    for (const [partition, own] of byPartition(appends)) this.queueOf(partition).unshiftAll(own);
  }

  /** The partitions of which appends wait. */
  get waiting(): Iterable<number> {
    return this.partitions.keys();
  }

  /** The next request: from every partition that `may` be in it as much as fits, in its order. */
  take(limits: BatchLimits, may: (partition: number) => boolean): T[] {
    const batch: T[] = [];
    let bytesLeft = limits.maxRequestBytes;
    for (const [partition, queue] of [...this.partitions]) {
      if (!may(partition)) continue;
      const bytes = takeFrom(queue, limits, bytesLeft, batch);
      // A partition for which there was no room stays where it is, and so is first in the next request; one that was served goes to the end.
      if (bytes === 0) continue;
      bytesLeft -= bytes;
      this.partitions.delete(partition);
      if (queue.size > 0) this.partitions.set(partition, queue);
    }
    return batch;
  }

  /** Removes what has reached its deadline. Deadlines are in order, since each append gets the same time. */
  takeExpired(now: number): T[] {
    const expired: T[] = [];
    for (const [partition, queue] of this.partitions) {
      for (let first = queue.peek(); first !== undefined && first.deadline <= now; first = queue.peek()) {
        expired.push(first);
        queue.shift();
      }
      if (queue.size === 0) this.partitions.delete(partition);
    }
    return expired;
  }

  private queueOf(partition: number): Fifo<T> {
    let queue = this.partitions.get(partition);
    if (queue === undefined) this.partitions.set(partition, (queue = new Fifo<T>()));
    return queue;
  }
}

/** Moves what fits from the front of one partition to the batch; returns its bytes. */
function takeFrom<T extends QueuedAppend>(queue: Fifo<T>, limits: BatchLimits, bytesLeft: number, batch: T[]): number {
  const mayTake = Math.min(limits.maxBytes, bytesLeft);
  let bytes = 0;
  const mayTakeRecords = Math.min(limits.maxRecords, limits.maxRequestRecords - batch.length);
  for (let records = 0; records < mayTakeRecords; records++) {
    const next = queue.peek();
    if (next === undefined || bytes + next.bytes > mayTake) break;
    queue.shift();
    batch.push(next);
    bytes += next.bytes;
  }
  return bytes;
}

/** The appends by partition, each in the order in which they came. */
export function byPartition<T extends QueuedAppend>(appends: readonly T[]): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const append of appends) {
    const group = groups.get(append.partition);
    if (group === undefined) groups.set(append.partition, [append]);
    else group.push(append);
  }
  return groups;
}
