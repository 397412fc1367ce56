import { nextOffset, type HashedSubject, type Offset } from '#segment';
import type { HeldRecord } from '../lanes/held-record.ts';
import type { LaneSchedule } from '../lanes/lane-schedule.ts';
import type { CommitFrontier } from '../state/commit-frontier.ts';
import type { DriverLimits } from './driver-options.ts';
import type { InDoubt } from './in-doubt.ts';
import type { Outbox } from './outbox.ts';

/** A paused partition resumes when it has worked off this much of its bound, so that it does not flutter. */
const RESUME_BELOW_SHARE = 0.5;

/** What of a partition has arrived and what of it is held, and whether more may come (P9). */
export class Intake {
  /** The next offset that has not arrived; what arrives below it is a repeat. */
  private next: Offset;
  private held = 0;
  /** At a bound of its memory, or on the way back from it. */
  private isFull = false;
  /** Has read ahead as far as is useful, likewise. */
  private isAhead = false;

  constructor(
    private readonly partition: number,
    private readonly limits: DriverLimits,
    private readonly frontier: CommitFrontier,
    private readonly schedule: LaneSchedule,
    private readonly inDoubt: InDoubt,
    private readonly outbox: Outbox,
  ) {
    this.next = frontier.committable;
  }

  get arrivedNext(): Offset {
    return this.next;
  }

  get heldBytes(): number {
    return this.held;
  }

  get isPaused(): boolean {
    return this.isFull || this.isAhead;
  }

  /** @returns false if the record at `offset` has arrived before: a redelivery after a rejoin. */
  arrives(offset: Offset): boolean {
    if (offset < this.next) return false;
    this.passTo(offset);
    this.next = nextOffset(offset);
    return true;
  }

  /** Nothing of ours stands below `offset` that has not arrived. */
  passTo(offset: Offset): void {
    if (offset <= this.next) return;
    this.frontier.finishGap(this.next, offset);
    this.next = offset;
  }

  hold(held: HeldRecord, subject: HashedSubject): void {
    this.held += held.bytes;
    this.schedule.append(held, subject);
  }

  release(held: HeldRecord): void {
    this.held -= held.bytes;
    this.inDoubt.released(held);
  }

  /** P9: stops the partition's intake at its bounds, and where it has read far enough ahead; takes it up again well below them. */
  adjust(): void {
    const { maxHeldBytes, maxLead, maxUnwrittenOutcomes, readAhead } = this.limits;
    const { lead, committable } = this.frontier;
    const wasPaused = this.isPaused;
    const fullness = Math.max(
      this.held / maxHeldBytes,
      // What a former owner has finished further ahead is no reason to pause: only what arrives can move the frontier up to it.
      Math.min(lead, this.next - committable) / maxLead,
      // What a deletion has overtaken is never held: it is an outcome as soon as it arrives.
      this.inDoubt.unwritten / maxUnwrittenOutcomes,
    );
    this.isFull = isOver(this.isFull, fullness);
    // With a way back of its own: what is held of one blocked user must not keep the others' events from being found.
    this.isAhead =
      readAhead !== undefined &&
      this.schedule.readyCount('event') >= readAhead.lanes &&
      isOver(this.isAhead, this.held / readAhead.bytes);
    if (this.isPaused !== wasPaused) this.outbox.put({ kind: wasPaused ? 'resume' : 'pause', partition: this.partition });
  }
}

/** At its bound, or on the way back from it. */
function isOver(wasOver: boolean, share: number): boolean {
  return share >= (wasOver ? RESUME_BELOW_SHARE : 1);
}
