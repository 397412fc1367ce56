import type { Offset } from '#segment';
import type { ReplayResult } from '../decision.ts';
import { OUTCOMES } from '../endings/outcome.ts';

/** Every way in which a record can end that a replay is about. */
export const REPLAY_RESULTS: readonly ReplayResult[] = [...OUTCOMES, 'skipped'];

/** How many records ended in which way; a way that none did is absent. */
export type ReplayCounts = Readonly<Partial<Record<ReplayResult, number>>>;

const PAGE = 65_536;

/**
 * Follows the records of one partition of a replay, so that its progress never passes one that is not done.
 *
 * Records end out of order. What ended above `next` is kept apart, one byte an offset, because the next owner goes on at `next` and
 * meets it again: counted there as well, the summary would be wrong after every crash.
 */
export class ReplayTracker {
  private readonly outstanding = new Set<Offset>();
  private readonly counts: Partial<Record<ReplayResult, number>>;
  private readonly settledCounts: Partial<Record<ReplayResult, number>>;
  private readonly ahead = new Map<number, Uint8Array>();
  private settledTo: Offset;
  private scannedTo: Offset;
  private records: number;

  /** @param start where a former owner stopped, or the beginning. */
  constructor(start: { readonly next: Offset; readonly scanned: number; readonly settled: ReplayCounts }) {
    this.settledTo = start.next;
    this.scannedTo = start.next;
    this.records = start.scanned;
    this.counts = { ...start.settled };
    this.settledCounts = { ...start.settled };
  }

  /** The record at `offset` was handed to the driver. */
  handedOver(offset: Offset): void {
    this.outstanding.add(offset);
  }

  /** Records up to, not including, `next` were looked at. */
  scanned(next: Offset, records: number): void {
    this.scannedTo = next;
    this.records += records;
    this.settle();
  }

  /** A record that was handed over is done with. Anything else is another replay's, or a former one's, and changes nothing. */
  ended(offset: Offset, result: ReplayResult): void {
    if (!this.outstanding.delete(offset)) return;
    this.endedAtOnce(offset, result);
    this.settle();
  }

  /** A record that the replay is about and that needed no driver. */
  endedAtOnce(offset: Offset, result: ReplayResult): void {
    this.counts[result] = (this.counts[result] ?? 0) + 1;
    // 0 means that it has not ended.
    this.pageOf(offset)[offset % PAGE] = REPLAY_RESULTS.indexOf(result) + 1;
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

  get figures(): { readonly scanned: number; readonly results: ReplayCounts; readonly settled: ReplayCounts } {
    return { scanned: this.records, results: { ...this.counts }, settled: { ...this.settledCounts } };
  }

  private settle(): void {
    const { next } = this;
    while (this.settledTo < next) {
      const index = Math.floor(this.settledTo / PAGE);
      const end = Math.min(next, (index + 1) * PAGE);
      const page = this.ahead.get(index);
      if (page !== undefined) this.count(page.subarray(this.settledTo % PAGE, end - index * PAGE));
      if (end === (index + 1) * PAGE) this.ahead.delete(index);
      this.settledTo = end as Offset;
    }
  }

  private count(codes: Uint8Array): void {
    for (const code of codes) {
      const result = REPLAY_RESULTS[code - 1];
      if (result !== undefined) this.settledCounts[result] = (this.settledCounts[result] ?? 0) + 1;
    }
  }

  private pageOf(offset: Offset): Uint8Array {
    const index = Math.floor(offset / PAGE);
    let page = this.ahead.get(index);
    if (page === undefined) this.ahead.set(index, (page = new Uint8Array(PAGE)));
    return page;
  }
}
