import type { AccountGate } from '../account/account-gate.ts';
import type { DeletionBarrier } from '../deletion/deletion-barrier.ts';
import type { InDoubt } from '../driver/in-doubt.ts';
import type { HeldRecord } from '../lanes/held-record.ts';
import type { LaneSchedule } from '../lanes/lane-schedule.ts';
import type { Lane } from '../lanes/lane.ts';
import type { Millis, Now } from '../now.ts';
import type { PersonSteps } from '../persons/person-steps.ts';
import { factsOf, keysOf, type OutcomeFacts } from './build-outcome.ts';
import type { Endings } from './endings.ts';
import { isWithdrawn, type Verdict } from './verdict.ts';

export interface AnswersOptions {
  readonly maxAttemptAgeMs: Millis;
  readonly events: AccountGate;
  readonly persons: AccountGate;
  readonly barrier: DeletionBarrier;
  readonly inDoubt: InDoubt;
  readonly schedule: LaneSchedule;
  readonly endings: Endings;
}

/** What the answer to a call means for its event: an end, another attempt, or, of an identify that takes several calls, the next one. */
export class Answers {
  constructor(private readonly options: AnswersOptions) {}

  /** @param gate the one that admitted the call: its healthy time is the event's retry budget. */
  event(lane: Lane, held: HeldRecord, verdict: Verdict, now: Now, gate = this.options.events): void {
    const { barrier, endings, schedule } = this.options;
    const facts = factsOf(verdict, held.request);
    if (verdict.kind === 'delivered') return endings.finish(lane, held, 'delivered', now, facts);
    // A deletion came while it was in flight: whatever the failed call would have led to, it ends here (P5).
    if (verdict.kind !== 'rejected' && barrier.covers(lane.hash, held.record.offset))
      return endings.finish(lane, held, 'erased', now, {});
    switch (verdict.kind) {
      case 'rejected':
        if (held.steps !== undefined) gate.eventEnded(undefined, now.monotonicMs, now.wallMs);
        return endings.finish(lane, held, 'rejected', now, facts);
      case 'dead-letter':
        if (held.steps !== undefined) gate.eventEnded(verdict, now.monotonicMs, now.wallMs);
        return this.deadLetterOrWait(lane, held, facts, now, gate);
      case 'contradicted':
      case 'retry': {
        const retryAfterMs = verdict.kind === 'retry' ? verdict.retryAfterMs : undefined;
        if (isWithdrawn(verdict)) return endings.withdrawn(lane, held, now, retryAfterMs);
        if (this.hasUsedUpItsBudget(held, gate)) return this.deadLetterOrWait(lane, held, facts, now, gate, retryAfterMs);
        return endings.retryLater(lane, held, now, retryAfterMs);
      }
      case 'stop':
        // The account's fault, not the event's: it keeps its place, and the gate says when to try again (P7).
        held.attempts--;
        return schedule.requeue(lane);
    }
  }

  step(lane: Lane, held: HeldRecord, steps: PersonSteps, verdict: Verdict, now: Now): void {
    const { barrier, endings, inDoubt, persons, schedule } = this.options;
    const leadsOn = steps.take(verdict);
    inDoubt.stepEnded(held);
    if (!leadsOn) return this.event(lane, held, verdict, now, persons);
    held.failingSinceHealthyMs = undefined;
    if (steps.next === undefined) this.stepsEnded(lane, held, steps, now);
    // P5: a deletion that came in the meantime stops what is left to write.
    else if (barrier.covers(lane.hash, held.record.offset)) endings.finish(lane, held, 'erased', now, {});
    else schedule.requeue(lane);
  }

  stepsEnded(lane: Lane, held: HeldRecord, steps: PersonSteps, now: Now): void {
    const { endings, persons } = this.options;
    const { request } = held;
    const { refusal, facts } = steps.end;
    persons.eventEnded(refusal, now.monotonicMs, now.wallMs);
    const all = { event: request.event, ...facts };
    if (refusal === undefined) return endings.finish(lane, held, 'delivered', now, { ...all, ...keysOf(request) });
    // P7: it may be the only one left that can probe whether writes are taken again.
    if (!persons.deadLettersAllowed) steps.tryRefusedAgain();
    this.deadLetterOrWait(lane, held, all, now, persons);
  }

  private hasUsedUpItsBudget(held: HeldRecord, { healthyMs }: AccountGate): boolean {
    held.failingSinceHealthyMs ??= healthyMs;
    return healthyMs - held.failingSinceHealthyMs >= this.options.maxAttemptAgeMs;
  }

  /** P7: while the account itself is in doubt nothing is dead-lettered; the event keeps its place. */
  private deadLetterOrWait(
    lane: Lane,
    held: HeldRecord,
    facts: OutcomeFacts,
    now: Now,
    gate: AccountGate,
    retryAfterMs?: Millis,
  ): void {
    const { endings } = this.options;
    if (gate.deadLettersAllowed) endings.finish(lane, held, 'dead-lettered', now, facts);
    else endings.retryLater(lane, held, now, retryAfterMs);
  }
}
