import type { Intake } from '../driver/intake.ts';
import type { HeldRecord } from '../lanes/held-record.ts';
import type { LaneSchedule } from '../lanes/lane-schedule.ts';
import type { Lane } from '../lanes/lane.ts';
import type { Millis, Now } from '../now.ts';
import type { OutcomeFacts } from './build-outcome.ts';
import type { Conclusions } from './conclusions.ts';
import type { OutcomeName } from './outcome.ts';
import { backoffMs } from './retry-policy.ts';

/** How long a lane waits whose head is not what it should be: long enough not to be busy with it, and looked at again, since it may have been a moment. */
const HOLD_BACK_MS: Millis = 30_000;

/** What becomes of the head of a lane once something has been decided about it: it ends and makes room, or it is looked at again later. */
export class Endings {
  constructor(
    private readonly conclusions: Conclusions,
    private readonly schedule: LaneSchedule,
    private readonly intake: Intake,
    /** Uniform in [0, 1). */
    private readonly random: () => number,
  ) {}

  /** Ends a lane's head with an outcome, and lets the next one have its turn. */
  finish(lane: Lane, held: HeldRecord, outcome: OutcomeName, now: Now, facts: OutcomeFacts): void {
    if (this.conclusions.conclude(held, lane.hash, outcome, now, facts)) this.drop(lane, held);
    else this.holdBack(lane, now);
  }

  /** Ends a lane's head without a word: others have said it. */
  drop(lane: Lane, held: HeldRecord): void {
    lane.shift();
    this.intake.release(held);
    this.schedule.requeue(lane);
  }

  /** The same event again, at once, unless Extole has asked for a wait: it was us who gave the call up. */
  withdrawn(lane: Lane, held: HeldRecord, now: Now, retryAfterMs: Millis | undefined): void {
    if (retryAfterMs === undefined) this.schedule.requeue(lane);
    else this.retryLater(lane, held, now, retryAfterMs);
  }

  /** The same event again, after its backoff. */
  retryLater(lane: Lane, held: HeldRecord, now: Now, retryAfterMs = 0): void {
    const failures = held.steps === undefined ? held.attempts : ++held.steps.failures;
    this.schedule.wait(lane, now.monotonicMs + backoffMs(failures, this.random(), retryAfterMs));
  }

  /** An invariant does not hold: nothing of the lane is sent for a while. */
  holdBack(lane: Lane, now: Now): void {
    this.schedule.wait(lane, now.monotonicMs + HOLD_BACK_MS);
  }
}
