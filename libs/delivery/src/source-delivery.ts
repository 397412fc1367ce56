import { AccountGate, type GateOptions, type GateState } from './account/account-gate.ts';
import type { CallKind, CallTicket, Decision } from './decision.ts';
import type { EventTurn, Turn } from './lanes/lane-schedule.ts';
import type { Appended } from './logged.ts';
import type { Millis, Now } from './now.ts';
import type { DriverOptions } from './driver/driver-options.ts';
import { Outbox } from './driver/outbox.ts';
import { PartitionDriver } from './driver/partition-driver.ts';
import type { SourceControl } from './account/source-control.ts';
import type { Verdict } from './endings/verdict.ts';

/** Events that are looked at in one go before the edge gets to breathe: duplicates and filtered ones cost no call. */
const EVALUATIONS_PER_PUMP = 2_000;

export interface SourceDeliveryOptions {
  readonly events: GateOptions;
  readonly erasures: GateOptions;
  /** Of the calls that set parameters on persons; absent where the mapping has none. */
  readonly persons?: GateOptions;
  /** Partitions of the source's events topic: with those owned here, the process's share of the account. */
  readonly partitionCount: number;
}

/** What is left to do after a pump. */
export interface PumpResult {
  /** Come back at once: there was more to evaluate than one pump takes on. */
  readonly more: boolean;
  /** Come back at this moment on the monotonic clock at the latest; undefined if only news can change anything. */
  readonly wakeAt?: Millis;
}

/**
 * Delivery of one source in this process: its account's gates and the drivers of the partitions that the process owns. The drivers
 * take turns, so that no partition starves another.
 */
export class SourceDelivery {
  readonly events: AccountGate;
  readonly erasures: AccountGate;
  readonly persons: AccountGate;
  private readonly drivers = new Map<number, PartitionDriver>();
  /** Drivers of lost partitions whose calls are still ending, by generation and partition. */
  private readonly leaving = new Map<string, PartitionDriver>();
  /** The owned drivers as an array: walked at every call. */
  private ownedDrivers: readonly PartitionDriver[] = [];
  private turn = 0;
  /** P4: never more in doubt than twice the calls that may be in flight. */
  private inDoubtBound = 0;
  /** Until when, on the monotonic clock, anything may be called. */
  private leaseUntil: Millis = -Infinity;
  /** Until when the group's coordinator cannot have given our partitions away. */
  private oursUntil: Millis = -Infinity;
  private readonly outbox = new Outbox();

  constructor(private readonly options: SourceDeliveryOptions) {
    this.events = new AccountGate(options.events);
    this.erasures = new AccountGate(options.erasures);
    this.persons = new AccountGate(options.persons ?? { maxConcurrency: 1 });
  }

  /** Takes up a partition whose state is restored. */
  own(options: Omit<DriverOptions, 'events' | 'persons'>): PartitionDriver {
    const { events, persons } = this;
    const driver = new PartitionDriver({ ...options, events, persons });
    this.drivers.set(driver.partition, driver);
    this.ownershipChanged();
    return driver;
  }

  /** Gives a partition up: from now on nothing of it is called or committed (P8). */
  disown(partition: number): void {
    const driver = this.drivers.get(partition);
    if (driver === undefined) return;
    driver.revoke();
    this.drivers.delete(partition);
    if (!driver.isQuiet) this.leaving.set(keyOf(driver), driver);
    this.ownershipChanged();
  }

  /** True while calls of a former ownership of `partition` are still under way: taking it up again now could call a user twice at once (P3). */
  isLeaving(partition: number): boolean {
    return [...this.leaving.values()].some((driver) => driver.partition === partition);
  }

  /**
   * The group's coordinator has confirmed our membership, so the partitions are ours until `until` (monotonic). A process that was
   * frozen past its session timeout wakes up without a lease and sends nothing until it has joined again (P8).
   */
  renewLease(until: Millis): void {
    this.leaseUntil = Math.max(this.leaseUntil, until);
    this.keepUntil(until);
  }

  /** The partitions are ours until `until` (monotonic), and while the group changes nothing more is called: what is under way may end. */
  keepUntil(until: Millis): void {
    this.oursUntil = Math.max(this.oursUntil, until);
  }

  /** The group is about to change: nothing more is called until the lease is renewed. */
  suspend(): void {
    this.leaseUntil = -Infinity;
  }

  holdsLease(now: Now): boolean {
    return now.monotonicMs < this.leaseUntil;
  }

  /**
   * Whether a call that was decided a moment ago may still be sent. Asked right before the sending: the process may have been frozen in
   * between, and its partitions be another's by now (P8), or a deletion have come that it knows nothing of (P5).
   */
  maySend({ partition, generation }: CallTicket, now: Now): boolean {
    const driver = this.drivers.get(partition);
    return driver?.generation === generation && this.holdsLease(now) && driver.knowsItsDeletions(now);
  }

  /**
   * An operator's word. A stop is of events (and of what identifies set on persons): erasures go on, since what was deleted must not wait
   * for somebody to resume. A resume and a probe are for all.
   */
  control(control: SourceControl, now: Now): void {
    if (control.kind === 'probe') {
      for (const gate of this.gates) gate.probe(now.monotonicMs);
    } else if (control.wanted === 'stopped') {
      const since = Date.parse(control.at);
      const stop = {
        sinceWallMs: Number.isNaN(since) ? now.wallMs : since,
        ...(control.note !== undefined && { note: control.note }),
      };
      for (const gate of [this.events, this.persons]) gate.stopByOperator(stop);
    } else {
      for (const gate of this.gates) gate.resume();
    }
  }

  private get gates(): readonly AccountGate[] {
    return [this.events, this.persons, this.erasures];
  }

  driver(partition: number): PartitionDriver | undefined {
    return this.drivers.get(partition);
  }

  get owned(): readonly PartitionDriver[] {
    return this.ownedDrivers;
  }

  /** True once nothing is in flight and every outcome is written, over all owned partitions: the end of a drain. */
  get isQuiet(): boolean {
    return this.ownedDrivers.every((driver) => driver.isQuiet);
  }

  /** Of the events; where those go on and identifies do not, that. */
  get state(): GateState {
    const { state } = this.events;
    return state.kind !== 'stopped' && this.persons.state.kind === 'stopped' ? this.persons.state : state;
  }

  callFinished(ticket: CallTicket, kind: CallKind, verdict: Verdict, now: Now): void {
    const gate = { call: this.events, erase: this.erasures, person: this.persons }[kind];
    // The gate first: whether an event may be dead-lettered depends on what its own answer says about the account.
    gate.callFinished(ticket.permit, ticket.subject, verdict, now.monotonicMs, now.wallMs);
    const driver = this.driverOf(ticket);
    // Who has the partition by now decides what becomes of the event; a refusal that is written late would be the last word on what that one has delivered (P2).
    const isOurs = driver !== undefined && driver === this.drivers.get(ticket.partition) && now.monotonicMs < this.oursUntil;
    driver?.callFinished(ticket.offset, ticket.subject, isOurs ? verdict : noMoreOurs(verdict), now);
    // A failed last call has no outcome to wait for, and whoever takes the partition up again waits for its end.
    if (driver?.isQuiet) this.leaving.delete(keyOf(driver));
  }

  /** @param at where the outcome's own record stands in the outcomes partition. */
  outcomeWritten(decision: Extract<Decision, { kind: 'write-outcome' }>, at: Appended): void {
    const { partition } = decision.outcome.position;
    const driver = this.driverOf({ partition, generation: decision.generation });
    driver?.outcomeWritten(decision.outcome, at);
    if (driver?.isQuiet) this.leaving.delete(keyOf(driver));
  }

  /** Decides all that can be decided now; the decisions are in the drivers' outboxes. */
  pump(now: Now): PumpResult {
    for (const driver of this.ownedDrivers) driver.tick(now);
    for (const driver of this.leaving.values()) driver.tick(now);
    if (!this.holdsLease(now)) return wake(this.withdrawAt(now));
    // Before the events, so that they cannot use up all that may be in doubt; and after, for those whose turn has just come.
    this.pumpPersons(now);
    const eventsAt = this.pumpErasuresAndEvents(now);
    const personsAt = this.pumpPersons(now);
    let wakeAt = Math.min(eventsAt.wakeAt ?? Infinity, personsAt ?? Infinity, this.withdrawAt(now) ?? Infinity);
    for (const driver of this.ownedDrivers) wakeAt = Math.min(wakeAt, driver.nextTickAt ?? Infinity, driver.stallsAt(now));
    for (const driver of this.leaving.values()) wakeAt = Math.min(wakeAt, driver.stallsAt(now));
    return wakeAt === Infinity ? { more: eventsAt.more } : { more: eventsAt.more, wakeAt };
  }

  /** Takes the decisions of all drivers, those of partitions that were given up included. */
  takeDecisions(): Decision[] {
    const decisions = this.outbox.take();
    for (const driver of this.drivers.values()) append(decisions, driver.takeDecisions());
    for (const driver of this.leaving.values()) append(decisions, driver.takeDecisions());
    return decisions;
  }

  /** Calls whose outcome Kafka has not acknowledged, over all partitions. */
  get inDoubt(): number {
    let sum = 0;
    for (const driver of this.drivers.values()) sum += driver.inDoubt;
    for (const driver of this.leaving.values()) sum += driver.inDoubt;
    return sum;
  }

  /** Has the calls under way given up once their partitions may be another's, who would call the same users beside them (P3); until then, when that is. */
  private withdrawAt(now: Now): Millis | undefined {
    if (this.events.inFlight + this.erasures.inFlight + this.persons.inFlight === 0) return undefined;
    if (now.monotonicMs < this.oursUntil) return this.oursUntil;
    this.outbox.put({ kind: 'withdraw-calls' });
    return undefined;
  }

  /** P4: as much is in doubt as may be. What is so in partitions whose outcomes Kafka does not take is left out: the others would wait for it (P6). */
  private isFull(now: Now): boolean {
    let sum = 0;
    for (const driver of this.ownedDrivers) if (!driver.isStalled(now)) sum += driver.inDoubt;
    for (const driver of this.leaving.values()) if (!driver.isStalled(now)) sum += driver.inDoubt;
    return sum >= this.inDoubtBound;
  }

  private pumpErasuresAndEvents(now: Now): PumpResult {
    const erasuresAt = this.pumpErasures(now);
    let budget = EVALUATIONS_PER_PUMP;
    for (;;) {
      const at = this.events.nextCallAt(now.monotonicMs);
      if (at === undefined || this.isFull(now)) return wake(erasuresAt);
      // Live events first: a replay takes what they leave.
      const turn = this.anyReady('event', now) ? 'event' : 'replay';
      const driver = this.nextInTurn((candidate) => candidate.hasReady(turn) && candidate.mayDispatch(now));
      if (driver === undefined) return wake(erasuresAt);
      if (at > now.monotonicMs) return wake(erasuresAt, at);
      if (budget <= 0) return { more: true };
      budget -= driver.dispatch(turn, now, () => this.events.callStarted(now.monotonicMs), budget).evaluated;
    }
  }

  private pumpErasures(now: Now): Millis | undefined {
    for (;;) {
      const at = this.erasures.nextCallAt(now.monotonicMs);
      if (at === undefined || this.isFull(now)) return undefined;
      if (!this.anyReady('erasure', now)) return undefined;
      if (at > now.monotonicMs) return at;
      const driver = this.nextInTurn((candidate) => candidate.hasReady('erasure') && candidate.mayDispatch(now));
      driver?.dispatchErasure(now, () => this.erasures.callStarted(now.monotonicMs));
    }
  }

  private pumpPersons(now: Now): Millis | undefined {
    if (this.options.persons === undefined) return undefined;
    for (;;) {
      const at = this.persons.nextCallAt(now.monotonicMs);
      if (at === undefined) return undefined;
      const turn = this.personTurn(now);
      if (turn === undefined || at > now.monotonicMs) return turn && at;
      const driver = this.nextInTurn((candidate) => candidate.hasReady(turn) && candidate.mayDispatch(now));
      driver?.dispatch(turn, now, () => this.persons.callStarted(now.monotonicMs), 1);
    }
  }

  /** What has begun goes first: it is in doubt until it ends, so its next step adds nothing to that (P4), and leaves room for the events. */
  private personTurn(now: Now): EventTurn | undefined {
    if (this.anyReady('step', now)) return 'step';
    let begun = this.persons.inFlight;
    for (const driver of this.ownedDrivers) begun += driver.waitingForStep;
    if (begun >= this.inDoubtBound / 2 || this.isFull(now)) return undefined;
    return (['identify', 'replayed-identify'] as const).find((turn) => this.anyReady(turn, now));
  }

  private anyReady(turn: Turn, now: Now): boolean {
    return this.ownedDrivers.some((driver) => driver.hasReady(turn) && driver.mayDispatch(now));
  }

  /** The next driver, round robin, that `ready` holds for. */
  private nextInTurn(ready: (driver: PartitionDriver) => boolean): PartitionDriver | undefined {
    const drivers = this.ownedDrivers;
    for (let i = 0; i < drivers.length; i++) {
      const driver = drivers[(this.turn + i) % drivers.length];
      if (driver === undefined || !ready(driver)) continue;
      this.turn = (this.turn + i + 1) % drivers.length;
      return driver;
    }
    return undefined;
  }

  /** The account-wide limits are divided by partitions: who owns a third of them makes a third of the calls. */
  private get share(): number {
    return Math.max(1, this.drivers.size) / this.options.partitionCount;
  }

  private ownershipChanged(): void {
    this.ownedDrivers = [...this.drivers.values()];
    this.events.setShare(this.share);
    this.erasures.setShare(this.share);
    this.persons.setShare(this.share);
    this.inDoubtBound = 2 * Math.max(1, Math.floor(this.options.events.maxConcurrency * this.share));
  }

  private driverOf({ partition, generation }: { partition: number; generation: number }): PartitionDriver | undefined {
    const driver = this.drivers.get(partition);
    return driver?.generation === generation ? driver : this.leaving.get(`${generation}:${partition}`);
  }
}

/** What is left of an answer to an event that is another's by now: that Extole has taken it, or when it may be asked again. */
function noMoreOurs(verdict: Verdict): Verdict {
  if (verdict.kind === 'delivered') return verdict;
  if (verdict.kind === 'retry') return { ...verdict, reason: 'withdrawn' };
  return { kind: 'retry', reason: 'withdrawn', code: verdict.code };
}

function keyOf(driver: PartitionDriver): string {
  return `${driver.generation}:${driver.partition}`;
}

function wake(...moments: (Millis | undefined)[]): PumpResult {
  const known = moments.filter((at) => at !== undefined);
  return { more: false, ...(known.length > 0 && { wakeAt: Math.min(...known) }) };
}

function append<T>(to: T[], items: readonly T[]): void {
  for (const item of items) to.push(item);
}
