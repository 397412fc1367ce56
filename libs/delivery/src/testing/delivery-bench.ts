import { nextOffset, toOffset, type HashedSubject, type Offset, type SubjectKey } from '#segment';
import {
  PartitionState,
  SourceDelivery,
  type CallKind,
  type CallTicket,
  type Decision,
  type DeletionNotice,
  type DriverLimits,
  type Logged,
  type LogRecord,
  type Now,
  type Outcome,
  type PartitionDriver,
  type PersonStep,
  type ReplayTag,
  type SourceDeliveryOptions,
  type Verdict,
} from '../index.ts';
import { evaluate, hashSubject, recordOf, tombstoneOf, type SimulatedEvent } from './simulated-event.ts';

export const WINDOWS = { dedupMs: 30 * 86_400_000, deletionsMs: 60 * 86_400_000 };
const LIMITS: DriverLimits = {
  maxHeldBytes: 1_000_000,
  maxLead: 1_000,
  maxUnwrittenOutcomes: 1_000,
  maxAttemptAgeMs: 60_000,
  deletionLagBoundMs: 5_000,
};

export const DELIVERED: Verdict = { kind: 'delivered', status: 200 };
export const SERVER_ERROR: Verdict = { kind: 'retry', reason: 'transient', code: 'server_error', status: 500 };
export const WITHDRAWN: Verdict = { kind: 'retry', reason: 'withdrawn', code: 'aborted' };
export const UNAUTHORIZED = { kind: 'stop', code: 'invalid_access_token', status: 401 } as const satisfies Verdict;
export const REFUSED = { kind: 'dead-letter', code: 'validation_error', status: 400 } as const satisfies Verdict;

export interface BenchOptions extends Partial<SourceDeliveryOptions> {
  readonly limits?: Partial<DriverLimits>;
  /** Partitions that are owned from the start; default: partition 0. */
  readonly partitions?: readonly number[];
}

interface Call {
  readonly kind: CallKind;
  readonly ticket: CallTicket;
  /** What is sent; of a step, its kind, and what it reads or writes. */
  readonly body: string;
  readonly attempt: number;
}

/** One source's delivery on a bench: the core alone, moved by hand, with everything that it decides laid open. */
export class DeliveryBench {
  readonly delivery: SourceDelivery;
  /** Calls that wait for their answer. */
  readonly open: Call[] = [];
  /** Every call that was ever decided, as `partition/offset`, in order. */
  readonly called: string[] = [];
  /** Outcomes that Kafka has not acknowledged. */
  readonly unwritten: Extract<Decision, { kind: 'write-outcome' }>[] = [];
  /** Every outcome that was ever decided. */
  readonly outcomes: Outcome[] = [];
  readonly announced: Omit<DeletionNotice, 'deletionId'>[] = [];
  readonly intake: string[] = [];
  /** Ends of replayed records, as `run offset result`. */
  readonly replayed: string[] = [];
  /** Whether what is being called is to be given up. */
  isWithdrawn = false;
  private readonly limits: DriverLimits;
  private clock = 1_000_000;
  private generations = 0;

  constructor({ limits, partitions = [0], ...options }: BenchOptions = {}) {
    this.limits = { ...LIMITS, ...limits };
    this.delivery = new SourceDelivery({
      partitionCount: options.partitionCount ?? partitions.length,
      events: options.events ?? { maxConcurrency: 16 },
      erasures: options.erasures ?? { maxConcurrency: 2 },
      persons: { severalCalls: true, ...(options.persons ?? { maxConcurrency: 4 }) },
    });
    for (const partition of partitions) this.own(partition);
  }

  get now(): Now {
    return { monotonicMs: this.clock, wallMs: 1_700_000_000_000 + this.clock };
  }

  /** Takes up a partition, with a lease and a fresh proof that its deletions are known. */
  own(partition = 0, state = new PartitionState(toOffset(0), WINDOWS)): PartitionDriver {
    const driver = this.delivery.own({
      partition,
      generation: ++this.generations,
      state,
      evaluate,
      hashSubject,
      mappingVersion: '1',
      limits: this.limits,
      random: () => 0.999,
    });
    this.refresh();
    return driver;
  }

  driver(partition = 0): PartitionDriver {
    const driver = this.delivery.driver(partition);
    if (driver === undefined) throw new Error(`partition ${partition} is not owned`);
    return driver;
  }

  /** Time passes; the lease and the proof about the deletions are kept fresh, unless they are to be left to age. */
  pass(ms: number, { fresh = true } = {}): this {
    this.clock += ms;
    if (fresh) this.refresh();
    return this.pump();
  }

  arrive(...records: readonly LogRecord[]): this {
    return this.arriveIn(0, ...records);
  }

  arriveIn(partition: number, ...records: readonly LogRecord[]): this {
    this.read(records, partition);
    return this.pump();
  }

  /** As `arrive`, with nothing called yet. */
  read(records: readonly LogRecord[], partition = 0, driver = this.driver(partition)): void {
    const last = records.at(-1);
    const from = driver.figures.arrivedNext;
    driver.recordsArrived({ from, records, next: last === undefined ? from : nextOffset(last.offset) }, this.now);
  }

  /** A replay brings records back. */
  replay(tag: Partial<ReplayTag>, ...records: readonly LogRecord[]): this {
    for (const record of records)
      this.driver().recordReplayed(record, { run: 'r1', redeliver: false, wasDelivered: false, ...tag }, this.now);
    return this.pump();
  }

  /** The notice of a deletion is read from the deletions topic. */
  notice(user: string, offset: number): this {
    this.driver().deletionArrived(logged(noticeOf(user, offset)), this.now);
    return this.pump();
  }

  answer(offset: number, verdict: Verdict = DELIVERED, partition = 0): this {
    const index = this.open.findIndex(({ ticket }) => ticket.offset === offset && ticket.partition === partition);
    const [call] = index < 0 ? [] : this.open.splice(index, 1);
    if (call === undefined) throw new Error(`offset ${offset} is not being called`);
    this.delivery.callFinished(call.ticket, call.kind, verdict, this.now);
    return this.pump();
  }

  /** Kafka acknowledges what was decided so far, from `first` on in the outcomes partition. */
  acknowledge(count = this.unwritten.length): this {
    for (const decision of this.unwritten.splice(0, count)) {
      const { partition } = decision.outcome.position;
      const offset = this.delivery.driver(partition)?.state.outcomesNext;
      this.delivery.outcomeWritten(decision, { offset, appendedAt: this.now.wallMs });
    }
    return this.pump();
  }

  pump(): this {
    while (this.delivery.pump(this.now).more);
    this.collect();
    return this;
  }

  /** Offsets of partition 0 whose call waits for its answer. */
  get calling(): Offset[] {
    return this.open.map(({ ticket }) => ticket.offset);
  }

  /** What is being sent, of partition 0. */
  get sending(): string[] {
    return this.open.map(({ ticket, body }) => `${ticket.offset} ${body}`);
  }

  /** How the record at `offset` of partition 0 ended, if it did. */
  outcomeOf(offset: number): Outcome | undefined {
    return this.outcomes.findLast(({ position }) => position.partition === 0 && position.offset === offset);
  }

  /** The outcomes decided so far, as `offset name`. */
  get ended(): string[] {
    return this.outcomes.map(({ position, outcome }) => `${position.offset} ${outcome}`);
  }

  private refresh(): void {
    this.delivery.renewLease(this.clock + 9_000);
    for (const driver of this.delivery.owned) driver.deletionsProven(this.clock);
  }

  private collect(): void {
    for (const decision of this.delivery.takeDecisions()) {
      switch (decision.kind) {
        case 'call':
          this.startCall({ ...decision });
          break;
        case 'erase':
          this.startCall({ ...decision, body: decision.subject });
          break;
        case 'person':
          this.startCall({ ...decision, body: textOf(decision.step) });
          break;
        case 'withdraw-calls':
          this.isWithdrawn = true;
          break;
        case 'write-outcome':
          this.unwritten.push(decision);
          this.outcomes.push(decision.outcome);
          break;
        case 'announce-deletion':
          this.announced.push(decision.notice);
          break;
        case 'pause':
        case 'resume':
          this.intake.push(decision.kind);
          break;
        case 'invariant-broken':
          throw new Error(`broken at offset ${decision.offset}: ${decision.invariant}`);
        case 'replay-ended':
          this.replayed.push(`${decision.run} ${decision.offset} ${decision.result}`);
          break;
      }
    }
  }

  private startCall(call: Call): void {
    this.open.push(call);
    this.called.push(`${call.ticket.partition}/${call.ticket.offset}`);
  }
}

const RECEIVED_AT = '2023-11-14T22:13:20.000Z';
/** When facts were appended whose time does not matter. */
export const APPENDED_AT = Date.parse(RECEIVED_AT);

export function logged<Fact>(fact: Fact, appendedAt = APPENDED_AT): Logged<Fact> {
  return { fact, appendedAt };
}

/** An event of `user` at `offset`; its message id is `m<offset>` unless given. */
export function event(offset: number, user = 'ann', said: Partial<SimulatedEvent> = {}): LogRecord {
  return recordOf(offset, subjectOf(user), RECEIVED_AT, { messageId: `m${offset}`, ...said });
}

/** A profile of `user` at `offset`. */
export function identify(offset: number, user = 'ann', said: Partial<SimulatedEvent> = {}): LogRecord {
  return recordOf(offset, subjectOf(user), RECEIVED_AT, { messageId: `m${offset}`, ...said }, 'identify');
}

function textOf(step: PersonStep): string {
  switch (step.kind) {
    case 'identify':
      return step.body;
    case 'read':
      return `read ${step.names.join(',')}`;
    case 'write':
      return `${step.exists ? 'change' : 'make'} ${step.parameter.name}=${step.parameter.value}`;
  }
}

export function tombstone(offset: number, user = 'ann'): LogRecord {
  return tombstoneOf(offset, subjectOf(user), RECEIVED_AT);
}

export function noticeOf(user: string, offset: number): DeletionNotice {
  const subject = hashOf(user);
  return { subject, deletionId: `d${offset}`, partition: 0, offset: toOffset(offset), requestedAt: RECEIVED_AT };
}

export function hashOf(user: string): HashedSubject {
  return hashSubject(subjectOf(user));
}

function subjectOf(user: string): SubjectKey {
  return `user-${user}` as SubjectKey;
}

/** A fact of the outcomes topic, as a former owner may have written it. */
export function outcome(offset: number, user = 'ann', facts: Partial<Outcome> = {}): Outcome {
  return {
    schema: 1,
    outcome: 'delivered',
    type: 'track',
    subject: hashOf(user),
    messageId: `m${offset}`,
    position: { partition: 0, offset: toOffset(offset) },
    attempts: 1,
    mappingVersion: '1',
    latencyMs: 0,
    at: RECEIVED_AT,
    ...facts,
  };
}
