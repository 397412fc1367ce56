import type { HashedSubject, Offset } from '#segment';
import type { Intake } from '../driver/intake.ts';
import type { Outbox } from '../driver/outbox.ts';
import { factsOf } from '../endings/build-outcome.ts';
import type { Conclusions } from '../endings/conclusions.ts';
import type { Endings } from '../endings/endings.ts';
import { isWithdrawn, type Verdict } from '../endings/verdict.ts';
import type { HeldRecord } from '../lanes/held-record.ts';
import type { LaneSchedule } from '../lanes/lane-schedule.ts';
import type { Lane } from '../lanes/lane.ts';
import type { Logged } from '../logged.ts';
import type { Millis, Now } from '../now.ts';
import type { PartitionState } from '../state/partition-state.ts';
import type { DeletionBarrier } from './deletion-barrier.ts';
import type { DeletionNotice } from './deletion-record.ts';

/** A tombstone is read this long before its notice at most, if ingest has not died in between. */
const NOTICE_GRACE_MS: Millis = 2_000;

export interface DeletionsOptions {
  readonly partition: number;
  readonly state: PartitionState;
  readonly barrier: DeletionBarrier;
  readonly schedule: LaneSchedule;
  readonly intake: Intake;
  readonly conclusions: Conclusions;
  readonly endings: Endings;
  readonly outbox: Outbox;
}

/** A deletion's way through a partition: what it overtakes in the queue, the notice that it waits for, and the erasure, which is never given up (P5). */
export class Deletions {
  constructor(private readonly options: DeletionsOptions) {}

  /** The deletions partition was read to its end by a request sent at `at`: every deletion of before then is known. */
  proven(at: Millis): void {
    this.options.barrier.proven(at);
  }

  /** False while the proof that all deletions are known is too old. */
  areKnown(now: Now): boolean {
    return this.options.barrier.isProven(now.monotonicMs);
  }

  /** A tombstone of the events partition, which may come before its notice. */
  tombstoneRead(subject: HashedSubject, offset: Offset, now: Now): void {
    this.options.barrier.tombstoneRead(subject, offset);
    this.eraseQueued(subject, offset, now);
  }

  /** A notice of the deletions partition. From now on no earlier event of the subject is sent. */
  noticeRead(logged: Logged<DeletionNotice>, now: Now): void {
    const notice = logged.fact;
    const arrival = this.options.barrier.noticeRead(logged);
    if (arrival.kind === 'swapped') {
      // Two ingests wrote the notices of two deletions in swapped order. Compaction keeps the last one: it has to be the later deletion's.
      this.announce(notice.subject, arrival.latest, notice.requestedAt);
      return;
    }
    this.eraseQueued(notice.subject, notice.offset, now);
    this.endWait(notice.subject, notice.offset);
  }

  /**
   * Nothing is erased before its notice is in the deletions topic. Otherwise a successor of ours, which has not read as far as the
   * tombstone, would send the user's older events after the erasure and bring the person back (P5, docs/adr/0002).
   *
   * Ingest writes the notice right after the tombstone and before it answers. Where it died in between, the owner makes up for it.
   *
   * @returns whether the erasure has to wait for it; if not, it waits for Extole only from now on: a further notice must not cut short its backoff.
   */
  awaitsNotice(lane: Lane, held: HeldRecord, now: Now): boolean {
    const { barrier, schedule } = this.options;
    if (barrier.isAnnounced(lane.hash, held.record.offset)) {
      held.notice = undefined;
      return false;
    }
    if (held.notice === 'awaited') this.announce(lane.hash, held.record.offset, held.record.receivedAt);
    // Again if it has not come after another grace: compaction may take it before it is read, when an older deletion's notice is late.
    held.notice = held.notice === 'awaited' ? 'repaired' : 'awaited';
    schedule.wait(lane, now.monotonicMs + NOTICE_GRACE_MS);
    return true;
  }

  /** An erasure is never given up: whatever Extole says but yes, it is tried again, and its user waits. */
  erasureAnswered(lane: Lane, held: HeldRecord, verdict: Verdict, now: Now): void {
    const { endings, schedule } = this.options;
    switch (verdict.kind) {
      case 'delivered':
        return endings.finish(lane, held, 'delivered', now, factsOf(verdict));
      case 'stop':
        held.attempts--;
        return schedule.requeue(lane);
      case 'contradicted':
      case 'rejected':
      case 'dead-letter':
        return endings.retryLater(lane, held, now);
      case 'retry':
        if (isWithdrawn(verdict)) return endings.withdrawn(lane, held, now, verdict.retryAfterMs);
        return endings.retryLater(lane, held, now, verdict.retryAfterMs);
    }
  }

  /** P5: what is queued of the subject below the deletion ends as erased at once; a call in flight finishes first. */
  private eraseQueued(subject: HashedSubject, deletion: Offset, now: Now): void {
    const { schedule, intake, conclusions } = this.options;
    const lane = schedule.lane(subject);
    if (lane === undefined) return;
    const inFlight = lane.state === 'in-flight' ? lane.head : undefined;
    const { head } = lane;
    const erased = lane.removeWhere(
      (held) =>
        held !== inFlight &&
        held.record.type !== 'delete' &&
        held.record.offset < deletion &&
        conclusions.conclude(held, subject, 'erased', now, {}),
    );
    if (erased.length === 0) return;
    for (const held of erased) intake.release(held);
    // A head that stays keeps its wait: its deletion is not to be tried before its `Retry-After` because of a later one.
    if (lane.head !== head) schedule.requeue(lane);
  }

  private announce(subject: HashedSubject, offset: Offset, requestedAt: string): void {
    const { partition, state, outbox } = this.options;
    const liftedFrom = state.liftedFrom(subject);
    // Compaction keeps this notice alone: a lift that still holds has to go on with it.
    const lift = liftedFrom !== undefined && liftedFrom > offset ? { liftedFrom } : {};
    outbox.put({ kind: 'announce-deletion', notice: { subject, partition, offset, requestedAt, ...lift } });
  }

  /** The notice that an erasure has waited for is there. */
  private endWait(subject: HashedSubject, offset: Offset): void {
    const { schedule } = this.options;
    const lane = schedule.lane(subject);
    const head = lane?.head;
    if (lane?.state !== 'waiting' || head?.notice === undefined || head.record.offset > offset) return;
    head.notice = undefined;
    schedule.requeue(lane);
  }
}
