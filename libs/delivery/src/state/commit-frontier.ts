import type { Offset } from '#segment';
import { OffsetBitmap } from './offset-bitmap.ts';

/**
 * The commit frontier of one partition: which offset may be committed while events finish out of order.
 *
 * Offsets are those of one partition of the events topic. Memory is one bit per offset between the frontier and the highest
 * finished one.
 */
export class CommitFrontier {
  private readonly finished: OffsetBitmap;

  constructor(private next: Offset) {
    this.finished = new OffsetBitmap(next);
  }

  /** The offset to commit: the first that is not finished. P8: nothing below it is unfinished. */
  get committable(): Offset {
    return this.next;
  }

  /** How far finished work has run ahead of the frontier, in offsets; the partition pauses at its bound (P9). */
  get lead(): number {
    return Math.max(0, this.finished.highest + 1 - this.next);
  }

  /** Marks `offset` finished. Finishing twice, or below the frontier, changes nothing (a redelivered record). */
  finish(offset: Offset): void {
    if (offset < this.next) return;
    this.finished.set(offset);
    this.advance();
  }

  /** Finishes `from` up to, not including, `to`: offsets that hold no record (control records, compaction, retention). */
  finishGap(from: Offset, to: Offset): void {
    if (from <= this.next) {
      // Nothing unfinished lies between the frontier and the gap: jump, however wide it is.
      if (to > this.next) this.next = to;
      this.finished.raiseFloor(this.next);
    } else {
      for (let offset = from; offset < to; offset = (offset + 1) as Offset) this.finished.set(offset);
    }
    this.advance();
  }

  isFinished(offset: Offset): boolean {
    return offset < this.next || this.finished.has(offset);
  }

  /** The finished offsets at or above the frontier, ascending, for a checkpoint. */
  *finishedAhead(): Generator<Offset> {
    for (let offset = this.next; offset <= this.finished.highest; offset = (offset + 1) as Offset) {
      if (this.finished.has(offset)) yield offset;
    }
  }

  private advance(): void {
    const before = this.next;
    while (this.finished.has(this.next)) this.next = (this.next + 1) as Offset;
    if (this.next !== before) this.finished.raiseFloor(this.next);
  }
}
