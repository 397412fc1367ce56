import { nextOffset, toOffset, type HashedSubject, type Offset, type SubjectKey } from '#segment';
import type { AccountGate, CallPermit } from '../account/account-gate.ts';
import { buildOutcome, factsOf, keysOf, type OutcomeFacts } from '../endings/build-outcome.ts';
import type { CallTicket, Decision } from '../decision.ts';
import { DeletionBarrier, type AfterDeletion } from '../deletion/deletion-barrier.ts';
import type { DeletionNotice } from '../deletion/deletion-record.ts';
import type { CallEvaluation, Evaluate } from '../dispatch/evaluation.ts';
import { LaneSchedule, type EventTurn, type Turn } from '../lanes/lane-schedule.ts';
import type { HeldRecord, Lane, ReplayTag } from '../lanes/lane.ts';
import type { LogRecord } from '../log-record.ts';
import type { Appended, Logged } from '../logged.ts';
import type { Millis, Now } from '../now.ts';
import type { Outcome, OutcomeName } from '../endings/outcome.ts';
import type { PersonParameter } from '../persons/person-step.ts';
import { PersonSteps } from '../persons/person-steps.ts';
import { Repeats } from '../dispatch/repeats.ts';
import { backoffMs } from '../endings/retry-policy.ts';
import type { PartitionState } from '../state/partition-state.ts';
import type { Verdict } from '../endings/verdict.ts';

/** A held record costs about this much beside its value. */
const RECORD_OVERHEAD_BYTES = 300;
/** A tombstone is read this long before its notice at most, if ingest has not died in between. */
const NOTICE_GRACE_MS = 2_000;
/** A paused partition resumes when it has worked off this much of its bound, so that it does not flutter. */
const RESUME_BELOW_SHARE = 0.5;

export interface DriverLimits {
  /** Bytes of records held before the partition is paused (P9). */
  readonly maxHeldBytes: number;
  /**
   * How far to read ahead while there is plenty to do anyway: with `lanes` users ready, no more than `bytes` are held. With fewer ready, as when one
   * user has most of the backlog, reading goes on up to `maxHeldBytes`, so that the others' events are found. Without it, always up to there.
   */
  readonly readAhead?: { readonly bytes: number; readonly lanes: number };
  /** Finished offsets ahead of the frontier before the partition is paused (P9): one bit each. */
  readonly maxLead: number;
  /** Outcomes decided and not yet acknowledged by Kafka before no more are decided (P9). */
  readonly maxUnwrittenOutcomes: number;
  /** `MAX_ATTEMPT_AGE`: healthy time that an event may go on failing before it is dead-lettered. */
  readonly maxAttemptAgeMs: Millis;
  /** `DELETION_LAG_BOUND`: how old the proof that all deletions are known may be (P5). */
  readonly deletionLagBoundMs: Millis;
}

export interface DriverOptions {
  readonly partition: number;
  /** Counts this process's ownerships: tells this one's calls and writes from those of a former one. */
  readonly generation: number;
  /** Restored from the topics up to their ends after the assignment. */
  readonly state: PartitionState;
  readonly evaluate: Evaluate;
  readonly hashSubject: (subject: SubjectKey) => HashedSubject;
  readonly mappingVersion: string;
  /** Default `accept`. */
  readonly afterDeletion?: AfterDeletion;
  readonly limits: DriverLimits;
  /** Uniform in [0, 1), for the jitter of retries. */
  readonly random: () => number;
  /** Admission of event calls; shared by the account's partitions in this process. */
  readonly events: AccountGate;
  /** Admission of erasures: they have their own pace and their own faults. */
  readonly erasures: AccountGate;
  /** Admission of the calls that set parameters on persons: a pace and faults of their own as well. */
  readonly persons: AccountGate;
}

/**
 * Drives one partition while this process owns it: everything that happens to its users goes through here.
 *
 * It takes what happened (records arrived, a call finished, an outcome was written, time passed, the partition was revoked) and
 * leaves decisions in its outbox. It owns no promise, timer, socket or clock.
 *
 * Order of effects for an event: call -> delivered -> key remembered in memory, lane free -> outcome written -> on its
 * acknowledgement the state is marked and the frontier moves -> commit. A crash anywhere repeats only what was called without an
 * acknowledged outcome (P4).
 */
export class PartitionDriver {
  readonly partition: number;
  readonly generation: number;
  readonly state: PartitionState;
  private readonly schedule = new LaneSchedule();
  private readonly repeats: Repeats;
  private readonly barrier: DeletionBarrier;
  private outbox: Decision[] = [];
  /** The next offset that has not arrived; what arrives below it is a repeat. */
  private arrivedNext: Offset;
  private committed: Offset | undefined;
  private held = 0;
  private unwritten = 0;
  private calledUnwritten = 0;
  private callsInFlight = 0;
  /** Identifies that Extole has taken and whose next step is not in flight. */
  private betweenSteps = 0;
  /** At a bound of its memory, or on the way back from it. */
  private isFull = false;
  /** Has read ahead as far as is useful, likewise. */
  private isAhead = false;
  private revoked = false;

  constructor(private readonly options: DriverOptions) {
    this.partition = options.partition;
    this.generation = options.generation;
    this.state = options.state;
    this.repeats = new Repeats(options.state);
    this.barrier = new DeletionBarrier(options.state, options.limits.deletionLagBoundMs, options.afterDeletion ?? 'accept');
    this.arrivedNext = options.state.frontier.committable;
  }

  // What happened ---------------------------------------------------------------------------------------------------------

  /** Records of the events partition, ascending. One that is held or finished already is ignored (a redelivery after a rejoin). */
  recordsArrived(records: readonly LogRecord[], now: Now): void {
    if (this.revoked) return;
    for (const record of records) this.recordArrived(record, now);
    this.adjustIntake();
  }

  /**
   * A record that a replay brings back. It goes behind what its user has in hand, and ends by a `replay-ended` decision.
   *
   * @throws RangeError at or above the frontier: the live log has it in hand, and it must not be in here twice.
   */
  recordReplayed(record: LogRecord, replay: ReplayTag, now: Now): void {
    if (this.revoked) return;
    if (record.offset >= this.state.frontier.committable)
      throw new RangeError(`offset ${record.offset} is not below the frontier`);
    const subject = this.options.hashSubject(record.subject);
    const held: HeldRecord = { record, replay, bytes: bytesOf(record), attempts: 0 };
    if (record.type === 'delete') this.skipReplayed(held);
    else if (this.barrier.covers(subject, record.offset)) this.conclude(held, subject, 'erased', now, {});
    else this.hold(held, subject);
  }

  /** A notice of the deletions partition. From now on no earlier event of the subject is sent (P5). */
  deletionArrived(logged: Logged<DeletionNotice>, now: Now): void {
    const notice = logged.fact;
    const arrival = this.barrier.noticeRead(logged);
    if (arrival.kind === 'swapped') {
      // Two ingests wrote the notices of two deletions in swapped order. Compaction keeps the last one: it has to be the later deletion's.
      this.announce(notice.subject, arrival.latest, notice.requestedAt);
      return;
    }
    this.eraseQueued(notice.subject, notice.offset, now);
    this.noticeArrived(notice.subject, notice.offset);
  }

  /** The deletions partition was read to its end by a request sent at `at`: every deletion of before then is known (P5). */
  deletionsProven(at: Millis): void {
    this.barrier.proven(at);
  }

  /** How a call ended. The account's gate has been told before. */
  callFinished(offset: Offset, subject: HashedSubject, verdict: Verdict, now: Now): void {
    this.callsInFlight--;
    const lane = this.schedule.lane(subject);
    const held = lane?.head;
    if (lane === undefined || held?.record.offset !== offset || lane.state !== 'in-flight') {
      throw new Error(`the call of offset ${offset} in partition ${this.partition} ended, but its lane did not wait for it`);
    }
    held.attempts++;
    if (held.record.type === 'delete') this.erasureFinished(lane, held, verdict, now);
    else if (held.steps !== undefined) this.stepFinished(lane, held, held.steps, verdict, now);
    else this.eventFinished(lane, held, verdict, now, this.options.events);
    this.adjustIntake();
  }

  /**
   * An outcome is in Kafka: now it may be relied on, and only now.
   *
   * @param at where its own record stands in the outcomes partition.
   */
  outcomeWritten(outcome: Outcome, at: Appended): void {
    this.unwritten--;
    if (outcome.attempts > 0) this.calledUnwritten--;
    this.state.applyOutcome(outcome, at.appendedAt);
    this.repeats.written(outcome);
    // Only without a gap: what lies in between is a former owner's late fact, and a checkpoint must not claim to know it.
    if (at.offset === this.state.outcomesNext) this.state.outcomesNext = nextOffset(at.offset);
    if (outcome.run !== undefined) this.endReplayed(outcome.position.offset, outcome.run, outcome.outcome);
    this.adjustIntake();
  }

  /** Outcomes up to, not including, `next` were read back from the topic: a former owner's late facts among them. */
  outcomesRead(outcomes: readonly Logged<Outcome>[], next: Offset): void {
    for (const { fact, appendedAt } of outcomes) this.state.applyOutcome(fact, appendedAt);
    this.state.outcomesNext = toOffset(Math.max(this.state.outcomesNext, next));
    this.adjustIntake();
  }

  commitAcknowledged(offset: Offset): void {
    this.committed = offset;
  }

  /** Time has passed: retries that are due become ready. */
  tick(now: Now): void {
    this.schedule.wake(now.monotonicMs);
  }

  /** The partition is no longer ours: nothing more is called or committed (P8); calls in flight still record their outcome. */
  revoke(): void {
    this.revoked = true;
  }

  // What to do ------------------------------------------------------------------------------------------------------------

  /** Takes the decisions that have piled up, in order. */
  takeDecisions(): Decision[] {
    if (this.outbox.length === 0) return [];
    const decisions = this.outbox;
    this.outbox = [];
    return decisions;
  }

  /**
   * Works through ready lanes until one event needs a call, which it then decides; events that need none (duplicates, filtered)
   * end on the way, up to `evaluations` of them.
   *
   * @returns how many were evaluated, and whether a call was decided.
   */
  dispatch(turn: EventTurn, now: Now, permit: () => CallPermit, evaluations: number): { evaluated: number; called: boolean } {
    let evaluated = 0;
    while (evaluated < evaluations && this.mayDispatch(now)) {
      const next = this.schedule.take(turn);
      if (next === undefined) break;
      evaluated++;
      if (this.dispatchEvent(next.lane, next.head, now, permit)) return { evaluated, called: true };
    }
    // What a former owner's late facts have ended is held no longer, and nothing else will say so.
    if (evaluated > 0) this.adjustIntake();
    return { evaluated, called: false };
  }

  /** Decides the next erasure; false if none is ready. */
  dispatchErasure(now: Now, permit: () => CallPermit): boolean {
    while (this.mayDispatch(now)) {
      const next = this.schedule.take('erasure');
      if (next === undefined) return false;
      const { lane, head } = next;
      if (!this.barrier.isAnnounced(lane.hash, head.record.offset)) {
        this.awaitNotice(lane, head, now);
        continue;
      }
      // From now on it waits for Extole only: a further notice must not cut short its backoff.
      delete head.notice;
      const ticket = this.startCall(lane, head, permit);
      this.outbox.push({ kind: 'erase', ticket, subject: lane.subject, attempt: head.attempts + 1 });
      return true;
    }
    return false;
  }

  hasReady(turn: Turn): boolean {
    return this.schedule.hasReady(turn);
  }

  /** P5, P8, P9: whether anything may be sent now. */
  mayDispatch(now: Now): boolean {
    return !this.revoked && this.unwritten < this.options.limits.maxUnwrittenOutcomes && this.knowsItsDeletions(now);
  }

  /** P5: false while the proof that all deletions are known is too old. */
  knowsItsDeletions(now: Now): boolean {
    return this.barrier.isProven(now.monotonicMs);
  }

  /** The offset to commit, if it has moved since the last acknowledged commit. Never passes unfinished work (P8). */
  get commitDue(): Offset | undefined {
    const { committable } = this.state.frontier;
    return this.revoked || committable === this.committed ? undefined : committable;
  }

  /** The offset of the last acknowledged commit of this owner. */
  get committedOffset(): Offset | undefined {
    return this.committed;
  }

  /** When `tick` has something to do next, on the monotonic clock. */
  get nextTickAt(): Millis | undefined {
    return this.schedule.nextDueAt;
  }

  // Figures ---------------------------------------------------------------------------------------------------------------

  get figures() {
    return {
      frontier: this.state.frontier.committable,
      arrivedNext: this.arrivedNext,
      lead: this.state.frontier.lead,
      lanes: this.schedule.size,
      waiting: this.schedule.waitingCount,
      inFlight: this.callsInFlight,
      heldBytes: this.held,
      unwrittenOutcomes: this.unwritten,
      paused: this.isPaused,
    };
  }

  /** Calls whose outcome Kafka has not acknowledged: what a crash now would repeat (P4, docs/adr/0009). */
  get inDoubt(): number {
    return this.callsInFlight + this.calledUnwritten + this.betweenSteps;
  }

  /** Identifies that Extole has taken, and that wait for their next step. */
  get waitingForStep(): number {
    return this.betweenSteps;
  }

  /** True once nothing is in flight and every outcome is written: the end of a drain. */
  get isQuiet(): boolean {
    return this.callsInFlight === 0 && this.unwritten === 0;
  }

  // Arrival ---------------------------------------------------------------------------------------------------------------

  private recordArrived(record: LogRecord, now: Now): void {
    if (record.offset < this.arrivedNext) return;
    if (record.offset > this.arrivedNext) this.state.frontier.finishGap(this.arrivedNext, record.offset);
    this.arrivedNext = nextOffset(record.offset);

    const subject = this.options.hashSubject(record.subject);
    if (record.type === 'delete') {
      this.barrier.tombstoneRead(subject, record.offset);
      this.eraseQueued(subject, record.offset, now);
    }
    // An outcome of an earlier owner, far ahead of the committed offset, stands.
    if (this.state.frontier.isFinished(record.offset)) return;
    const held: HeldRecord = { record, bytes: bytesOf(record), attempts: 0 };
    if (record.type !== 'delete' && this.barrier.covers(subject, record.offset)) this.conclude(held, subject, 'erased', now, {});
    else this.hold(held, subject);
  }

  private hold(held: HeldRecord, subject: HashedSubject): void {
    this.held += held.bytes;
    this.schedule.append(held, subject);
  }

  /** P5: what is queued of the subject below the deletion ends as erased at once; a call in flight finishes first. */
  private eraseQueued(subject: HashedSubject, deletion: Offset, now: Now): void {
    const lane = this.schedule.lane(subject);
    if (lane === undefined) return;
    const inFlight = lane.state === 'in-flight' ? lane.head : undefined;
    const { head } = lane;
    const erased = lane.removeWhere(
      (held) => held !== inFlight && held.record.type !== 'delete' && held.record.offset < deletion,
    );
    if (erased.length === 0) return;
    for (const held of erased) {
      this.release(held);
      this.conclude(held, subject, 'erased', now, {});
    }
    // A head that stays keeps its wait: its deletion is not to be tried before its `Retry-After` because of a later one.
    if (lane.head !== head) this.schedule.requeue(lane);
  }

  /**
   * Nothing is erased before its notice is in the deletions topic. Otherwise a successor of ours, which has not read as far as the
   * tombstone, would send the user's older events after the erasure and bring the person back (P5, docs/adr/0002).
   *
   * Ingest writes the notice right after the tombstone and before it answers. Where it died in between, the owner makes up for it.
   */
  private awaitNotice(lane: Lane, held: HeldRecord, now: Now): void {
    if (held.notice === 'awaited') this.announce(lane.hash, held.record.offset, held.record.receivedAt);
    // Again if it has not come after another grace: compaction may take it before it is read, when an older deletion's notice is late.
    held.notice = held.notice === 'awaited' ? 'repaired' : 'awaited';
    this.schedule.wait(lane, now.monotonicMs + NOTICE_GRACE_MS);
  }

  private announce(subject: HashedSubject, offset: Offset, requestedAt: string): void {
    const liftedFrom = this.state.liftedFrom(subject);
    // Compaction keeps this notice alone: a lift that still holds has to go on with it.
    const lift = liftedFrom !== undefined && liftedFrom > offset ? { liftedFrom } : {};
    this.outbox.push({ kind: 'announce-deletion', notice: { subject, partition: this.partition, offset, requestedAt, ...lift } });
  }

  private noticeArrived(subject: HashedSubject, offset: Offset): void {
    const lane = this.schedule.lane(subject);
    const head = lane?.head;
    if (lane?.state !== 'waiting' || head?.notice === undefined || head.record.offset > offset) return;
    delete head.notice;
    this.schedule.requeue(lane);
  }

  // Dispatch --------------------------------------------------------------------------------------------------------------

  /** Decides the fate of a lane's head; true if that is a call. */
  private dispatchEvent(lane: Lane, held: HeldRecord, now: Now, permit: () => CallPermit): boolean {
    const { record, replay } = held;
    // A former owner's late fact says that it is done (P4).
    if (replay === undefined && this.state.frontier.isFinished(record.offset)) {
      this.dropHead(lane, held);
      return false;
    }
    // P5, last line of defence: whatever brought the event here, the barrier is asked right before the call.
    if (this.barrier.covers(lane.hash, record.offset)) return this.finish(lane, held, 'erased', now, {});

    if (this.barrier.suppresses(lane.hash, record.offset)) {
      return this.finish(lane, held, 'filtered', now, { detail: 'suppressed_after_deletion' });
    }

    const evaluation = (held.evaluation ??= this.options.evaluate(record, lane.hash));
    if (evaluation.kind === 'filtered') {
      return this.finish(lane, held, 'filtered', now, { detail: evaluation.reason, event: evaluation.event });
    }
    if (evaluation.kind === 'undeliverable') return this.finish(lane, held, 'dead-lettered', now, { code: evaluation.code });

    const { event, body, dedupKey } = evaluation;
    const original = this.repeats.originalOf(evaluation, this.barrier.latest(lane.hash));
    if (original === record.offset && replay?.redeliver !== true) {
      this.skipReplayed(held);
      this.dropHead(lane, held);
      return false;
    }
    if (original !== undefined && original !== record.offset) {
      const facts = { event, detail: `of offset ${original}`, ...(dedupKey !== undefined && { dedupKey }) };
      return this.finish(lane, held, 'duplicate', now, facts);
    }
    if (replay !== undefined && record.type === 'identify' && this.repeats.isStaleIdentify(lane.hash, record.offset)) {
      return this.finish(lane, held, 'stale', now, { event });
    }
    if (evaluation.parameters !== undefined) return this.dispatchStep(lane, held, evaluation.parameters, now, permit);
    this.outbox.push({
      kind: 'call',
      ticket: this.startCall(lane, held, permit),
      body,
      attempt: held.attempts + 1,
      ...(record.traceparent !== undefined && { traceparent: record.traceparent }),
    });
    return true;
  }

  /** Decides the next call of an identify that sets its parameters on the person; true unless it has to wait for its gate's turn. */
  private dispatchStep(
    lane: Lane,
    held: HeldRecord,
    parameters: readonly PersonParameter[],
    now: Now,
    permit: () => CallPermit,
  ): boolean {
    const { steps, record } = held;
    if (steps === undefined) {
      held.steps = new PersonSteps({ ...evaluationOf(held), parameters });
      this.schedule.requeue(lane);
      return false;
    }
    const step = steps.next;
    if (step === undefined) {
      this.stepsEnded(lane, held, steps, now);
      return false;
    }
    this.outbox.push({
      kind: 'person',
      ticket: this.startCall(lane, held, permit),
      step,
      attempt: held.attempts + 1,
      ...(record.traceparent !== undefined && { traceparent: record.traceparent }),
    });
    return true;
  }

  private startCall(lane: Lane, held: HeldRecord, permit: () => CallPermit): CallTicket {
    lane.state = 'in-flight';
    this.callsInFlight++;
    if (held.steps?.begun === true) this.betweenSteps--;
    const { partition, generation } = this;
    return { partition, generation, subject: lane.hash, offset: held.record.offset, permit: permit() };
  }

  // Ends ------------------------------------------------------------------------------------------------------------------

  /** @param gate the one that admitted the call: its healthy time is the event's retry budget. */
  private eventFinished(lane: Lane, held: HeldRecord, verdict: Verdict, now: Now, gate: AccountGate): void {
    const evaluation = evaluationOf(held);
    const facts = factsOf(verdict, evaluation);
    if (verdict.kind === 'delivered') {
      this.finish(lane, held, 'delivered', now, facts);
      return;
    }
    // A deletion came while it was in flight: whatever the failed call would have led to, it ends here (P5).
    if (verdict.kind !== 'rejected' && this.barrier.covers(lane.hash, held.record.offset)) {
      this.finish(lane, held, 'erased', now, {});
      return;
    }
    switch (verdict.kind) {
      case 'rejected':
        if (held.steps !== undefined) gate.eventEnded(undefined, now.monotonicMs, now.wallMs);
        this.finish(lane, held, 'rejected', now, facts);
        return;
      case 'dead-letter':
        if (held.steps !== undefined) gate.eventEnded(verdict, now.monotonicMs, now.wallMs);
        this.deadLetterOrWait(lane, held, facts, now, gate);
        return;
      case 'contradicted':
      case 'retry':
        if (this.hasUsedUpItsBudget(held, gate)) this.deadLetterOrWait(lane, held, facts, now, gate);
        else this.retryLater(lane, held, now, verdict.kind === 'retry' ? verdict.retryAfterMs : undefined);
        return;
      case 'stop':
        // The account's fault, not the event's: it keeps its place, and the gate says when to try again (P7).
        held.attempts--;
        this.schedule.requeue(lane);
        return;
    }
  }

  private stepFinished(lane: Lane, held: HeldRecord, steps: PersonSteps, verdict: Verdict, now: Now): void {
    const leadsOn = steps.take(verdict);
    if (steps.begun) this.betweenSteps++;
    if (!leadsOn) return this.eventFinished(lane, held, verdict, now, this.options.persons);
    delete held.failingSinceHealthyMs;
    if (steps.next === undefined) this.stepsEnded(lane, held, steps, now);
    // P5: a deletion that came in the meantime stops what is left to write.
    else if (this.barrier.covers(lane.hash, held.record.offset)) this.finish(lane, held, 'erased', now, {});
    else this.schedule.requeue(lane);
  }

  private stepsEnded(lane: Lane, held: HeldRecord, steps: PersonSteps, now: Now): void {
    const evaluation = evaluationOf(held);
    const { persons } = this.options;
    const { refusal, facts } = steps.end;
    persons.eventEnded(refusal, now.monotonicMs, now.wallMs);
    const all = { event: evaluation.event, ...facts };
    if (refusal === undefined) {
      this.finish(lane, held, 'delivered', now, { ...all, ...keysOf(evaluation) });
      return;
    }
    // P7: it may be the only one left that can probe whether writes are taken again.
    if (!persons.deadLettersAllowed) steps.tryRefusedAgain();
    this.deadLetterOrWait(lane, held, all, now, persons);
  }

  private hasUsedUpItsBudget(held: HeldRecord, { healthyMs }: AccountGate): boolean {
    held.failingSinceHealthyMs ??= healthyMs;
    return healthyMs - held.failingSinceHealthyMs >= this.options.limits.maxAttemptAgeMs;
  }

  /** P7: while the account itself is in doubt nothing is dead-lettered; the event keeps its place. */
  private deadLetterOrWait(lane: Lane, held: HeldRecord, facts: OutcomeFacts, now: Now, gate: AccountGate): void {
    if (gate.deadLettersAllowed) this.finish(lane, held, 'dead-lettered', now, facts);
    else this.retryLater(lane, held, now);
  }

  /** An erasure is never given up: whatever Extole says but yes, it is tried again, and its user waits. */
  private erasureFinished(lane: Lane, held: HeldRecord, verdict: Verdict, now: Now): void {
    switch (verdict.kind) {
      case 'delivered':
        this.finish(lane, held, 'delivered', now, factsOf(verdict));
        return;
      case 'stop':
        held.attempts--;
        this.schedule.requeue(lane);
        return;
      case 'contradicted':
      case 'rejected':
      case 'dead-letter':
        this.retryLater(lane, held, now);
        return;
      case 'retry':
        this.retryLater(lane, held, now, verdict.retryAfterMs);
        return;
    }
  }

  private retryLater(lane: Lane, held: HeldRecord, now: Now, retryAfterMs = 0): void {
    const failures = held.steps === undefined ? held.attempts : ++held.steps.failures;
    this.schedule.wait(lane, now.monotonicMs + backoffMs(failures, this.options.random(), retryAfterMs));
  }

  /** Ends a lane's head with an outcome, and lets the next one have its turn. @returns false, for "no call". */
  private finish(lane: Lane, held: HeldRecord, outcome: OutcomeName, now: Now, facts: OutcomeFacts): false {
    this.conclude(held, lane.hash, outcome, now, facts);
    this.dropHead(lane, held);
    return false;
  }

  private dropHead(lane: Lane, held: HeldRecord): void {
    lane.shift();
    this.release(held);
    this.schedule.requeue(lane);
  }

  private release(held: HeldRecord): void {
    this.held -= held.bytes;
    if (held.steps?.begun === true) this.betweenSteps--;
  }

  /** Decides an outcome. Nothing relies on it before Kafka has acknowledged it; only repeats are known at once. */
  private conclude(held: HeldRecord, subject: HashedSubject, name: OutcomeName, now: Now, facts: OutcomeFacts): void {
    const { record, attempts, replay } = held;
    if (replay?.wasDelivered === true && name !== 'delivered') {
      // Its record must go on saying `delivered`: compaction keeps one outcome per position, and the keys are rebuilt from it.
      this.endReplayed(record.offset, replay.run, name);
      return;
    }
    const context = { partition: this.partition, mappingVersion: this.options.mappingVersion, attempts, run: replay?.run };
    const outcome = buildOutcome(context, record, subject, name, now, facts);
    if (name === 'delivered' && record.type !== 'delete') this.repeats.delivered(outcome);
    this.unwritten++;
    if (attempts > 0) this.calledUnwritten++;
    this.outbox.push({ kind: 'write-outcome', generation: this.generation, outcome });
  }

  /** There is nothing to send and nothing to say: it was delivered, or is a deletion, which is never given up in the live log. */
  private skipReplayed({ record, replay }: HeldRecord): void {
    if (replay !== undefined) this.endReplayed(record.offset, replay.run, 'skipped');
  }

  private endReplayed(offset: Offset, run: string, result: OutcomeName | 'skipped'): void {
    this.outbox.push({ kind: 'replay-ended', partition: this.partition, offset, run, result });
  }

  // Intake ----------------------------------------------------------------------------------------------------------------

  /** P9: stops the partition's intake at its bounds, and where it has read far enough ahead; takes it up again well below them. */
  private adjustIntake(): void {
    const { maxHeldBytes, maxLead, maxUnwrittenOutcomes, readAhead } = this.options.limits;
    const { lead, committable } = this.state.frontier;
    const wasPaused = this.isPaused;
    const fullness = Math.max(
      this.held / maxHeldBytes,
      // What a former owner has finished further ahead is no reason to pause: only what arrives can move the frontier up to it.
      Math.min(lead, this.arrivedNext - committable) / maxLead,
      // What a deletion has overtaken is never held: it is an outcome as soon as it arrives.
      this.unwritten / maxUnwrittenOutcomes,
    );
    this.isFull = isOver(this.isFull, fullness);
    // With a way back of its own: what is held of one blocked user must not keep the others' events from being found.
    this.isAhead =
      readAhead !== undefined &&
      this.schedule.readyCount('event') >= readAhead.lanes &&
      isOver(this.isAhead, this.held / readAhead.bytes);
    if (this.isPaused !== wasPaused) this.outbox.push({ kind: wasPaused ? 'resume' : 'pause', partition: this.partition });
  }

  private get isPaused(): boolean {
    return this.isFull || this.isAhead;
  }
}

/** At its bound, or on the way back from it. */
function isOver(wasOver: boolean, share: number): boolean {
  return share >= (wasOver ? RESUME_BELOW_SHARE : 1);
}

function evaluationOf({ evaluation, record }: HeldRecord): CallEvaluation {
  if (evaluation?.kind !== 'call') throw new Error(`offset ${record.offset} was called without a request`);
  return evaluation;
}

function bytesOf(record: LogRecord): number {
  return (record.value?.length ?? 0) + RECORD_OVERHEAD_BYTES;
}
