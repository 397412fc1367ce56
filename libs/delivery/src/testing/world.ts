import { nextOffset, toOffset, type Hash, type HashedSubject, type Offset, type SubjectKey } from '#segment';
import {
  PartitionState,
  SourceDelivery,
  readCheckpoint,
  writeCheckpoint,
  type CallTicket,
  type Decision,
  type DeletionNotice,
  type DriverLimits,
  type Evaluate,
  type LogRecord,
  type Now,
  type Outcome,
  type PartitionDriver,
  type Verdict,
} from '../index.ts';
import { Random } from './random.ts';

/** What a simulated run is made of; everything else follows from the seed. */
export interface WorldOptions {
  readonly seed: number;
  readonly records: number;
  readonly subjects: number;
  readonly maxConcurrency: number;
  /** Probabilities of trouble, each per step or per call. */
  readonly crashes: number;
  readonly handovers: number;
  readonly failures: number;
  readonly repeats: number;
  readonly deletions: number;
}

/** One call as the simulated Extole saw it. */
export interface LedgerEntry {
  readonly offset: Offset;
  readonly subject: HashedSubject;
  readonly kind: 'call' | 'erase';
  readonly body: string;
  readonly startedAt: number;
  endedAt: number | undefined;
  /** Whether Extole applied it, whatever the caller came to know. */
  applied: boolean;
  /** What the caller came to know; undefined if it died before. */
  answered: Verdict['kind'] | undefined;
  readonly owner: number;
}

interface Owner {
  readonly id: number;
  readonly delivery: SourceDelivery;
  readonly driver: PartitionDriver;
  fetched: Offset;
  deletionsNext: number;
  /** Outcome appends that Kafka has not acknowledged; it does so in order. */
  readonly appends: Extract<Decision, { kind: 'write-outcome' }>[];
  readonly notices: Extract<Decision, { kind: 'announce-deletion' }>['notice'][];
  readonly calls: { ticket: CallTicket; entry: LedgerEntry }[];
  /** A former owner: it may still end calls and write outcomes, but must start and commit nothing. */
  retired: boolean;
  paused: boolean;
}

const PARTITION = 0;
const IDENTITY = { topic: 'events', cluster: 'simulated', partition: PARTITION, hashKey: 'k' };
const WINDOWS = { dedupMs: 30 * 86_400_000, deletionsMs: 60 * 86_400_000 };
const LIMITS: DriverLimits = {
  maxHeldBytes: 4_000,
  maxLead: 64,
  maxUnwrittenOutcomes: 50,
  maxAttemptAgeMs: 60_000,
  deletionLagBoundMs: 5_000,
};

/**
 * A partition, its topics, Extole and one owner after the other, all in one process and all moved by one seeded generator: every
 * step does one random thing that could happen next in the real world. The core is the real one.
 */
export class World {
  readonly random: Random;
  readonly log: LogRecord[] = [];
  readonly outcomes: Outcome[] = [];
  readonly deletions: DeletionNotice[] = [];
  readonly ledger: LedgerEntry[] = [];
  readonly violations: string[] = [];
  /** Calls in doubt at each crash or handover: what may be sent again (P4). */
  readonly inDoubtAtCrash: { offsets: ReadonlySet<Offset>; at: number }[] = [];
  committed: Offset = toOffset(0);
  private readonly unannounced: DeletionNotice[] = [];
  private checkpoint: Buffer | undefined;
  private clock = 1_000_000;
  private ownerIds = 0;
  private owner: Owner;
  private formers: Owner[] = [];
  private calm = false;

  constructor(readonly options: WorldOptions) {
    this.random = new Random(options.seed);
    this.owner = this.takeOver();
  }

  /** Runs the whole schedule: trouble until all records are written, then calm until everything is done. */
  run(): void {
    let steps = 0;
    while (this.log.length < this.options.records || !this.random.chance(0.02)) {
      this.step();
      if (++steps > this.options.records * 200) break;
    }
    this.calm = true;
    for (let i = 0; i < this.options.records * 60 && !this.isDone; i++) this.step();
  }

  get isDone(): boolean {
    return this.owner.driver.state.frontier.committable === this.log.length && this.committed === this.log.length;
  }

  get now(): Now {
    return { monotonicMs: this.clock, wallMs: 1_700_000_000_000 + this.clock };
  }

  private step(): void {
    const { random, options } = this;
    this.clock += random.below(40);
    if (!this.calm && random.chance(options.crashes)) this.crash();
    if (!this.calm && random.chance(options.handovers)) this.handOver();
    const actions = [
      () => this.appendRecord(),
      () => this.announce(),
      () => this.fetch(),
      () => this.fetch(),
      () => this.endCall(this.owner),
      () => this.endCall(this.owner),
      () => this.acknowledge(this.owner),
      () => this.acknowledge(this.owner),
      () => this.pollDeletions(),
      () => this.pollDeletions(),
      () => this.commit(),
      () => this.readOutcomesBack(),
      () => this.writeCheckpoint(),
      () => this.formers.forEach((former) => (this.endCall(former), this.acknowledge(former))),
      () => (this.clock += random.below(this.calm ? 30_000 : 4_000)),
    ];
    random.pick(actions)();
    if (this.calm || random.chance(0.95)) this.owner.delivery.renewLease(this.clock + 9_000);
    this.pump();
  }

  // The outside world -----------------------------------------------------------------------------------------------------

  private appendRecord(): void {
    const { random, options } = this;
    if (this.log.length >= options.records) return;
    const offset = toOffset(this.log.length);
    const subject = `user-${random.below(options.subjects)}` as SubjectKey;
    const receivedAt = new Date(this.now.wallMs).toISOString();
    if (random.chance(options.deletions)) {
      this.log.push({ offset, subject, type: 'delete', value: null, messageId: `m${offset}`, receivedAt });
      const notice = { subject: hash(subject), deletionId: `d${offset}`, partition: PARTITION, offset, requestedAt: receivedAt };
      // Ingest may die between the tombstone and the notice; the owner then makes up for it.
      if (random.chance(0.8)) this.unannounced.push(notice);
      return;
    }
    const earlier = this.log.filter((record) => record.subject === subject && record.type !== 'delete');
    const repeated = earlier.length > 0 && random.chance(options.repeats) ? random.pick(earlier) : undefined;
    const messageId = repeated !== undefined && random.chance(0.5) ? repeated.messageId : `m${offset}`;
    const partnerKey = repeated !== undefined ? bodyOf(repeated).partnerKey : random.chance(0.3) ? `k${offset}` : undefined;
    const value = Buffer.from(JSON.stringify({ messageId, partnerKey }));
    this.log.push({ offset, subject, type: 'track', value, messageId, receivedAt });
  }

  private announce(): void {
    const notice = this.unannounced.shift();
    if (notice !== undefined) this.deletions.push(notice);
    const repaired = this.owner.notices.shift();
    if (repaired !== undefined) this.deletions.push({ ...repaired, deletionId: `d${repaired.offset}` });
  }

  private endCall(owner: Owner): void {
    if (owner.calls.length === 0) return;
    const [call] = owner.calls.splice(this.random.below(owner.calls.length), 1);
    if (call === undefined) return;
    const verdict = this.answer(call.entry);
    call.entry.endedAt = this.clock;
    call.entry.answered = verdict.kind;
    owner.delivery.callFinished(call.ticket, call.entry.kind, verdict, this.now);
    this.perform(owner);
  }

  private answer(entry: LedgerEntry): Verdict {
    const { random } = this;
    if (this.calm || !random.chance(this.options.failures)) {
      entry.applied = true;
      return { kind: 'delivered', status: 200 };
    }
    // Extole answers the same bytes alike: what it has applied once it does not refuse later.
    const appliedBefore = this.ledger.some((other) => other !== entry && other.offset === entry.offset && other.applied);
    const kind = random.below(appliedBefore ? 8 : 10);
    if (kind < 6) {
      // A timeout or a 5xx may have been applied all the same.
      entry.applied = random.chance(0.5);
      return { kind: 'retry', reason: 'transient', code: 'server_error', status: 500 };
    }
    if (kind === 6) return { kind: 'retry', reason: 'throttled', code: 'too_many_requests', status: 429, retryAfterMs: 2_000 };
    if (kind === 7) return { kind: 'stop', code: 'invalid_access_token', status: 401 };
    if (kind === 8) return { kind: 'rejected', code: 'event_blocked', status: 400 };
    return { kind: 'dead-letter', code: 'validation_error', status: 400 };
  }

  // Kafka -----------------------------------------------------------------------------------------------------------------

  private fetch(): void {
    const { owner } = this;
    if (owner.paused) return;
    const to = Math.min(this.log.length, owner.fetched + 1 + this.random.below(8));
    // A rejoin starts again at the committed offset: what is held already arrives again.
    const from = this.random.chance(0.05) ? this.committed : owner.fetched;
    owner.driver.recordsArrived(this.log.slice(from, to), this.now);
    owner.fetched = toOffset(Math.max(owner.fetched, to));
    this.perform(owner);
  }

  private pollDeletions(): void {
    const { owner } = this;
    const sentAt = this.clock;
    const to = this.random.chance(0.7) ? this.deletions.length : Math.min(this.deletions.length, owner.deletionsNext + 1);
    for (const notice of this.deletions.slice(owner.deletionsNext, to)) owner.driver.deletionArrived(notice, this.now);
    owner.deletionsNext = to;
    owner.driver.state.deletionsNext = toOffset(to);
    if (to === this.deletions.length) owner.driver.deletionsProven(sentAt);
    this.perform(owner);
  }

  private acknowledge(owner: Owner): void {
    const count = this.random.below(owner.appends.length + 1);
    for (const append of owner.appends.splice(0, count)) {
      this.outcomes.push(append.outcome);
      owner.delivery.outcomeWritten(append, toOffset(this.outcomes.length - 1));
    }
    this.perform(owner);
  }

  private commit(): void {
    const offset = this.owner.driver.commitDue;
    if (offset === undefined) return;
    this.checkCommit(offset);
    this.committed = offset;
    this.owner.driver.commitAcknowledged(offset);
  }

  private readOutcomesBack(): void {
    const { driver } = this.owner;
    driver.outcomesRead(this.outcomes.slice(driver.state.outcomesNext), toOffset(this.outcomes.length));
    this.perform(this.owner);
  }

  private writeCheckpoint(): void {
    const { driver } = this.owner;
    if (driver.committedOffset !== undefined) this.checkpoint = writeCheckpoint(driver.state, IDENTITY, driver.committedOffset);
  }

  // Owners ----------------------------------------------------------------------------------------------------------------

  /** `kill -9`: what was under way towards Kafka may or may not have been written; nothing more is heard of the owner. */
  private crash(): void {
    const { owner, random } = this;
    this.rememberInDoubt(owner);
    for (const { entry } of owner.calls) {
      entry.applied = random.chance(0.5);
      entry.endedAt = this.clock;
    }
    const written = random.below(owner.appends.length + 1);
    for (const { outcome } of owner.appends.slice(0, written)) this.outcomes.push(outcome);
    // A frozen machine or a failed disk: the checkpoint may be gone, or be of an earlier time.
    if (random.chance(0.3)) this.checkpoint = undefined;
    this.owner = this.takeOver();
  }

  /** A rebalance: the old owner is drained of its calls (as `beforeJoin` waits for it), and then replaced, while its last writes still trickle in. */
  private handOver(): void {
    const { owner } = this;
    owner.delivery.suspend();
    while (owner.calls.length > 0) this.endCall(owner);
    this.rememberInDoubt(owner);
    owner.delivery.disown(PARTITION);
    owner.retired = true;
    this.formers.push(owner);
    this.owner = this.takeOver();
  }

  private takeOver(): Owner {
    const state = this.restore();
    const delivery = new SourceDelivery({
      partitionCount: 1,
      events: { maxConcurrency: this.options.maxConcurrency },
      erasures: { maxConcurrency: 2 },
    });
    const driver = delivery.own({
      partition: PARTITION,
      generation: ++this.ownerIds,
      state,
      evaluate,
      hashSubject: hash,
      mappingVersion: '1',
      limits: LIMITS,
      random: this.random.next,
    });
    driver.commitAcknowledged(this.committed);
    delivery.renewLease(this.clock + 9_000);
    return {
      id: this.ownerIds,
      delivery,
      driver,
      fetched: state.frontier.committable,
      deletionsNext: state.deletionsNext,
      appends: [],
      notices: [],
      calls: [],
      retired: false,
      paused: false,
    };
  }

  private restore(): PartitionState {
    const read = this.checkpoint && readCheckpoint(this.checkpoint, IDENTITY, WINDOWS, this.committed);
    const state = read?.kind === 'state' ? read.state : new PartitionState(this.committed, WINDOWS);
    for (const outcome of this.outcomes.slice(state.outcomesNext)) state.applyOutcome(outcome);
    state.outcomesNext = toOffset(this.outcomes.length);
    for (const notice of this.deletions.slice(state.deletionsNext)) state.applyDeletion(notice);
    state.deletionsNext = toOffset(this.deletions.length);
    return state;
  }

  private rememberInDoubt(owner: Owner): void {
    const written = new Set(this.outcomes.map(({ position }) => position.offset));
    const called = this.ledger.filter((entry) => entry.owner === owner.id && !written.has(entry.offset));
    const offsets = new Set(called.map(({ offset }) => offset));
    this.inDoubtAtCrash.push({ offsets, at: this.ledger.length });
  }

  // Decisions -------------------------------------------------------------------------------------------------------------

  private pump(): void {
    while (this.owner.delivery.pump(this.now).more);
    this.perform(this.owner);
  }

  private perform(owner: Owner): void {
    for (const decision of owner.delivery.takeDecisions()) {
      switch (decision.kind) {
        case 'call':
          this.startCall(owner, decision.ticket, 'call', decision.body);
          break;
        case 'erase':
          this.startCall(owner, decision.ticket, 'erase', decision.subject);
          break;
        case 'write-outcome':
          owner.appends.push(decision);
          break;
        case 'announce-deletion':
          owner.notices.push(decision.notice);
          break;
        case 'pause':
          owner.paused = true;
          break;
        case 'resume':
          owner.paused = false;
          break;
      }
    }
  }

  private startCall(owner: Owner, ticket: CallTicket, kind: 'call' | 'erase', body: string): void {
    const { offset, subject } = ticket;
    const entry: LedgerEntry = {
      offset,
      subject,
      kind,
      body,
      startedAt: this.clock,
      endedAt: undefined,
      applied: false,
      answered: undefined,
      owner: owner.id,
    };
    this.checkStart(owner, entry);
    this.ledger.push(entry);
    owner.calls.push({ ticket, entry });
  }

  // What must never be, checked as it happens -------------------------------------------------------------------------------

  private checkStart(owner: Owner, entry: LedgerEntry): void {
    if (owner.retired) this.violate('P8', `a former owner called offset ${entry.offset}`);
    if (this.ledger.some((other) => other.subject === entry.subject && other.endedAt === undefined)) {
      this.violate('P3', `two calls of ${entry.subject} at once`);
    }
    const known = this.deletions.slice(0, owner.deletionsNext).filter(({ subject }) => subject === entry.subject);
    const read = this.log
      .slice(0, owner.fetched)
      .filter((record) => record.type === 'delete' && hash(record.subject) === entry.subject);
    const latest = Math.max(-1, ...known.map(({ offset }) => offset), ...read.map(({ offset }) => offset));
    if (entry.kind === 'call' && entry.offset < latest)
      this.violate('P5', `offset ${entry.offset} called although ${latest} deletes its user`);
    if (owner.delivery.inDoubt > 2 * this.options.maxConcurrency) this.violate('P4', `${owner.delivery.inDoubt} in doubt`);
  }

  private checkCommit(offset: Offset): void {
    const done = new Set(this.outcomes.map((outcome) => outcome.position.offset));
    for (let o = toOffset(0); o < offset; o = nextOffset(o))
      if (!done.has(o)) return this.violate('P8', `committed ${offset}, but ${o} has no outcome`);
  }

  violate(promise: string, what: string): void {
    this.violations.push(`${promise}: ${what} (seed ${this.options.seed})`);
  }
}

function hash(subject: SubjectKey): HashedSubject {
  return fakeHash(subject);
}

/** Any injective map to 32 hex digits will do here; the real one is HMAC. */
function fakeHash(text: string): Hash {
  const hex = Buffer.from(text).toString('hex');
  return (hex.length <= 32 ? hex.padStart(32, 'f') : hex.slice(-32)) as Hash;
}

function bodyOf(record: LogRecord): { messageId: string; partnerKey?: string } {
  return JSON.parse(record.value?.toString() ?? '{}') as { messageId: string; partnerKey?: string };
}

export const evaluate: Evaluate = (record) => {
  const { messageId, partnerKey } = bodyOf(record);
  return {
    kind: 'call',
    event: 'thing',
    body: `${record.subject}:${messageId}:${record.offset}`,
    messageKey: fakeHash(`${record.subject.slice(5)}/${messageId}`),
    ...(partnerKey !== undefined && { dedupKey: fakeHash(`${record.subject.slice(5)}#${partnerKey}`) }),
  };
};
