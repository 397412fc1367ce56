import type { HashedSubject, Offset } from '#segment';
import { isWithdrawn, type DriverLimits, type GateState, type Now, type Outcome, type Verdict } from '../index.ts';
import { SESSION_TIMEOUT_MS, type Holding, type Member, type OpenCall } from './member.ts';
import type { LedgerEntry, SimulatedExtole } from './simulated-extole.ts';
import { hashSubject } from './simulated-event.ts';
import type { SimulatedPartition } from './simulated-partition.ts';
import { REPLAYS_IN_HAND } from './simulated-replays.ts';

/** At least this long nothing is called after a configuration fault. */
const FIRST_PROBE_MS = 5_000;
/** How many records one simulated fetch brings at most, and how large they are. */
export const FETCH_RECORDS = 8;
const RECORD_BYTES = 400;
/** So long Kafka may take for an outcome before its partition is on its own, ... */
const STALLED_MS = 5_000;
/** ... and so long until the others go on. */
const STALL_NOTICED_MS = 10_000;
/** So many dead letters in a row, and no good answer, look like a wrong mapping. */
const BURST = 50;

/** A call that is about to be made. */
type Call = Omit<LedgerEntry, 'hangsUntil' | 'ended' | 'applied' | 'answered' | 'shown'>;

/** What one member was told about the account behind one of its gates. */
class FaultWatch {
  private stoppedAt: number | undefined;
  private probe: LedgerEntry | undefined;

  get isStopped(): boolean {
    return this.stoppedAt !== undefined;
  }

  /** @returns what is wrong with calling now; undefined if nothing is. */
  callStarts(entry: LedgerEntry, now: number): string | undefined {
    if (this.stoppedAt === undefined) return undefined;
    if (now < this.stoppedAt + FIRST_PROBE_MS) return `called ${now - this.stoppedAt} ms after a configuration fault`;
    if (this.probe !== undefined) return 'called a second time while a probe is under way';
    this.probe = entry;
    return undefined;
  }

  callEnds(entry: LedgerEntry, verdict: Verdict, before: GateState, now: number): void {
    if (this.stoppedAt === undefined) {
      if (verdict.kind === 'stop' && before.kind !== 'stopped') this.stoppedAt = now;
      return;
    }
    if (entry !== this.probe) return;
    this.probe = undefined;
    // Nothing was learnt by it.
    if (isWithdrawn(verdict)) return;
    this.stoppedAt = verdict.kind === 'retry' || verdict.kind === 'stop' ? now : undefined;
  }
}

/** What is remembered of one member. */
class MemberWatch {
  readonly faults = { call: new FaultWatch(), erase: new FaultWatch(), person: new FaultWatch() };
  /** `Retry-After` of a record, as the moment from which this owner may try it again. */
  readonly notBefore = new Map<string, number>();
  /** When calls that set parameters were made. */
  readonly personCalls: number[] = [];
  readonly wellAnswered = { call: 0, erase: 0, person: 0 };
  readonly refused = { call: 0, person: 0 };
}

/** Watches a run step by step for what must never happen, from outside: by the topics, the ledger and what each member was told. */
export class Watch {
  readonly violations: string[] = [];
  private readonly members = new Map<Member, MemberWatch>();

  constructor(
    private readonly extole: SimulatedExtole,
    private readonly limits: DriverLimits,
    /** A deleted user's later events are not to be sent either. */
    private readonly suppression: boolean,
    private readonly name: string,
  ) {}

  violate(promise: string, what: string): void {
    if (this.violations.length < 20) this.violations.push(`${promise}: ${what} (${this.name})`);
  }

  /** To be told before Extole receives the call. */
  callStarts(member: Member, entry: Call, { monotonicMs: now, wallMs: wallNow }: Now): void {
    const { partition, offset, subject, kind } = entry;
    const holding = member.holdings.get(partition);
    if ((member.state !== 'live' && member.state !== 'cut-off') || holding === undefined)
      return this.violate('P8', `a ${member.state} member called offset ${offset} of partition ${partition}`);
    if (now >= member.heardAt + SESSION_TIMEOUT_MS) this.violate('P8', `offset ${offset} called after the session's end`);
    if (this.extole.openCallOf(subject) !== undefined) this.violate('P3', `two calls of ${subject} at once`);
    const provenAt = holding.deletionsProvenAt;
    if (provenAt === undefined || now - provenAt > this.limits.deletionLagBoundMs)
      this.violate('P5', `offset ${offset} called without a fresh proof that all deletions are known`);
    if (kind !== 'erase') this.checkBarrier(holding, subject, offset, now);
    else if (holding.topics.announcedDeletion(subject, now) < offset)
      this.violate('P5', `the deletion at ${offset} was carried out before its notice was in the topic`);
    if (kind !== 'erase') this.checkOutcome(holding, offset);
    this.checkBounds(member, entry, wallNow);
    if (kind === 'person') this.checkPerson(member, entry, now);
    const earliest = this.of(member).notBefore.get(`${entry.generation}/${offset}`);
    if (earliest !== undefined && now < earliest)
      this.violate('retry', `offset ${offset} tried again ${earliest - now} ms before its Retry-After`);
  }

  /** To be told once Extole has it. */
  callStarted(member: Member, entry: LedgerEntry, now: number): void {
    const fault = this.of(member).faults[entry.kind].callStarts(entry, now);
    if (fault !== undefined) this.violate('P7', `offset ${entry.offset} ${fault}`);
  }

  /** To be told before the core is. */
  callEnds(member: Member, { entry }: OpenCall, verdict: Verdict, now: number): void {
    const watch = this.of(member);
    const { events, erasures, persons } = member.delivery;
    const gate = { call: events, erase: erasures, person: persons }[entry.kind];
    watch.faults[entry.kind].callEnds(entry, verdict, gate.state, now);
    if (verdict.kind === 'delivered' || verdict.kind === 'rejected') watch.wellAnswered[entry.kind]++;
    if (verdict.kind === 'retry' && verdict.retryAfterMs !== undefined)
      watch.notBefore.set(`${entry.generation}/${entry.offset}`, now + verdict.retryAfterMs);
  }

  outcomeDecided(member: Member, { outcome, status, code, position, type, run }: Outcome): void {
    const replay = run === undefined ? undefined : member.holdings.get(position.partition)?.replaying.get(run);
    if (replay?.wasDelivered === true && outcome !== 'delivered')
      this.violate('P2', `offset ${position.offset} was delivered, and a replay says ${outcome}`);
    const kind = type === 'identify' ? 'person' : 'call';
    if (outcome !== 'dead-lettered' || status === undefined) return;
    const watch = this.of(member);
    if (watch.faults[kind].isStopped) this.violate('P7', `offset ${position.offset} dead-lettered during a configuration fault`);
    // What has used up its retry budget is no refusal.
    if (code === 'validation_error') watch.refused[kind]++;
    if (watch.refused[kind] >= BURST && watch.wellAnswered[kind] === 0)
      this.violate('P7', `${watch.refused[kind]} dead letters and no good answer`);
  }

  commits({ partition, firstWithoutOutcome }: SimulatedPartition, offset: Offset): void {
    if (offset > firstWithoutOutcome)
      this.violate('P8', `committed ${offset} of partition ${partition}, but ${firstWithoutOutcome} has no outcome`);
  }

  /** P6: where Kafka takes no outcomes of some partitions, the others go on, once that is more than a moment. To be told after a pump. */
  goesOn(
    { delivery, holdings, appends }: Member,
    now: Now,
    { outcomes: stalled, since }: { readonly outcomes: ReadonlySet<number>; readonly since: number },
  ): void {
    const [first] = appends;
    const isHeldUp = [...holdings.values()].some(
      ({ driver }) => !stalled.has(driver.partition) && driver.hasReady('event') && driver.mayDispatch(now),
    );
    if (!isHeldUp || !delivery.holdsLease(now) || delivery.events.nextCallAt(now.monotonicMs) !== now.monotonicMs) return;
    const isOfStalled = appends.every(({ outcome }) => stalled.has(outcome.position.partition));
    const age = first === undefined ? 0 : now.wallMs - Math.max(since, Date.parse(first.outcome.at));
    if (isOfStalled && age > STALL_NOTICED_MS)
      this.violate('P6', `all wait for outcomes of ${[...stalled].join(', ')} for ${age} ms`);
  }

  /** P9: what a driver holds stays within its bounds and one fetch. */
  memory({ holdings, maxConcurrency }: Member): void {
    const { maxHeldBytes, maxLead, maxUnwrittenOutcomes } = this.limits;
    const mostHeld = Math.ceil(maxHeldBytes / 300) + FETCH_RECORDS;
    const mostUnwritten = maxUnwrittenOutcomes + maxConcurrency + mostHeld + FETCH_RECORDS + REPLAYS_IN_HAND;
    for (const { driver } of holdings.values()) {
      const { heldBytes, arrivedNext, frontier, unwrittenOutcomes } = driver.figures;
      if (heldBytes > maxHeldBytes + (FETCH_RECORDS + REPLAYS_IN_HAND) * RECORD_BYTES)
        this.violate('P9', `${heldBytes} bytes held`);
      // What former owners have finished further ahead is not of this one's making.
      if (arrivedNext - frontier > maxLead + mostHeld + mostUnwritten)
        this.violate('P9', `${arrivedNext - frontier} records ahead of the frontier`);
      if (unwrittenOutcomes > mostUnwritten) this.violate('P9', `${unwrittenOutcomes} outcomes not written`);
    }
  }

  private checkOutcome({ topics, outcomesKnown, replaying }: Holding, offset: Offset): void {
    const replays = [...replaying.values()].filter((replay) => replay.offset === offset);
    if (replays.length === 0) {
      if (topics.hasOutcome(offset, outcomesKnown))
        this.violate('P4', `offset ${offset} called although its owner has read its outcome`);
      return;
    }
    const known = topics.outcomes.slice(0, outcomesKnown);
    const isDelivered = known.some(({ position, outcome }) => position.offset === offset && outcome === 'delivered');
    if (isDelivered && !replays.some(({ redeliver }) => redeliver))
      this.violate('P4', `offset ${offset} sent again by a replay that only fills gaps`);
    const record = topics.events[offset];
    const newer = known.find(
      ({ type, outcome, position, subject }) =>
        type === 'identify' &&
        outcome === 'delivered' &&
        position.offset > offset &&
        subject === (record && hashSubject(record.subject)),
    );
    if (record?.type === 'identify' && newer !== undefined)
      this.violate('stale', `offset ${offset} sent again over the newer profile at ${newer.position.offset}`);
  }

  private checkBarrier(holding: Holding, subject: HashedSubject, offset: Offset, now: number): void {
    const told = holding.toldDeletions.get(subject) ?? -1;
    if (offset < told) this.violate('P5', `offset ${offset} called although ${told} deletes its user`);
    if (this.suppression && told >= 0) this.violate('suppression', `offset ${offset} called although ${told} deleted its user`);
    // The firm bound: whoever should have told the owner, and whatever became of the notice since.
    const announced = holding.topics.announcedDeletion(subject, now - this.limits.deletionLagBoundMs - 1);
    if (offset < announced) this.violate('P5', `offset ${offset} called long after ${announced} was announced`);
  }

  private checkBounds(member: Member, { kind, partition, offset, step }: Call, wallNow: number): void {
    const inFlight = 1 + member.calls.filter(({ entry }) => entry.kind === kind).length;
    const most = kind === 'call' ? member.share : 2;
    if (inFlight > most) this.violate('account', `${inFlight} calls in flight, ${most} are this member's share`);
    // An identify between two of its steps is in doubt as well; the step that is about to be sent adds nothing to that.
    const doubtful = new Set(member.begun).add(`${partition}/${offset}`);
    for (const { entry } of member.calls) doubtful.delete(`${entry.partition}/${entry.offset}`);
    // A partition whose outcomes Kafka does not take for long is on its own.
    const late = member.appends.filter(({ outcome }) => wallNow - Date.parse(outcome.at) >= STALLED_MS);
    const stalled = new Set(late.map(({ outcome }) => outcome.position.partition));
    for (const place of doubtful) if (stalled.has(Number(place.split('/')[0]))) doubtful.delete(place);
    const calls = member.calls.filter(({ ticket }) => !stalled.has(ticket.partition)).length;
    // What a deletion has ended is sent by nobody again, whether its outcome is written or not.
    const unwritten = member.appends.filter(
      ({ outcome }) => outcome.attempts > 0 && outcome.outcome !== 'erased' && !stalled.has(outcome.position.partition),
    ).length;
    const inDoubt = doubtful.size + calls + unwritten;
    // A further step adds nothing to that; where a partition was on its own for a while there may be more.
    const adds = step === undefined || step.kind === 'identify';
    if (adds && inDoubt > 2 * member.maxConcurrency) this.violate('P4', `${inDoubt} events in doubt`);
  }

  private checkPerson(member: Member, { subject, step, offset }: Call, now: number): void {
    if (step !== undefined && step.kind !== 'identify' && !this.extole.persons.isPresent(subject, step.personId))
      this.violate('P5', `offset ${offset} ${step.kind}s parameters of a person who was erased`);
    const { personCalls } = this.of(member);
    personCalls.push(now);
    const { personRate } = member;
    if (personRate === undefined) return;
    const recent = personCalls.filter((at) => at > now - personRate.perMs).length;
    if (recent > personRate.count + 1) this.violate('account', `${recent} calls for parameters within ${personRate.perMs} ms`);
  }

  private of(member: Member): MemberWatch {
    const known = this.members.get(member);
    if (known !== undefined) return known;
    const watch = new MemberWatch();
    this.members.set(member, watch);
    return watch;
  }
}
