import type { HashedSubject, Offset } from '#segment';
import type { CallKind, PersonStep, StoredParameter, Verdict } from '../index.ts';
import type { Random } from './random.ts';
import { SimulatedPersons } from './simulated-persons.ts';

/** One call as the simulated Extole saw it. */
export interface LedgerEntry {
  readonly partition: number;
  readonly offset: Offset;
  readonly subject: HashedSubject;
  readonly kind: CallKind;
  readonly body: string;
  /** Of a call of kind `person`. */
  readonly step?: PersonStep;
  /** Of the ownership that called. */
  readonly generation: number;
  /** Of a call that hangs: when the caller gives it up. */
  readonly hangsUntil: number | undefined;
  /** Extole is no longer at it. */
  ended: boolean;
  /** Whether Extole applied it, whatever the caller came to know. */
  applied: boolean;
  /** Of a read: what the person had. */
  shown?: ReadonlyMap<string, StoredParameter> | undefined;
  /** What the caller came to know; undefined if it died before. */
  answered: Verdict['kind'] | undefined;
}

/** How Extole is doing: most of the time it answers as `failures` says. */
export type Weather = 'fair' | 'outage' | 'throttling' | 'configuration-fault' | 'refusing';

const CALL_TIMEOUT_MS = 10_000;

/** Extole with its ledger: what it was sent, applied and answered. */
export class SimulatedExtole {
  readonly ledger: LedgerEntry[] = [];
  weather: Weather = 'fair';
  private readonly openBySubject = new Map<HashedSubject, LedgerEntry>();
  readonly persons: SimulatedPersons;
  private readonly appliedCalls = new Set<string>();

  constructor(
    private readonly random: Random,
    /** Probability that a call fails in fair weather. */
    private failures: number,
    /** Probability that a call hangs. */
    private hangs: number,
  ) {
    this.persons = new SimulatedPersons(random);
  }

  /** From now on every call is answered well. */
  calmDown(): void {
    this.weather = 'fair';
    this.failures = 0;
    this.hangs = 0;
  }

  /** The call of the subject that Extole is at. */
  openCallOf(subject: HashedSubject): LedgerEntry | undefined {
    return this.openBySubject.get(subject);
  }

  receive(
    call: Pick<LedgerEntry, 'partition' | 'offset' | 'subject' | 'kind' | 'body' | 'step' | 'generation'>,
    now: number,
  ): LedgerEntry {
    const hangsUntil = this.random.chance(this.hangs) ? now + CALL_TIMEOUT_MS : undefined;
    const entry: LedgerEntry = { ...call, hangsUntil, ended: false, applied: false, answered: undefined };
    this.ledger.push(entry);
    this.openBySubject.set(entry.subject, entry);
    return entry;
  }

  /** Ends the call, if it has not ended unheard, and says what the caller is told. */
  answer(entry: LedgerEntry): Verdict {
    const verdict = entry.ended ? this.lateVerdictOn(entry) : this.endWith(entry, this.verdictOn(entry));
    entry.answered = verdict.kind;
    return verdict;
  }

  /** The caller has given the call up, before its time. */
  withdraw(entry: LedgerEntry): Verdict {
    if (!entry.ended) this.endUnheard(entry);
    entry.answered = 'retry';
    return { kind: 'retry', reason: 'withdrawn', code: 'aborted' };
  }

  /** The caller is gone or frozen; Extole ends the call all the same, and may have applied it. */
  endUnheard(entry: LedgerEntry): void {
    this.end(entry, this.random.chance(0.5));
  }

  /** Whether the event, the erasure or the write has been applied. */
  wasApplied(call: Pick<LedgerEntry, 'partition' | 'offset' | 'step'>): boolean {
    return this.appliedCalls.has(nameOf(call));
  }

  private endWith(entry: LedgerEntry, verdict: Verdict): Verdict {
    const goesWell = verdict.kind === 'delivered';
    const truth = this.end(entry, goesWell || (isInDoubt(verdict) && this.random.chance(0.5)));
    return goesWell ? (truth ?? verdict) : verdict;
  }

  /** @returns what a call that concerns a person is answered, if it is not failed. */
  private end(entry: LedgerEntry, isCarriedOut: boolean): Verdict | undefined {
    entry.ended = true;
    this.openBySubject.delete(entry.subject);
    if (!isCarriedOut) return undefined;
    if (entry.kind === 'erase') this.persons.erase(entry.subject);
    const truth = entry.step && this.persons.take(entry.subject, entry.step);
    entry.applied = truth === undefined || truth.kind === 'delivered';
    if (truth?.kind === 'delivered') entry.shown = truth.parameters;
    if (entry.applied) this.appliedCalls.add(nameOf(entry));
    return truth;
  }

  /** What a frozen caller finds in its socket when it wakes up. */
  private lateVerdictOn(entry: LedgerEntry): Verdict {
    if (entry.step !== undefined || this.random.chance(0.5)) return timedOut();
    return entry.applied ? delivered() : deadLetter();
  }

  private verdictOn(entry: LedgerEntry): Verdict {
    const { random } = this;
    if (entry.hangsUntil !== undefined) return timedOut();
    switch (this.weather) {
      case 'outage':
        return serverError();
      case 'throttling':
        return random.chance(0.5) ? throttled(random) : delivered();
      case 'configuration-fault':
        return stop();
      case 'refusing':
        // Extole answers the same bytes alike: what it has applied once it does not refuse later.
        return this.wasApplied(entry) ? delivered() : deadLetter();
      case 'fair':
        return random.chance(this.failures) ? this.failureOf(entry) : delivered();
    }
  }

  private failureOf(entry: LedgerEntry): Verdict {
    const kind = this.random.below(this.wasApplied(entry) ? 8 : 10);
    if (kind < 5) return serverError();
    if (kind === 5) return timedOut();
    if (kind === 6) return throttled(this.random);
    if (kind === 7) return stop();
    return kind === 8 ? { kind: 'rejected', code: 'event_blocked', status: 400 } : deadLetter();
  }
}

/** What a call is known by; a read and its event apart, and each parameter's write. */
export function nameOf({ partition, offset, step }: Pick<LedgerEntry, 'partition' | 'offset' | 'step'>): string {
  const place = `${partition}/${offset}`;
  if (step === undefined || step.kind === 'identify') return place;
  return step.kind === 'read' ? `${place}/read` : `${place}/write ${step.parameter.name}`;
}

/** A timeout or a 5xx may have been applied all the same. */
function isInDoubt(verdict: Verdict): boolean {
  return verdict.kind === 'retry' && verdict.reason === 'transient';
}

function delivered(): Verdict {
  return { kind: 'delivered', status: 200 };
}

function serverError(): Verdict {
  return { kind: 'retry', reason: 'transient', code: 'server_error', status: 500 };
}

function timedOut(): Verdict {
  return { kind: 'retry', reason: 'transient', code: 'timeout' };
}

function throttled(random: Random): Verdict {
  const retryAfterMs = random.chance(0.5) ? { retryAfterMs: 2_000 + random.below(40_000) } : {};
  return { kind: 'retry', reason: 'throttled', code: 'too_many_requests', status: 429, ...retryAfterMs };
}

function stop(): Verdict {
  return { kind: 'stop', code: 'invalid_access_token', status: 401 };
}

function deadLetter(): Verdict {
  return { kind: 'dead-letter', code: 'validation_error', status: 400 };
}
