import type { HashedSubject, SubjectKey } from '#segment';
import { Fifo } from './fifo.ts';
import type { HeldRecord } from './held-record.ts';

/**
 * - `queued`: its head may be dispatched; the lane stands in a ready queue.
 * - `in-flight`: its head is being called (P3: never a second one).
 * - `waiting`: its head waits for its next attempt, or for its deletion's notice.
 */
export type LaneState = 'queued' | 'in-flight' | 'waiting';

/** The records of one subject, in log order. Exists only while it holds any. */
export class Lane {
  private readonly queue = new Fifo<HeldRecord>();
  private lastLive: HeldRecord | undefined;
  state: LaneState = 'queued';
  /** Counts the waits, so that a timer of an earlier one is known to be stale. */
  wait = 0;

  constructor(
    readonly subject: SubjectKey,
    readonly hash: HashedSubject,
  ) {}

  get head(): HeldRecord | undefined {
    return this.queue.peek();
  }

  /** Whether a record of the live log is in it, be it behind replayed ones. */
  get holdsLive(): boolean {
    return this.lastLive !== undefined;
  }

  push(held: HeldRecord): void {
    this.queue.push(held);
    if (held.replay === undefined) this.lastLive = held;
  }

  /** Drops the head. */
  shift(): void {
    if (this.queue.shift() === this.lastLive) this.lastLive = undefined;
  }

  /** Removes the records for which `drop` holds, and returns them. */
  removeWhere(drop: (held: HeldRecord) => boolean): HeldRecord[] {
    let lastLive: HeldRecord | undefined;
    const removed = this.queue.removeWhere((held) => {
      if (drop(held)) return true;
      if (held.replay === undefined) lastLive = held;
      return false;
    });
    this.lastLive = lastLive;
    return removed;
  }
}
