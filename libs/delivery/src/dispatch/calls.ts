import type { Draft } from '#segment';
import type { CallPermit } from '../account/account-gate.ts';
import type { CallTicket, Decision } from '../decision.ts';
import type { DeletionBarrier } from '../deletion/deletion-barrier.ts';
import type { InDoubt } from '../driver/in-doubt.ts';
import type { Invariant } from '../driver/invariants.ts';
import type { Outbox } from '../driver/outbox.ts';
import type { Endings } from '../endings/endings.ts';
import type { HeldRecord } from '../lanes/held-record.ts';
import type { Lane } from '../lanes/lane.ts';
import type { Now } from '../now.ts';
import type { PersonStep } from '../persons/person-step.ts';

type Decided<Kind extends Decision['kind']> = Draft<Extract<Decision, { kind: Kind }>>;

export interface CallsOptions {
  readonly partition: number;
  readonly generation: number;
  readonly maxUnwrittenOutcomes: number;
  readonly barrier: DeletionBarrier;
  readonly inDoubt: InDoubt;
  readonly endings: Endings;
  readonly outbox: Outbox;
}

/**
 * Decides the calls of a partition: whether any may be sent now, and each one that is.
 *
 * What must hold of a call follows from how it came here and is asked once more all the same. Where it does not hold, nothing is sent and
 * the lane is held back: a user whose events wait is better off than one who is written to against the order or after the deletion (P2, P3, P5).
 */
export class Calls {
  private revoked = false;

  constructor(private readonly options: CallsOptions) {}

  /** The partition is no longer ours (P8). */
  get isRevoked(): boolean {
    return this.revoked;
  }

  revoke(): void {
    this.revoked = true;
  }

  /** P5, P8, P9: whether anything may be sent now. */
  mayStart(now: Now): boolean {
    const { inDoubt, maxUnwrittenOutcomes, barrier } = this.options;
    return !this.revoked && inDoubt.unwritten < maxUnwrittenOutcomes && barrier.isProven(now.monotonicMs);
  }

  /** Decides that an event is sent. @returns false if it is held back. */
  event(lane: Lane, held: HeldRecord, now: Now, permit: () => CallPermit): boolean {
    if (this.isBroken(this.brokenByEvent(lane, held, now), lane, held, now)) return false;
    const { traceparent } = held.record;
    const { body } = held.request;
    const ticket = this.start(lane, held, permit);
    const call: Decided<'call'> = { kind: 'call', ticket, body, attempt: held.attempts + 1 };
    if (traceparent !== undefined) call.traceparent = traceparent;
    this.options.outbox.put(call);
    return true;
  }

  /** Decides the next call of an identify that sets its parameters on the person. @returns false if it is held back. */
  step(lane: Lane, held: HeldRecord, step: PersonStep, now: Now, permit: () => CallPermit): boolean {
    if (this.isBroken(this.brokenByEvent(lane, held, now), lane, held, now)) return false;
    const { traceparent } = held.record;
    const ticket = this.start(lane, held, permit);
    const call: Decided<'person'> = { kind: 'person', ticket, step, attempt: held.attempts + 1 };
    if (traceparent !== undefined) call.traceparent = traceparent;
    this.options.outbox.put(call);
    return true;
  }

  /** Decides that a user is erased. @returns false if that is held back. */
  erasure(lane: Lane, held: HeldRecord, now: Now, permit: () => CallPermit): boolean {
    if (this.isBroken(this.brokenByErasure(lane, held, now), lane, held, now)) return false;
    const ticket = this.start(lane, held, permit);
    this.options.outbox.put({ kind: 'erase', ticket, subject: lane.subject, attempt: held.attempts + 1 });
    return true;
  }

  private start(lane: Lane, held: HeldRecord, permit: () => CallPermit): CallTicket {
    const { partition, generation, inDoubt } = this.options;
    lane.state = 'in-flight';
    inDoubt.callStarted(held);
    return { partition, generation, subject: lane.hash, offset: held.record.offset, permit: permit() };
  }

  private brokenByEvent(lane: Lane, held: HeldRecord, now: Now): Invariant | undefined {
    const broken = this.brokenByAny(lane, held, now);
    if (broken !== undefined) return broken;
    return this.options.barrier.covers(lane.hash, held.record.offset) ? 'call-below-deletion' : undefined;
  }

  private brokenByErasure(lane: Lane, held: HeldRecord, now: Now): Invariant | undefined {
    const broken = this.brokenByAny(lane, held, now);
    if (broken !== undefined) return broken;
    return this.options.barrier.isAnnounced(lane.hash, held.record.offset) ? undefined : 'erasure-without-notice';
  }

  private brokenByAny({ state }: Lane, { hasEnded }: HeldRecord, now: Now): Invariant | undefined {
    if (state === 'in-flight') return 'call-beside-another';
    if (this.revoked) return 'call-of-lost-partition';
    if (!this.options.barrier.isProven(now.monotonicMs)) return 'call-without-proof';
    return hasEnded ? 'call-of-ended' : undefined;
  }

  private isBroken(invariant: Invariant | undefined, lane: Lane, { record }: HeldRecord, now: Now): boolean {
    if (invariant === undefined) return false;
    const { partition, outbox, endings } = this.options;
    outbox.put({ kind: 'invariant-broken', partition, offset: record.offset, invariant });
    // Beside another call the lane is left alone: that one's end says what comes next.
    if (invariant !== 'call-beside-another') endings.holdBack(lane, now);
    return true;
  }
}
