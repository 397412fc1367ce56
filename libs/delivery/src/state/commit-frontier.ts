import type { Offset } from '#segment';
import { OffsetBitmap } from './offset-bitmap.ts';

/**
 * The commit frontier of one partition: which offset may be committed while events finish out of order.
 *
 * Offsets are those of one partition of the events topic. Memory is one bit per offset around those that are finished ahead of the frontier.
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
      this.finished.setRange(from, to);
    }
    this.advance();
  }

  isFinished(offset: Offset): boolean {
    return offset < this.next || this.finished.has(offset);
  }

  /** How many offsets from the frontier up to, not including, `to` are not finished. */
  unfinishedBelow(to: Offset): number {
    let unfinished = Math.max(0, to - this.next);
    for (const offset of this.finishedAhead()) {
      if (offset >= to) break;
      unfinished--;
    }
    return unfinished;
  }

  /** The finished offsets at or above the frontier, ascending, for a checkpoint. */
  *finishedAhead(): Generator<Offset> {
    for (const [from, to] of this.finished.runs(this.next)) for (let offset = from; offset < to; offset++) yield offset as Offset;
  }

  private advance(): void {
    const next = this.finished.firstMissing(this.next);
    if (next === this.next) return;
    this.next = next as Offset;
    this.finished.raiseFloor(next);
  }
}
