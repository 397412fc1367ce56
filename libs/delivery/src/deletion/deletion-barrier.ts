import type { HashedSubject, Offset } from '#segment';
import type { DeletionNotice } from './deletion-record.ts';
import type { Logged } from '../logged.ts';
import type { Millis } from '../now.ts';
import type { PartitionState } from '../state/partition-state.ts';

/** What an arrived notice turned out to be. `swapped`: a later deletion is known already, at `latest`. */
export type NoticeArrival = { readonly kind: 'raised' } | { readonly kind: 'swapped'; readonly latest: Offset };

/** What becomes of a deleted user's later events: a new profile at Extole, or nothing until the suppression is lifted. */
export type AfterDeletion = 'accept' | 'suppress';

/** P5: which events a deletion has overtaken, and whether every deletion is known. */
export class DeletionBarrier {
  /** Latest tombstone per subject that was read from the events topic before its notice was: the state knows notices only. */
  private readonly tombstones = new Map<HashedSubject, Offset>();
  private provenAt: Millis | undefined;

  constructor(
    private readonly state: PartitionState,
    private readonly lagBoundMs: Millis,
    private readonly afterDeletion: AfterDeletion,
  ) {}

  tombstoneRead(subject: HashedSubject, offset: Offset): void {
    if (!this.isAnnounced(subject, offset)) this.tombstones.set(subject, offset);
  }

  noticeRead({ fact: notice, appendedAt }: Logged<DeletionNotice>): NoticeArrival {
    const known = this.state.latestDeletion(notice.subject);
    if (known !== undefined && known > notice.offset && notice.liftedFrom === undefined)
      return { kind: 'swapped', latest: known };
    this.state.applyDeletion(notice, appendedAt);
    const tombstone = this.tombstones.get(notice.subject);
    if (tombstone !== undefined && tombstone <= notice.offset) this.tombstones.delete(notice.subject);
    return { kind: 'raised' };
  }

  /** Whether an event of `subject` at `offset` is overtaken by a deletion: it must not be sent any more. */
  covers(subject: HashedSubject, offset: Offset): boolean {
    return offset < this.latest(subject);
  }

  /** Whether a later event of a deleted user is dropped: Segment's "delete and ignore from now on". */
  suppresses(subject: HashedSubject, offset: Offset): boolean {
    if (this.afterDeletion === 'accept') return false;
    const deletion = this.latest(subject);
    const lifted = this.state.liftedFrom(subject) ?? -1;
    return deletion >= 0 && !(lifted > deletion && offset >= lifted);
  }

  /** The subject's latest deletion by either topic; -1 if there is none. */
  latest(subject: HashedSubject): number {
    return Math.max(this.state.latestDeletion(subject) ?? -1, this.tombstones.get(subject) ?? -1);
  }

  /** Whether the deletions topic is known to hold a notice of the tombstone at `offset`, or of a later one. */
  isAnnounced(subject: HashedSubject, offset: Offset): boolean {
    return (this.state.latestDeletion(subject) ?? -1) >= offset;
  }

  /** The deletions partition was read to its end by a request sent at `at`: every deletion of before then is known. */
  proven(at: Millis): void {
    if (this.provenAt === undefined || at > this.provenAt) this.provenAt = at;
  }

  /** False while the proof that all deletions are known is too old: nothing may be sent then. */
  isProven(now: Millis): boolean {
    return this.provenAt !== undefined && now - this.provenAt <= this.lagBoundMs;
  }
}
