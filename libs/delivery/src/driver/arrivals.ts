import type { HashedSubject, SubjectKey } from '#segment';
import type { DeletionBarrier } from '../deletion/deletion-barrier.ts';
import type { Deletions } from '../deletion/deletions.ts';
import type { Conclusions } from '../endings/conclusions.ts';
import { HeldRecord } from '../lanes/held-record.ts';
import type { LogRecord } from '../log-record.ts';
import type { Now } from '../now.ts';
import type { ReplayEnds } from '../replay/replay-ends.ts';
import type { ReplayTag } from '../replay/replay-tag.ts';
import type { CommitFrontier } from '../state/commit-frontier.ts';
import type { Intake } from './intake.ts';

export interface ArrivalsOptions {
  readonly frontier: CommitFrontier;
  readonly barrier: DeletionBarrier;
  readonly intake: Intake;
  readonly deletions: Deletions;
  readonly conclusions: Conclusions;
  readonly replays: ReplayEnds;
  readonly hashSubject: (subject: SubjectKey) => HashedSubject;
}

/** What becomes of a record as it comes in: it is held, unless it has ended or ends at once. */
export class Arrivals {
  constructor(private readonly options: ArrivalsOptions) {}

  /** A record of the events partition. */
  arrived(record: LogRecord, now: Now): void {
    const { frontier, intake, deletions, hashSubject } = this.options;
    if (!intake.arrives(record.offset)) return;
    const subject = hashSubject(record.subject);
    const isDeletion = record.type === 'delete';
    if (isDeletion) deletions.tombstoneRead(subject, record.offset, now);
    // An outcome of an earlier owner, far ahead of the committed offset, stands.
    if (frontier.isFinished(record.offset)) return;
    const held = new HeldRecord(record);
    if (isDeletion) intake.hold(held, subject);
    else this.holdUnlessOvertaken(held, subject, now);
  }

  /**
   * A record that a replay brings back.
   *
   * @throws RangeError at or above the frontier: the live log has it in hand, and it must not be in here twice.
   */
  replayed(record: LogRecord, replay: ReplayTag, now: Now): void {
    const { frontier, replays, hashSubject } = this.options;
    if (record.offset >= frontier.committable) throw new RangeError(`offset ${record.offset} is not below the frontier`);
    const held = new HeldRecord(record, replay);
    if (record.type === 'delete') replays.skipped(held);
    else this.holdUnlessOvertaken(held, hashSubject(record.subject), now);
  }

  /** P5: an event that a deletion has overtaken ends at the door. */
  private holdUnlessOvertaken(held: HeldRecord, subject: HashedSubject, now: Now): void {
    const { barrier, conclusions, intake } = this.options;
    const isOvertaken = barrier.covers(subject, held.record.offset);
    if (isOvertaken && conclusions.conclude(held, subject, 'erased', now, {})) return;
    intake.hold(held, subject);
  }
}
