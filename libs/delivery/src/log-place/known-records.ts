import { nextOffset, toOffset, type Offset } from '#segment';
import type { Outcome } from '../endings/outcome.ts';
import type { LogBreaks } from './log-breaks.ts';
import type { LogBounds, Witness } from './log-place.ts';

/** What the outcomes of a partition say of the records of its present log: fed with them in order. Holds an id for each (P9: for as long as an operator's command runs). */
export class KnownRecords {
  private readonly messageIds = new Map<Offset, string>();
  /** Tombstones that Extole has taken. */
  readonly erased = new Set<Offset>();
  private furthest = toOffset(0);

  constructor(private readonly breaks: LogBreaks) {}

  /** The first offset behind the one furthest ahead. */
  get next(): Offset {
    return this.furthest;
  }

  take({ position: { offset }, log, messageId, type, outcome }: Outcome): void {
    if (!this.breaks.isHere(offset, log)) return;
    this.messageIds.set(offset, messageId);
    if (type === 'delete' && outcome === 'delivered') this.erased.add(offset);
    if (offset >= this.furthest) this.furthest = nextOffset(offset);
  }

  /** Whether `record` is the one that an outcome is about; undefined if that can't be said. */
  isSame({ offset, messageId }: Witness): boolean | undefined {
    const known = this.messageIds.get(offset);
    return known === undefined || known === '' || messageId === '' ? undefined : known === messageId;
  }

  /** How many records from `from` up to, not including, `to` have no outcome. */
  unknownBetween(from: Offset, to: Offset): number {
    let unknown = Math.max(0, to - from);
    for (const offset of this.messageIds.keys()) if (offset >= from && offset < to) unknown--;
    return unknown;
  }
}

/**
 * Compares the whole log with its outcomes.
 *
 * One by one from the beginning and not by bisection: behind a break a record may be the same by chance, where a sender has repeated itself.
 */
export class LogComparison {
  /** The first offset at which another record stands, if there is one. */
  broken: Offset | undefined;
  private agreedNext: Offset;

  constructor(
    private readonly bounds: LogBounds,
    private readonly known: KnownRecords,
  ) {
    this.agreedNext = bounds.start;
  }

  /** The first offset behind the last record before the break that was the same: from there on it is another log. */
  get agreed(): Offset {
    return this.agreedNext;
  }

  /** To be told of every record of the log, ascending. @returns false once there is nothing more to find out. */
  take(record: Witness): boolean {
    if (this.broken !== undefined) return false;
    const isSame = this.known.isSame(record);
    if (isSame === true) this.agreedNext = nextOffset(record.offset);
    if (isSame === false) this.broken = record.offset;
    return this.broken === undefined;
  }

  /** @param committed where the group stands in the present log; undefined if it has committed nothing */
  isAnother(committed: Offset | undefined): boolean {
    return this.broken !== undefined || this.bounds.end < Math.max(committed ?? 0, this.known.next);
  }

  /** What is gone before the log's beginning and has no outcome. */
  lost(committed: Offset | undefined): { readonly from: Offset; readonly to: Offset; readonly missing: number } | undefined {
    const { known, bounds } = this;
    const from = committed ?? known.next;
    // A group that has neither committed nor done anything misses nothing.
    if (committed === undefined && known.next === 0) return undefined;
    const missing = known.unknownBetween(from, bounds.start);
    return missing > 0 ? { from, to: bounds.start, missing } : undefined;
  }
}
