import { toOffset, type HashedSubject, type Offset } from '#segment';
import type { CallPermit } from '../account/account-gate.ts';
import type { Decision } from '../decision.ts';
import { DeletionBarrier } from '../deletion/deletion-barrier.ts';
import type { DeletionNotice } from '../deletion/deletion-record.ts';
import { Deletions } from '../deletion/deletions.ts';
import { Calls } from '../dispatch/calls.ts';
import { Dispatch } from '../dispatch/dispatch.ts';
import { Repeats } from '../dispatch/repeats.ts';
import { Answers } from '../endings/answers.ts';
import { Conclusions } from '../endings/conclusions.ts';
import { Endings } from '../endings/endings.ts';
import type { Outcome } from '../endings/outcome.ts';
import type { Verdict } from '../endings/verdict.ts';
import { LaneSchedule, type EventTurn, type Turn } from '../lanes/lane-schedule.ts';
import type { LogRecord, ReadRecords } from '../log-record.ts';
import type { Appended, Logged } from '../logged.ts';
import type { Millis, Now } from '../now.ts';
import { ReplayEnds } from '../replay/replay-ends.ts';
import type { ReplayTag } from '../replay/replay-tag.ts';
import type { PartitionState } from '../state/partition-state.ts';
import { Arrivals } from './arrivals.ts';
import type { DriverOptions } from './driver-options.ts';
import { InDoubt } from './in-doubt.ts';
import { Intake } from './intake.ts';
import { Outbox } from './outbox.ts';

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
  private readonly outbox = new Outbox();
  private readonly schedule = new LaneSchedule();
  private readonly doubt = new InDoubt();
  private readonly intake: Intake;
  private readonly arrivals: Arrivals;
  private readonly deletions: Deletions;
  private readonly dispatching: Dispatch;
  private readonly calls: Calls;
  private readonly answers: Answers;
  private readonly conclusions: Conclusions;
  private committed: Offset | undefined;

  constructor(options: DriverOptions) {
    const { partition, generation, state, limits, mappingVersion, evaluate, hashSubject, events, persons } = options;
    const { maxUnwrittenOutcomes, maxAttemptAgeMs } = limits;
    const { frontier } = state;
    const { outbox, schedule, doubt: inDoubt } = this;
    const replays = new ReplayEnds(partition, outbox);
    const repeats = new Repeats(state);
    const barrier = new DeletionBarrier(state, limits.deletionLagBoundMs, options.afterDeletion ?? 'accept');
    const intake = new Intake(partition, limits, frontier, schedule, inDoubt, outbox);
    const shared = { partition, generation, state, barrier, schedule, intake, inDoubt, outbox };
    const conclusions = new Conclusions({ ...shared, mappingVersion, repeats, replays });
    const endings = new Endings(conclusions, schedule, intake, options.random);
    const deletions = new Deletions({ ...shared, conclusions, endings });
    const answers = new Answers({ ...shared, maxAttemptAgeMs, events, persons, endings });
    const calls = new Calls({ ...shared, maxUnwrittenOutcomes, endings });
    const known = { frontier, barrier, repeats, evaluate };
    this.partition = partition;
    this.generation = generation;
    this.state = state;
    this.intake = intake;
    this.arrivals = new Arrivals({ frontier, barrier, intake, deletions, conclusions, replays, hashSubject });
    this.deletions = deletions;
    this.dispatching = new Dispatch({ known, schedule, intake, calls, endings, answers, deletions, replays });
    this.calls = calls;
    this.answers = answers;
    this.conclusions = conclusions;
  }

  // What happened ---------------------------------------------------------------------------------------------------------

  /**
   * Records of the events partition. One that is held or finished already is ignored (a redelivery after a rejoin).
   *
   * @returns false if they were asked for from beyond what has arrived, so that nothing is taken in: what lies between would pass for done (P1). An answer to a
   * question of before a rejoin is such a one. Ask again from where we stand.
   */
  recordsArrived({ from, records, next }: ReadRecords, now: Now): boolean {
    if (this.calls.isRevoked) return true;
    if (from > this.intake.arrivedNext) return false;
    for (const record of records) this.arrivals.arrived(record, now);
    // At the end of the log no record tells that there is none.
    this.intake.passTo(next);
    this.intake.adjust();
    return true;
  }

  /**
   * A record that a replay brings back. It goes behind what its user has in hand, and ends by a `replay-ended` decision.
   *
   * @throws RangeError at or above the frontier: the live log has it in hand, and it must not be in here twice.
   */
  recordReplayed(record: LogRecord, replay: ReplayTag, now: Now): void {
    if (this.calls.isRevoked) return;
    this.arrivals.replayed(record, replay, now);
  }

  /** A notice of the deletions partition. From now on no earlier event of the subject is sent (P5). */
  deletionArrived(notice: Logged<DeletionNotice>, now: Now): void {
    this.deletions.noticeRead(notice, now);
  }

  /** The deletions partition was read to its end by a request sent at `at`: every deletion of before then is known (P5). */
  deletionsProven(at: Millis): void {
    this.deletions.proven(at);
  }

  /** How a call ended. The account's gate has been told before. */
  callFinished(offset: Offset, subject: HashedSubject, verdict: Verdict, now: Now): void {
    this.doubt.callEnded();
    const lane = this.schedule.lane(subject);
    const held = lane?.head;
    if (lane === undefined || held?.record.offset !== offset || lane.state !== 'in-flight') {
      throw new Error(`the call of offset ${offset} in partition ${this.partition} ended, but its lane did not wait for it`);
    }
    held.attempts++;
    if (held.record.type === 'delete') this.deletions.erasureAnswered(lane, held, verdict, now);
    else if (held.steps !== undefined) this.answers.step(lane, held, held.steps, verdict, now);
    else this.answers.event(lane, held, verdict, now);
    this.intake.adjust();
  }

  /**
   * An outcome is in Kafka: now it may be relied on, and only now.
   *
   * @param at where its own record stands in the outcomes partition.
   */
  outcomeWritten(outcome: Outcome, at: Appended): void {
    this.conclusions.written(outcome, at);
    this.intake.adjust();
  }

  /** Outcomes up to, not including, `next` were read back from the topic: a former owner's late facts among them. */
  outcomesRead(outcomes: readonly Logged<Outcome>[], next: Offset): void {
    for (const { fact, appendedAt } of outcomes) this.state.applyOutcome(fact, appendedAt);
    this.state.outcomesNext = toOffset(Math.max(this.state.outcomesNext, next));
    this.intake.adjust();
  }

  commitAcknowledged(offset: Offset): void {
    this.committed = offset;
  }

  /** Time has passed: retries that are due become ready. */
  tick(now: Now): void {
    this.schedule.wake(now.monotonicMs);
    this.doubt.tick(now.monotonicMs);
  }

  /** The partition is no longer ours: nothing more is called or committed (P8); calls in flight still record their outcome. */
  revoke(): void {
    this.calls.revoke();
  }

  // What to do ------------------------------------------------------------------------------------------------------------

  /** Takes the decisions that have piled up, in order. */
  takeDecisions(): Decision[] {
    return this.outbox.take();
  }

  /**
   * Works through ready lanes until one event needs a call, which it then decides; events that need none (duplicates, filtered)
   * end on the way, up to `evaluations` of them.
   *
   * @returns how many were evaluated, and whether a call was decided.
   */
  dispatch(turn: EventTurn, now: Now, permit: () => CallPermit, evaluations: number): { evaluated: number; called: boolean } {
    return this.dispatching.events(turn, now, permit, evaluations);
  }

  /** Decides the next erasure; false if none is ready. */
  dispatchErasure(now: Now, permit: () => CallPermit): boolean {
    return this.dispatching.erasure(now, permit);
  }

  hasReady(turn: Turn): boolean {
    return this.schedule.hasReady(turn);
  }

  /** P5, P6, P8, P9: whether anything may be sent now. */
  mayDispatch(now: Now): boolean {
    return this.calls.mayStart(now) && !this.isStalled(now);
  }

  /** P6: Kafka takes no outcomes of the partition. Nothing more is sent of it, so that the others of the source do not wait for it. */
  isStalled(now: Now): boolean {
    return this.doubt.isStalled(now.monotonicMs);
  }

  /** P5: false while the proof that all deletions are known is too old. */
  knowsItsDeletions(now: Now): boolean {
    return this.deletions.areKnown(now);
  }

  /** When it is stalled if Kafka stays silent; Infinity if that is nothing to wait for. */
  stallsAt(now: Now): Millis {
    return this.doubt.stallsAt(now.monotonicMs);
  }

  /** The offset to commit, if it has moved since the last acknowledged commit. Never passes unfinished work (P8). */
  get commitDue(): Offset | undefined {
    const { committable } = this.state.frontier;
    return this.calls.isRevoked || committable === this.committed ? undefined : committable;
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
    const { frontier } = this.state;
    return {
      frontier: frontier.committable,
      arrivedNext: this.intake.arrivedNext,
      lead: frontier.lead,
      lanes: this.schedule.size,
      waiting: this.schedule.waitingCount,
      inFlight: this.doubt.calls,
      heldBytes: this.intake.heldBytes,
      unwrittenOutcomes: this.doubt.unwritten,
      paused: this.intake.isPaused,
    };
  }

  /** Calls whose outcome Kafka has not acknowledged: what a crash now would repeat (P4, docs/adr/0009). */
  get inDoubt(): number {
    return this.doubt.total;
  }

  /** Identifies that Extole has taken, and that wait for their next step. */
  get waitingForStep(): number {
    return this.doubt.betweenSteps;
  }

  /** True once nothing is in flight and every outcome is written: the end of a drain. */
  get isQuiet(): boolean {
    return this.doubt.calls === 0 && this.doubt.unwritten === 0;
  }
}
