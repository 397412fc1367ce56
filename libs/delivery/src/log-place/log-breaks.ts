import { toOffset, type Offset } from '#segment';
import type { DeletionFacts } from '../deletion/deletion-record.ts';

/** Where an events partition stopped being the log that it was: it was cut and filled again, or made anew, and an operator has accepted that. */
export interface LogBreak {
  /** The number of the log that begins here. The first one is 0, and begins without a break. */
  readonly log: number;
  /** The first offset at which it holds other records than the log before. */
  readonly from: Offset;
  /** Notices below this place of the deletions partition that name an offset from `from` on speak of the log before. */
  readonly deletionsBefore: Offset;
}

/** An operator's word on the log of one partition, as `extole.replays.<source>` holds it (docs/adr/0017). The last one says all that is to be known. */
export interface LogAcceptance {
  readonly partition: number;
  /** Ascending. */
  readonly breaks: readonly LogBreak[];
  /** Records that are gone, and are not waited for any more: from here up to, not including, there. */
  readonly lost?: { readonly from: Offset; readonly to: Offset };
  /** ISO 8601. */
  readonly at: string;
  /** The operator's name; absent in records of before 1.0.0. */
  readonly by?: string;
}

/**
 * Which log an offset belongs to. Offsets begin anew where a log breaks: what was said of one of a former log is true of another record.
 *
 * A fact of a former log from its break on stands, in the present log, right before the break: it is older than all that came behind it.
 */
export class LogBreaks {
  static readonly none = new LogBreaks([]);

  constructor(readonly all: readonly LogBreak[]) {}

  /** The number of the present log. */
  get log(): number {
    return this.all.at(-1)?.log ?? 0;
  }

  /** The first offset of the log of this number that the present one does not have; Infinity if it has them all. */
  endOf(log: number): number {
    return this.all.reduce((end, brk) => (brk.log > log ? Math.min(end, brk.from) : end), Infinity);
  }

  /** Whether what is said of this offset, in the log of this number (0 if none is named), is about a record of the present one. */
  isHere(offset: Offset, log = 0): boolean {
    return offset < this.endOf(log);
  }

  /** Where a group that has committed this stands in the present log; undefined if it has committed nothing. */
  committedHere(commit: { readonly offset: Offset; readonly log: number } | undefined): Offset | undefined {
    return commit && toOffset(Math.min(commit.offset, this.endOf(commit.log)));
  }

  /** A deletion as it is to be taken in the present log: all that the present log has of the user below it is erased, and nothing else. */
  noticeHere<Notice extends DeletionFacts>(notice: Notice, place: Offset): Notice {
    const end = this.all.reduce((end, brk) => (place < brk.deletionsBefore ? Math.min(end, brk.from) : end), Infinity);
    const { offset, liftedFrom } = notice;
    if (offset < end && (liftedFrom ?? 0) <= end) return notice;
    return {
      ...notice,
      offset: toOffset(Math.min(offset, end)),
      ...(liftedFrom !== undefined && { liftedFrom: toOffset(Math.min(liftedFrom, offset < end ? end : end + 1)) }),
    };
  }

  /** These and another one. What it makes meaningless is left out, the numbers go on. */
  with(from: Offset, deletionsBefore: Offset): LogBreaks {
    return new LogBreaks([...this.all.filter((brk) => brk.from < from), { log: this.log + 1, from, deletionsBefore }]);
  }
}
