import type { Offset } from '#segment';
import type { ReplayResult } from '../decision.ts';

/** Follows the records that one partition of a replay has handed over, so that its progress never passes one that is not done. */
export class ReplayTracker {
  private readonly outstanding = new Set<Offset>();
  private readonly counts: Partial<Record<ReplayResult, number>>;
  private scannedTo: Offset;
  private records: number;

  constructor(start: {
    readonly next: Offset;
    readonly scanned: number;
    readonly results: Readonly<Partial<Record<ReplayResult, number>>>;
  }) {
    this.scannedTo = start.next;
    this.records = start.scanned;
    this.counts = { ...start.results };
  }

  /** The record at `offset` was handed to the driver. */
  handedOver(offset: Offset): void {
    this.outstanding.add(offset);
  }

  /** Records up to, not including, `next` were looked at. */
  scanned(next: Offset, records: number): void {
    this.scannedTo = next;
    this.records += records;
  }

  ended(offset: Offset, result: ReplayResult): void {
    if (!this.outstanding.delete(offset)) return;
    this.counts[result] = (this.counts[result] ?? 0) + 1;
  }

  /** Everything below it is done: where another owner goes on. */
  get next(): Offset {
    // Handed over in ascending order, so the first in the set is the lowest.
    const [lowest] = this.outstanding;
    return lowest ?? this.scannedTo;
  }

  get inHand(): number {
    return this.outstanding.size;
  }

  get figures(): { readonly scanned: number; readonly results: Readonly<Partial<Record<ReplayResult, number>>> } {
    return { scanned: this.records, results: { ...this.counts } };
  }
}
