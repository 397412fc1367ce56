import { nextOffset, toOffset, type Hash, type HashedSubject, type Offset, type SubjectKey } from '#segment';
import type { AccountGate, CallPermit } from './account/account-gate.ts';
import type { CallTicket, Decision } from './decision.ts';
import type { DeletionNotice } from './deletion-record.ts';
import type { Evaluate, Evaluation } from './evaluation.ts';
import { Fifo } from './fifo.ts';
import { Lane, type HeldRecord } from './lane.ts';
import type { LogRecord } from './log-record.ts';
import type { Millis, Now } from './now.ts';
import type { Outcome, OutcomeName } from './outcome.ts';
import { backoffMs } from './retry-policy.ts';
import type { PartitionState } from './state/partition-state.ts';
import { TimerHeap } from './timer-heap.ts';
import type { Verdict } from './verdict.ts';

/** A held record costs about this much beside its value. */
const RECORD_OVERHEAD_BYTES = 300;
/** A tombstone is read this long before its notice at most, if ingest has not died in between. */
const NOTICE_GRACE_MS = 2_000;
/** A paused partition resumes when it has worked off this much of its bound, so that it does not flutter. */
const RESUME_BELOW_SHARE = 0.5;

export interface DriverLimits {
  /** Bytes of records held before the partition is paused (P9). */
  readonly maxHeldBytes: number;
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
  /** Of the consumer group, at assignment; tells this owner's calls and writes from a former one's. */
  readonly generation: number;
  /** Restored from the topics up to their ends after the assignment. */
  readonly state: PartitionState;
  readonly evaluate: Evaluate;
  readonly hashSubject: (subject: SubjectKey) => HashedSubject;
  readonly mappingVersion: string;
  readonly limits: DriverLimits;
  /** Uniform in [0, 1), for the jitter of retries. */
  readonly random: () => number;
  /** Admission of event calls; shared by the account's partitions in this process. */
  readonly events: AccountGate;
  /** Admission of erasures: they have their own pace and their own faults. */
  readonly erasures: AccountGate;
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
  private readonly lanes = new Map<HashedSubject, Lane>();
  private readonly readyEvents = new Fifo<Lane>();
  private readonly readyErasures = new Fifo<Lane>();
  private readonly waiting = new TimerHeap<{ readonly lane: Lane; readonly wait: number }>();
  /** Keys of events that Extole has taken and whose outcome Kafka has not acknowledged yet: the state must not know them (P4). */
  private readonly unwrittenKeys = new Map<Hash, Offset>();
  /** Latest tombstone per subject that was read from the events topic before its notice was: the state knows notices only. */
  private readonly tombstones = new Map<HashedSubject, Offset>();
  private outbox: Decision[] = [];
  /** The next offset that has not arrived; what arrives below it is a repeat. */
  private arrivedNext: Offset;
  private committed: Offset | undefined;
  private held = 0;
  private unwritten = 0;
  private calledUnwritten = 0;
  private callsInFlight = 0;
  private paused = false;
  private revoked = false;
  private deletionsProvenAt: Millis | undefined;

  constructor(private readonly options: DriverOptions) {
    this.partition = options.partition;
    this.generation = options.generation;
    this.state = options.state;
    this.arrivedNext = options.state.frontier.committable;
  }

  // What happened ---------------------------------------------------------------------------------------------------------

  /** Records of the events partition, ascending. One that is held or finished already is ignored (a redelivery after a rejoin). */
  recordsArrived(records: readonly LogRecord[], now: Now): void {
    if (this.revoked) return;
    for (const record of records) this.recordArrived(record, now);
    this.adjustIntake();
  }

  /** Offsets up to `next` hold no further record: what was asked for has been read, or has never been there. */
  offsetsEmptyBelow(next: Offset): void {
    if (next <= this.arrivedNext) return;
    this.state.frontier.finishGap(this.arrivedNext, next);
    this.arrivedNext = next;
  }

  /** A notice of the deletions partition. From now on no earlier event of the subject is sent (P5). */
  deletionArrived(notice: DeletionNotice, now: Now): void {
    const known = this.state.latestDeletion(notice.subject);
    if (known !== undefined && known > notice.offset) {
      // Two ingests wrote the notices of two deletions in swapped order. Compaction keeps the last one: it has to be the later deletion's.
      this.announce(notice.subject, known, notice.requestedAt);
      return;
    }
    this.state.applyDeletion(notice);
    const tombstone = this.tombstones.get(notice.subject);
    if (tombstone !== undefined && tombstone <= notice.offset) this.tombstones.delete(notice.subject);
    this.raiseBarrier(notice.subject, notice.offset, now);
    this.noticeArrived(notice.subject, notice.offset);
  }

  /** The deletions partition was read to its end by a request sent at `at`: every deletion of before then is known (P5). */
  deletionsProven(at: Millis): void {
    if (this.deletionsProvenAt === undefined || at > this.deletionsProvenAt) this.deletionsProvenAt = at;
  }

  /** How a call ended. The account's gate has been told before. */
  callFinished(offset: Offset, subject: HashedSubject, verdict: Verdict, now: Now): void {
    this.callsInFlight--;
    const lane = this.lanes.get(subject);
    const held = lane?.head;
    if (lane === undefined || held === undefined || held.record.offset !== offset || lane.state !== 'in-flight') {
      throw new Error(`the call of offset ${offset} in partition ${this.partition} ended, but its lane did not wait for it`);
    }
    held.attempts++;
    if (held.record.type === 'delete') this.erasureFinished(lane, held, verdict, now);
    else this.eventFinished(lane, held, verdict, now);
    this.adjustIntake();
  }

  /** The outcome of `offset` is in Kafka: now it may be relied on, and only now. */
  outcomeWritten(outcome: Outcome, at?: Offset): void {
    this.unwritten--;
    if (outcome.attempts > 0) this.calledUnwritten--;
    if (outcome.messageKey !== undefined) this.forgetUnwritten(outcome.messageKey, outcome.position.offset);
    if (outcome.dedupKey !== undefined) this.forgetUnwritten(outcome.dedupKey, outcome.position.offset);
    this.state.applyOutcome(outcome);
    // Only without a gap: what lies in between is a former owner's late fact, and a checkpoint must not claim to know it.
    if (at === this.state.outcomesNext) this.state.outcomesNext = nextOffset(at);
    this.adjustIntake();
  }

  /** Outcomes up to, not including, `next` were read back from the topic: a former owner's late facts among them. */
  outcomesRead(outcomes: readonly Outcome[], next: Offset): void {
    for (const outcome of outcomes) this.state.applyOutcome(outcome);
    this.state.outcomesNext = toOffset(Math.max(this.state.outcomesNext, next));
  }

  commitAcknowledged(offset: Offset): void {
    this.committed = offset;
  }

  /** The offset of the last acknowledged commit of this owner. */
  get committedOffset(): Offset | undefined {
    return this.committed;
  }

  /** Time has passed: retries that are due become ready. */
  tick(now: Now): void {
    for (let due = this.waiting.takeDue(now.monotonicMs); due !== undefined; due = this.waiting.takeDue(now.monotonicMs)) {
      if (due.lane.state === 'waiting' && due.lane.wait === due.wait) this.enqueue(due.lane);
    }
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
  dispatchEvent(
    now: Now,
    permit: () => CallPermit,
    evaluations: number,
  ): { readonly evaluated: number; readonly called: boolean } {
    let evaluated = 0;
    while (evaluated < evaluations && this.mayDispatch(now)) {
      const lane = this.readyEvents.shift();
      if (lane === undefined) break;
      evaluated++;
      if (this.dispatchHead(lane, now, permit)) return { evaluated, called: true };
    }
    return { evaluated, called: false };
  }

  /** Decides the next erasure; false if none is ready. */
  dispatchErasure(now: Now, permit: () => CallPermit): boolean {
    while (this.mayDispatch(now)) {
      const lane = this.readyErasures.shift();
      if (lane === undefined) return false;
      const held = lane.head;
      if (lane.state !== 'queued' || held?.record.type !== 'delete') continue;
      if (!this.isAnnounced(lane.hash, held.record.offset)) {
        this.awaitNotice(lane, held, now);
        continue;
      }
      this.outbox.push({
        kind: 'erase',
        ticket: this.startCall(lane, held, permit),
        subject: lane.subject,
        attempt: held.attempts + 1,
      });
      return true;
    }
    return false;
  }

  get hasReadyEvents(): boolean {
    return this.readyEvents.length > 0;
  }

  get hasReadyErasures(): boolean {
    return this.readyErasures.length > 0;
  }

  /** P5, P8, P9: whether anything may be sent now. */
  mayDispatch(now: Now): boolean {
    return !this.revoked && this.unwritten < this.options.limits.maxUnwrittenOutcomes && this.knowsItsDeletions(now);
  }

  /** P5: false while the proof that all deletions are known is too old. */
  knowsItsDeletions(now: Now): boolean {
    return (
      this.deletionsProvenAt !== undefined && now.monotonicMs - this.deletionsProvenAt <= this.options.limits.deletionLagBoundMs
    );
  }

  /** The offset to commit, if it has moved since the last acknowledged commit. Never passes unfinished work (P8). */
  get commitDue(): Offset | undefined {
    const { committable } = this.state.frontier;
    return this.revoked || committable === this.committed ? undefined : committable;
  }

  /** When `tick` has something to do next, on the monotonic clock. */
  get nextTickAt(): Millis | undefined {
    return this.waiting.nextAt;
  }

  // Figures ---------------------------------------------------------------------------------------------------------------

  get figures() {
    return {
      frontier: this.state.frontier.committable,
      arrivedNext: this.arrivedNext,
      lead: this.state.frontier.lead,
      lanes: this.lanes.size,
      waiting: this.waiting.size,
      inFlight: this.callsInFlight,
      heldBytes: this.held,
      unwrittenOutcomes: this.unwritten,
      paused: this.paused,
    };
  }

  /** Calls whose outcome Kafka has not acknowledged: what a crash now would repeat (P4). */
  get inDoubt(): number {
    return this.callsInFlight + this.calledUnwritten;
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
    if (record.type === 'delete') this.tombstoneArrived(subject, record.offset, now);
    // An outcome of an earlier owner, far ahead of the committed offset, stands.
    if (this.state.frontier.isFinished(record.offset)) return;
    if (record.type !== 'delete' && this.isErased(subject, record.offset)) {
      this.conclude(this.outcomeOf(record, subject, 'erased', now));
      return;
    }
    this.hold(record, subject);
  }

  private tombstoneArrived(subject: HashedSubject, offset: Offset, now: Now): void {
    if ((this.state.latestDeletion(subject) ?? -1) < offset) this.tombstones.set(subject, offset);
    this.raiseBarrier(subject, offset, now);
  }

  private hold(record: LogRecord, subject: HashedSubject): void {
    const held: HeldRecord = { record, bytes: (record.value?.length ?? 0) + RECORD_OVERHEAD_BYTES, attempts: 0 };
    this.held += held.bytes;
    const lane = this.lanes.get(subject);
    if (lane !== undefined) {
      lane.queue.push(held);
      return;
    }
    const opened = new Lane(record.subject, subject);
    opened.queue.push(held);
    this.lanes.set(subject, opened);
    this.enqueue(opened);
  }

  /** What is queued of the subject below the deletion ends as erased at once; a call in flight finishes first (P5). */
  private raiseBarrier(subject: HashedSubject, deletion: Offset, now: Now): void {
    const lane = this.lanes.get(subject);
    if (lane === undefined) return;
    const inFlight = lane.state === 'in-flight' ? lane.head : undefined;
    const erased = lane.queue.removeWhere(
      (held) => held !== inFlight && held.record.type !== 'delete' && held.record.offset < deletion,
    );
    if (erased.length === 0) return;
    for (const held of erased) {
      this.held -= held.bytes;
      this.conclude(this.outcomeOf(held.record, subject, 'erased', now, { attempts: held.attempts }));
    }
    if (inFlight === undefined) this.requeue(lane);
  }

  /** Whether the deletions topic is known to hold a notice of the tombstone at `offset`, or of a later one. */
  private isAnnounced(subject: HashedSubject, offset: Offset): boolean {
    return (this.state.latestDeletion(subject) ?? -1) >= offset;
  }

  /**
   * Nothing is erased before its notice is in the deletions topic. Otherwise a successor of ours, which has not read as far as the
   * tombstone, would send the user's older events after the erasure and bring the person back (P5).
   *
   * Ingest writes the notice right after the tombstone and before it answers. Where it died in between, the owner makes up for it.
   */
  private awaitNotice(lane: Lane, held: HeldRecord, now: Now): void {
    if (held.notice === 'awaited') {
      this.announce(lane.hash, held.record.offset, held.record.receivedAt);
    }
    held.notice = held.notice === undefined ? 'awaited' : 'repaired';
    this.wait(lane, NOTICE_GRACE_MS, now);
  }

  private announce(subject: HashedSubject, offset: Offset, requestedAt: string): void {
    this.outbox.push({ kind: 'announce-deletion', notice: { subject, partition: this.partition, offset, requestedAt } });
  }

  private noticeArrived(subject: HashedSubject, offset: Offset): void {
    const lane = this.lanes.get(subject);
    const head = lane?.head;
    if (lane?.state !== 'waiting' || head?.notice === undefined || head.record.offset > offset) return;
    delete head.notice;
    this.enqueue(lane);
  }

  private isErased(subject: HashedSubject, offset: Offset): boolean {
    return offset < this.latestDeletion(subject);
  }

  /** The subject's latest deletion by either topic; -1 if there is none. */
  private latestDeletion(subject: HashedSubject): number {
    return Math.max(this.state.latestDeletion(subject) ?? -1, this.tombstones.get(subject) ?? -1);
  }

  // Dispatch --------------------------------------------------------------------------------------------------------------

  /** Decides the fate of a lane's head; true if that is a call. */
  private dispatchHead(lane: Lane, now: Now, permit: () => CallPermit): boolean {
    const held = lane.head;
    // The lane may have been emptied or turned to an erasure by a deletion while it stood in the ready queue.
    if (held === undefined || lane.state !== 'queued' || held.record.type === 'delete') return false;
    const { record } = held;
    // A former owner's late fact says that it is done (P4).
    if (this.state.frontier.isFinished(record.offset)) {
      this.popHead(lane);
      this.requeue(lane);
      return false;
    }
    // P5, last line of defence: whatever brought the event here, the barrier is asked right before the call.
    if (this.isErased(lane.hash, record.offset)) {
      this.finishHead(lane, this.outcomeOf(record, lane.hash, 'erased', now, { attempts: held.attempts }));
      return false;
    }
    const evaluation = (held.evaluation ??= this.options.evaluate(record));
    switch (evaluation.kind) {
      case 'filtered':
        this.finishHead(
          lane,
          this.outcomeOf(record, lane.hash, 'filtered', now, { detail: evaluation.reason, event: evaluation.event }),
        );
        return false;
      case 'undeliverable':
        this.finishHead(lane, this.outcomeOf(record, lane.hash, 'dead-lettered', now, { code: evaluation.code }));
        return false;
      case 'call': {
        const original = this.originalOf(evaluation, lane.hash);
        if (original !== undefined) {
          const facts = { detail: `of offset ${original}`, event: evaluation.event, attempts: held.attempts };
          this.finishHead(lane, this.outcomeOf(record, lane.hash, 'duplicate', now, facts, evaluation));
          return false;
        }
        this.outbox.push({
          kind: 'call',
          ticket: this.startCall(lane, held, permit),
          body: evaluation.body,
          attempt: held.attempts + 1,
          ...(record.traceparent !== undefined && { traceparent: record.traceparent }),
        });
        return true;
      }
    }
  }

  private startCall(lane: Lane, held: HeldRecord, permit: () => CallPermit): CallTicket {
    lane.state = 'in-flight';
    this.callsInFlight++;
    const { partition, generation } = this;
    return { partition, generation, subject: lane.hash, offset: held.record.offset, permit: permit() };
  }

  /**
   * The offset of the delivered event that this one repeats, or undefined.
   *
   * A partner key counts only within the user's present life: a person who was deleted and comes back registers anew (docs/adr/0003). A
   * message id counts for good: its repeat is the same message, however late.
   */
  private originalOf(evaluation: Extract<Evaluation, { kind: 'call' }>, subject: HashedSubject): Offset | undefined {
    const sameMessage = this.unwrittenKeys.get(evaluation.messageKey) ?? this.state.deliveredWith(evaluation.messageKey);
    if (sameMessage !== undefined || evaluation.dedupKey === undefined) return sameMessage;
    const sameKey = this.unwrittenKeys.get(evaluation.dedupKey) ?? this.state.deliveredWith(evaluation.dedupKey);
    if (sameKey === undefined) return undefined;
    return sameKey > this.latestDeletion(subject) ? sameKey : undefined;
  }

  // Ends ------------------------------------------------------------------------------------------------------------------

  private eventFinished(lane: Lane, held: HeldRecord, verdict: Verdict, now: Now): void {
    const { record } = held;
    const evaluation = held.evaluation;
    if (evaluation?.kind !== 'call') throw new Error(`offset ${record.offset} was called without a request`);
    const facts = { event: evaluation.event, attempts: held.attempts, ...factsOf(verdict) };
    switch (verdict.kind) {
      case 'delivered':
        this.unwrittenKeys.set(evaluation.messageKey, record.offset);
        if (evaluation.dedupKey !== undefined) this.unwrittenKeys.set(evaluation.dedupKey, record.offset);
        this.finishHead(lane, this.outcomeOf(record, lane.hash, 'delivered', now, facts, evaluation));
        return;
      case 'rejected':
        this.finishHead(lane, this.outcomeOf(record, lane.hash, 'rejected', now, facts));
        return;
      case 'dead-letter':
        if (this.endErased(lane, held, now)) return;
        this.deadLetterOrWait(lane, held, facts, now);
        return;
      case 'retry':
        if (this.endErased(lane, held, now)) return;
        held.failingSinceHealthyMs ??= this.options.events.healthyMs;
        if (this.options.events.healthyMs - held.failingSinceHealthyMs >= this.options.limits.maxAttemptAgeMs) {
          this.deadLetterOrWait(lane, held, facts, now);
        } else {
          this.wait(lane, backoffMs(held.attempts, this.options.random(), verdict.retryAfterMs), now);
        }
        return;
      case 'stop':
        if (this.endErased(lane, held, now)) return;
        // The account's fault, not the event's: it stays at the head of its lane, and the gate says when to try again (P7).
        this.enqueue(lane);
        return;
    }
  }

  /** P7: while the account itself is in doubt nothing is dead-lettered; the event keeps its place. */
  private deadLetterOrWait(lane: Lane, held: HeldRecord, facts: OutcomeFacts, now: Now): void {
    if (this.options.events.deadLettersAllowed) {
      this.finishHead(lane, this.outcomeOf(held.record, lane.hash, 'dead-lettered', now, facts));
    } else {
      this.wait(lane, backoffMs(held.attempts, this.options.random()), now);
    }
  }

  /** A deletion came while the head was in flight: whatever the failed call would have led to, it ends here. */
  private endErased(lane: Lane, held: HeldRecord, now: Now): boolean {
    if (!this.isErased(lane.hash, held.record.offset)) return false;
    this.finishHead(lane, this.outcomeOf(held.record, lane.hash, 'erased', now, { attempts: held.attempts }));
    return true;
  }

  /** An erasure is never given up: whatever Extole says but yes, it is tried again, and its user waits. */
  private erasureFinished(lane: Lane, held: HeldRecord, verdict: Verdict, now: Now): void {
    switch (verdict.kind) {
      case 'delivered': {
        const outcome = this.outcomeOf(held.record, lane.hash, 'delivered', now, {
          attempts: held.attempts,
          ...factsOf(verdict),
        });
        this.finishHead(lane, outcome);
        return;
      }
      case 'stop':
        this.enqueue(lane);
        return;
      case 'rejected':
      case 'dead-letter':
      case 'retry':
        this.wait(
          lane,
          backoffMs(held.attempts, this.options.random(), verdict.kind === 'retry' ? verdict.retryAfterMs : 0),
          now,
        );
        return;
    }
  }

  private wait(lane: Lane, ms: Millis, now: Now): void {
    lane.state = 'waiting';
    lane.wait++;
    this.waiting.add(now.monotonicMs + ms, { lane, wait: lane.wait });
  }

  private finishHead(lane: Lane, outcome: Outcome): void {
    this.popHead(lane);
    this.conclude(outcome);
    this.requeue(lane);
  }

  private popHead(lane: Lane): void {
    const held = lane.queue.shift();
    if (held !== undefined) this.held -= held.bytes;
  }

  /** Puts the lane where its present head belongs, or closes it if it has none. */
  private requeue(lane: Lane): void {
    if (lane.queue.length === 0) this.lanes.delete(lane.hash);
    else this.enqueue(lane);
  }

  private enqueue(lane: Lane): void {
    lane.state = 'queued';
    (lane.head?.record.type === 'delete' ? this.readyErasures : this.readyEvents).push(lane);
  }

  private conclude(outcome: Outcome): void {
    this.unwritten++;
    if (outcome.attempts > 0) this.calledUnwritten++;
    this.write(outcome);
  }

  private write(outcome: Outcome): void {
    this.outbox.push({ kind: 'write-outcome', generation: this.generation, outcome });
  }

  private forgetUnwritten(key: Hash, offset: Offset): void {
    if (this.unwrittenKeys.get(key) === offset) this.unwrittenKeys.delete(key);
  }

  // Intake ----------------------------------------------------------------------------------------------------------------

  /** P9: stops the partition's intake at its bounds, and takes it up again well below them. */
  private adjustIntake(): void {
    const { maxHeldBytes, maxLead } = this.options.limits;
    const share = Math.max(this.held / maxHeldBytes, this.state.frontier.lead / maxLead);
    if (!this.paused && share >= 1) {
      this.paused = true;
      this.outbox.push({ kind: 'pause', partition: this.partition });
    } else if (this.paused && share < RESUME_BELOW_SHARE) {
      this.paused = false;
      this.outbox.push({ kind: 'resume', partition: this.partition });
    }
  }

  private outcomeOf(
    record: LogRecord,
    subject: HashedSubject,
    outcome: OutcomeName,
    now: Now,
    facts: OutcomeFacts = {},
    keys: { readonly messageKey?: Hash; readonly dedupKey?: Hash } = {},
  ): Outcome {
    const received = Date.parse(record.receivedAt);
    const { event, attempts = 0, ...rest } = facts;
    return {
      schema: 1,
      outcome,
      type: record.type,
      ...(event !== undefined && { event }),
      subject,
      messageId: record.messageId,
      ...(keys.dedupKey !== undefined && { dedupKey: keys.dedupKey }),
      ...(keys.messageKey !== undefined && { messageKey: keys.messageKey }),
      position: { partition: this.partition, offset: toOffset(record.offset) },
      attempts,
      ...rest,
      mappingVersion: this.options.mappingVersion,
      latencyMs: Number.isNaN(received) ? 0 : Math.max(0, Math.round(now.wallMs - received)),
      at: new Date(now.wallMs).toISOString(),
    };
  }
}

interface OutcomeFacts {
  readonly event?: string | undefined;
  readonly attempts?: number;
  readonly status?: number;
  readonly code?: string;
  readonly detail?: string;
  readonly extoleId?: string;
}

function factsOf(verdict: Verdict): OutcomeFacts {
  return {
    ...(verdict.status !== undefined && { status: verdict.status }),
    ...('code' in verdict && { code: verdict.code }),
    ...('uniqueId' in verdict && verdict.uniqueId !== undefined && { detail: verdict.uniqueId }),
    ...('extoleId' in verdict && verdict.extoleId !== undefined && { extoleId: verdict.extoleId }),
  };
}
