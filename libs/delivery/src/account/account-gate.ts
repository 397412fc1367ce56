import type { HashedSubject } from '#segment';
import type { Millis } from '../now.ts';
import { isFailure, isWithdrawn, type FailedVerdict, type Verdict } from '../endings/verdict.ts';
import { AdaptiveLimit } from './adaptive-limit.ts';
import { DeadLetterBurst } from './dead-letter-burst.ts';
import { HealthyTime } from './healthy-time.ts';
import { TokenBucket, type RateLimit } from './token-bucket.ts';

/** Failures in a row, of this many different users, that open the circuit breaker: one user's trouble alone never does (P6). */
const BREAKER_FAILURES = 10;
const BREAKER_SUBJECTS = 5;
const BREAKER_FIRST_MS = 1_000;
const BREAKER_LAST_MS = 30_000;
const PROBE_FIRST_MS = 5_000;
const PROBE_LAST_MS = 60_000;
/** An operator's probe is a call of now: where there is no event to send within this time, none is sent later. */
const OPERATOR_PROBE_FOR_MS = 10_000;

/**
 * Why an account's calls are held back.
 * - `outage`: the circuit breaker; transient failures all over.
 * - `configuration`: P7; Extole says that the set-up is wrong.
 * - `dead-letter-burst`: P7; most events are refused, which looks like a wrong mapping rather than wrong events.
 */
export type FaultReason = 'outage' | 'configuration' | 'dead-letter-burst';

/** The account is at fault; it is probed, and goes on by itself. */
export interface Fault {
  readonly reason: FaultReason;
  readonly code: string;
  readonly status?: number;
  readonly sinceWallMs: Millis;
}

/** An operator has stopped the calls; they go on when an operator says so, and not before. */
export interface OperatorStop {
  readonly sinceWallMs: Millis;
  /** What the operator gave as the reason. */
  readonly note?: string;
}

export type GateState =
  | { readonly kind: 'delivering' }
  | { readonly kind: 'slowed'; readonly concurrency: number; readonly sinceWallMs: Millis }
  | ({ readonly kind: 'stopped' } & Fault)
  /** `fault`: what is wrong with the account besides. */
  | ({ readonly kind: 'stopped'; readonly reason: 'operator'; readonly fault?: Fault } & OperatorStop);

/** The latest call that was not taken. */
export interface FailedCall {
  readonly code: string;
  readonly status?: number;
  readonly atWallMs: Millis;
}

export interface GateOptions {
  /** Calls in flight at most, for the whole account. */
  readonly maxConcurrency: number;
  readonly rateLimit?: RateLimit;
  /** Its events take several calls each: not the answers count towards a burst of dead letters, but the ends that {@link AccountGate.eventEnded} is told. */
  readonly severalCalls?: boolean;
}

/** Lets one call go; handed back when it has ended. */
export interface CallPermit {
  /** Under which stop the call went, counted; 0 before the first. An answer to a call of before a stop says nothing about it. */
  readonly epoch: number;
}

interface Stop extends Fault {
  probeAt: Millis;
  probeEveryMs: Millis;
  probing: boolean;
}

/**
 * Admission of calls to one Extole account in this process: concurrency (AIMD), pace (token bucket), and whether to call at all
 * (circuit breaker, configuration faults, dead-letter bursts, an operator's word). While a fault stops it, it lets one call through at
 * growing intervals, as a probe; a good answer opens it again. While an operator stops it, it lets one through per probe that is asked for.
 */
export class AccountGate {
  private readonly limit: AdaptiveLimit;
  private readonly bucket: TokenBucket | undefined;
  private readonly burst = new DeadLetterBurst();
  private readonly healthy = new HealthyTime();
  private readonly failingSubjects = new Set<HashedSubject>();
  private failuresInARow = 0;
  private stop: Stop | undefined;
  private operatorStop: OperatorStop | undefined;
  /** Until when an operator's probe may take the next call, on the monotonic clock. */
  private operatorProbeUntil: Millis = -Infinity;
  private slowedSince: Millis = 0;
  private lastFailed: FailedCall | undefined;
  private calls = 0;
  private epoch = 0;

  constructor(private readonly options: GateOptions) {
    this.limit = new AdaptiveLimit(options.maxConcurrency);
    this.bucket = options.rateLimit && new TokenBucket(options.rateLimit);
  }

  get inFlight(): number {
    return this.calls;
  }

  get concurrency(): number {
    return this.limit.current;
  }

  get state(): GateState {
    const fault = this.stop && faultOf(this.stop);
    if (this.operatorStop) return { kind: 'stopped', reason: 'operator', ...this.operatorStop, ...(fault && { fault }) };
    if (fault) return { kind: 'stopped', ...fault };
    if (!this.limit.reduced) return { kind: 'delivering' };
    return { kind: 'slowed', concurrency: this.limit.current, sinceWallMs: this.slowedSince };
  }

  /** The programme's own refusals are none. */
  get lastFailure(): FailedCall | undefined {
    return this.lastFailed;
  }

  /** The account's limits are divided among the processes that deliver to it: this one's part, in (0, 1]. */
  setShare(share: number): void {
    this.limit.setMax(Math.floor(this.options.maxConcurrency * share));
    this.bucket?.setShare(share);
  }

  /**
   * When the next call may go, on the monotonic clock: `now` for at once, a later moment to come back at, or undefined if only
   * the end of a call in flight can change it.
   */
  nextCallAt(now: Millis): Millis | undefined {
    // A probe, too, waits for the calls of before the stop that hang: they are calls in flight like any other.
    if (this.calls >= this.limit.current || this.stop?.probing === true) return undefined;
    if (this.operatorStop) {
      if (now >= this.operatorProbeUntil) return undefined;
    } else if (this.stop !== undefined && this.stop.probeAt > now) {
      return this.stop.probeAt;
    }
    return this.bucket?.nextAt(now) ?? now;
  }

  callStarted(now: Millis): CallPermit {
    this.calls++;
    this.bucket?.take(now);
    if (this.stop) this.stop.probing = true;
    this.operatorProbeUntil = -Infinity;
    return { epoch: this.epoch };
  }

  /** Takes in how a call ended. To be told before the event's own fate is decided: it may stop the account first. */
  callFinished(permit: CallPermit, subject: HashedSubject, verdict: Verdict, now: Millis, wallMs: Millis): void {
    this.calls--;
    if (isFailure(verdict)) this.lastFailed = failedCallOf(verdict, wallMs);
    if (this.stop && permit.epoch !== this.epoch) return;
    switch (verdict.kind) {
      case 'delivered':
      case 'contradicted':
      case 'rejected':
        // A refused probe proves the way too, but takes nothing back of what was refused before.
        if (this.stop) this.burst.reset();
        this.answeredWell(now);
        if (this.options.severalCalls !== true) this.burst.record(false);
        return;
      case 'dead-letter':
        // An answer about the event, not about the account: it proves the way, except when bursts are what stopped us.
        if (this.stop?.reason === 'dead-letter-burst') return this.probeFailed(now);
        this.answeredWell(now);
        if (this.options.severalCalls !== true) this.eventEnded(verdict, now, wallMs);
        return;
      case 'retry':
        if (isWithdrawn(verdict)) return this.withdrawn();
        if (verdict.reason === 'throttled') this.congested(now, wallMs);
        if (this.stop) return this.probeFailed(now);
        if (verdict.reason === 'transient') this.failed(subject, verdict, now, wallMs);
        return;
      case 'stop':
        if (this.stop?.reason === 'configuration') return this.probeFailed(now);
        this.halt('configuration', verdict.code, verdict.status, now, wallMs, PROBE_FIRST_MS);
        return;
    }
  }

  /** How an event of several calls has ended: with the refusal given, or well. To be told before its own fate is decided. */
  eventEnded(refusal: Pick<Stop, 'code' | 'status'> | undefined, now: Millis, wallMs: Millis): void {
    if (this.stop !== undefined || !this.burst.record(refusal !== undefined) || refusal === undefined) return;
    this.halt('dead-letter-burst', refusal.code, refusal.status, now, wallMs, PROBE_FIRST_MS);
  }

  /** Whether an event may be dead-lettered now: never while the account itself is in doubt (P7). */
  get deadLettersAllowed(): boolean {
    return this.stop === undefined;
  }

  /** Milliseconds during which the account was seen to be healthy: the clock of an event's retry budget. */
  get healthyMs(): Millis {
    return this.healthy.total;
  }

  /** An operator wants no call any more; those in flight end as they do. */
  stopByOperator(stop: OperatorStop): void {
    this.operatorStop = stop;
    this.operatorProbeUntil = -Infinity;
    this.healthy.interrupted();
  }

  /** An operator wants to see whether a call is taken: the next one goes at once, though all others stay held back. */
  probe(now: Millis): void {
    if (this.operatorStop) this.operatorProbeUntil = now + OPERATOR_PROBE_FOR_MS;
    if (this.stop && !this.stop.probing) this.stop.probeAt = Math.min(this.stop.probeAt, now);
  }

  /** An operator says that calls may go on, and that the fault, if there was one, is mended: the next call goes at once. */
  resume(): void {
    this.operatorStop = undefined;
    this.operatorProbeUntil = -Infinity;
    this.stop = undefined;
    this.burst.reset();
    this.resetFailures();
  }

  private answeredWell(now: Millis): void {
    this.stop = undefined;
    this.resetFailures();
    this.limit.succeeded();
    this.healthy.answered(now);
    // Between the probes of a stopped source no event can use up its time.
    if (this.operatorStop) this.healthy.interrupted();
  }

  private congested(now: Millis, wallMs: Millis): void {
    const wasReduced = this.limit.reduced;
    this.limit.congested(now);
    if (!wasReduced) this.slowedSince = wallMs;
  }

  private failed(subject: HashedSubject, verdict: { code: string; status?: number }, now: Millis, wallMs: Millis): void {
    this.failuresInARow++;
    if (this.failingSubjects.size < BREAKER_SUBJECTS) this.failingSubjects.add(subject);
    if (this.failuresInARow < BREAKER_FAILURES || this.failingSubjects.size < BREAKER_SUBJECTS) return;
    this.halt('outage', verdict.code, verdict.status, now, wallMs, BREAKER_FIRST_MS);
  }

  private halt(reason: FaultReason, code: string, status: number | undefined, now: Millis, wallMs: Millis, every: Millis): void {
    this.epoch++;
    this.stop = {
      reason,
      code,
      sinceWallMs: wallMs,
      probeAt: now + every,
      probeEveryMs: every,
      probing: false,
      ...(status !== undefined && { status }),
    };
    this.healthy.interrupted();
  }

  private probeFailed(now: Millis): void {
    const { stop } = this;
    if (!stop) return;
    stop.probing = false;
    stop.probeEveryMs = Math.min(stop.probeEveryMs * 2, stop.reason === 'outage' ? BREAKER_LAST_MS : PROBE_LAST_MS);
    stop.probeAt = now + stop.probeEveryMs;
  }

  /** No answer was waited for: if it was a probe, the next call is one. */
  private withdrawn(): void {
    if (this.stop !== undefined) this.stop.probing = false;
  }

  private resetFailures(): void {
    this.failuresInARow = 0;
    this.failingSubjects.clear();
  }
}

function faultOf({ reason, code, status, sinceWallMs }: Stop): Fault {
  return { reason, code, sinceWallMs, ...(status !== undefined && { status }) };
}

function failedCallOf({ code, status }: FailedVerdict, atWallMs: Millis): FailedCall {
  return { code, atWallMs, ...(status !== undefined && { status }) };
}
