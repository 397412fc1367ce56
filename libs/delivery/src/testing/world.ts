import { toOffset, type SubjectKey } from '#segment';
import {
  PartitionState,
  readCheckpoint,
  writeCheckpoint,
  type CallKind,
  type CallTicket,
  type DeletionNotice,
  type DriverLimits,
  type Logged,
  type Now,
  type PersonParameter,
  type PersonStep,
  type Outcome,
  type StateWindows,
} from '../index.ts';
import { raise, type Holding, type Member, type OpenCall } from './member.ts';
import { Random } from './random.ts';
import { evaluate, eventIn, fakeHash, hashSubject, recordOf, tombstoneOf } from './simulated-event.ts';
import { SimulatedExtole, type Weather } from './simulated-extole.ts';
import { SimulatedGroup, type Surroundings } from './simulated-group.ts';
import { SimulatedPartition } from './simulated-partition.ts';
import { REPLAYS_IN_HAND } from './simulated-replays.ts';
import { FETCH_RECORDS, Watch } from './watch.ts';
import type { WorldOptions } from './world-options.ts';

const WINDOWS: StateWindows = { dedupMs: 30 * 86_400_000, deletionsMs: 60 * 86_400_000 };
const WEATHERS: readonly Weather[] = ['fair', 'fair', 'fair', 'outage', 'throttling', 'configuration-fault', 'refusing'];

/** What Kafka does not take, serve or answer at the moment, by partition. */
interface Stalled {
  readonly outcomes: ReadonlySet<number>;
  readonly deletions: ReadonlySet<number>;
  readonly heartbeats: boolean;
  /** On the wall clock. */
  readonly since: number;
}

const NOTHING_STALLED: Stalled = { outcomes: new Set(), deletions: new Set(), heartbeats: false, since: 0 };

/**
 * A source's topics, Extole and the members of the forwarder's group, all in one process and all moved by one seeded generator:
 * every step does one random thing that could happen next in the real world. The core is the real one.
 */
export class World implements Surroundings {
  readonly random: Random;
  readonly partitions: readonly SimulatedPartition[];
  readonly extole: SimulatedExtole;
  readonly watch: Watch;
  /** What was handed over to be sent although Extole had taken it, and when in the ledger: a redelivery, or an identify that has got no further. */
  readonly redeliveries: { partition: number; offset: number; at: number }[] = [];
  private readonly limits: DriverLimits;
  private readonly group: SimulatedGroup;
  private appended = 0;
  private generations = 0;
  clock = 1_000_000;
  private calm = false;
  private stalled: Stalled = NOTHING_STALLED;

  constructor(readonly options: WorldOptions) {
    this.random = new Random(options.seed);
    this.partitions = Array.from({ length: options.partitions }, (_, partition) => new SimulatedPartition(partition));
    this.extole = new SimulatedExtole(this.random, options.failures, options.hangs);
    this.limits = { ...options.bounds, maxAttemptAgeMs: 60_000, deletionLagBoundMs: 5_000 };
    this.watch = new Watch(this.extole, this.limits, options.suppression, `seed ${options.seed}, ${options.records} records`);
    this.group = new SimulatedGroup(this);
    this.group.begin();
    this.takeUpAssigned();
  }

  /** Runs the whole schedule: trouble until all records are written and a while longer, then calm until everything is done. */
  run(): void {
    const { options, random } = this;
    for (let steps = 0; steps < options.records * 200; steps++) {
      if (this.appended >= options.records && random.chance(0.02)) break;
      this.step();
    }
    this.calm = true;
    this.extole.calmDown();
    this.stalled = NOTHING_STALLED;
    for (let steps = 0; steps < 2_000 + options.records * 150 && !this.isDone; steps++) this.step();
  }

  /** Everything has its outcome, everything is committed, and nothing is held any more. */
  get isDone(): boolean {
    return (
      this.appended === this.options.records &&
      this.group.isSettled &&
      this.partitions.every(({ committed, events, replays }) => committed === events.length && replays.areDone) &&
      this.live.every(({ holdings }) => [...holdings.values()].every(({ driver }) => isIdle(driver.figures)))
    );
  }

  private get now(): Now {
    return { monotonicMs: this.clock, wallMs: 1_700_000_000_000 + this.clock };
  }

  get inDoubt(): SimulatedGroup['inDoubt'] {
    return this.group.inDoubt;
  }

  get hearsHeartbeats(): boolean {
    return !this.stalled.heartbeats;
  }

  private get live(): readonly Member[] {
    return this.group.live;
  }

  private get members(): readonly Member[] {
    return this.group.members;
  }

  private step(): void {
    const { random, options } = this;
    this.clock += random.below(40);
    this.group.timePassed(this.calm);
    if (!this.calm && random.chance(options.troubles)) this.group.trouble();
    if (!this.calm && random.chance(0.02)) this.changeWeather();
    this.takeUpAssigned();
    const awake = this.members.filter(({ state }) => state === 'live' || state === 'cut-off');
    const busy = awake.filter((member) => !member.isIdle);
    if (awake.length > 0) this.act(random.pick(busy.length === 0 ? awake : busy));
    for (const other of this.members) {
      if (other.state === 'frozen' || other.isIdle) continue;
      const confirmed = other.state === 'live' && this.hearsHeartbeats && (this.calm || random.chance(0.95));
      if (confirmed) other.confirmed(this.clock);
      this.pump(other);
      if (other.state === 'live') this.watch.goesOn(other, this.now, this.stalled);
    }
  }

  private takeUpAssigned(): void {
    for (const { topics, member } of this.group.takeAssigned()) this.takeUp(member, topics);
  }

  pump(member: Member): void {
    while (member.delivery.pump(this.now).more);
    this.perform(member);
  }

  private act(member: Member): void {
    const { random } = this;
    // Between it and Kafka nothing passes.
    if (member.state === 'cut-off') return this.endCall(member);
    const holding = member.holdings.size === 0 ? undefined : random.pick([...member.holdings.values()]);
    if (this.options.replays > 0 && holding !== undefined && random.chance(this.options.replays)) return this.replay(holding);
    switch (random.below(16)) {
      case 0:
        return this.appendRecord();
      case 1:
        return this.announce(member);
      case 2:
      case 3:
        return holding && this.fetch(holding);
      case 4:
      case 5:
      case 6:
        return this.endCall(member);
      case 7:
      case 8:
        return this.acknowledge(member);
      case 9:
      case 10:
      case 11:
        return holding && this.pollDeletions(holding);
      case 12:
        return this.commit(member);
      case 13:
        return holding && this.housekeeping(member, holding);
      case 14:
        for (const former of this.members) if (former.state === 'thawed') this.group.wakeUp(former);
        return;
      default:
        this.clock += random.below(this.calm ? 10_000 : 4_000);
    }
  }

  // The outside world -----------------------------------------------------------------------------------------------------

  private appendRecord(): void {
    const { random, options } = this;
    if (this.appended >= options.records) return;
    this.appended++;
    const topics = random.pick(this.partitions);
    if (options.gaps > 0 && random.chance(options.gaps)) random.pick(this.partitions).appendGap();
    const offset = topics.events.length;
    const user = random.chance(options.hotUser) ? 0 : random.below(options.subjects);
    const subject = `user-${topics.partition}${user}` as SubjectKey;
    const receivedAt = new Date(this.now.wallMs).toISOString();
    if (random.chance(options.deletions)) {
      topics.appendEvent(tombstoneOf(offset, subject, receivedAt));
      // Ingest may die between the tombstone and the notice; the owner then makes up for it.
      if (!random.chance(0.8)) return;
      topics.unannounced.push({
        subject: hashSubject(subject),
        deletionId: `d${offset}`,
        partition: topics.partition,
        offset: toOffset(offset),
        requestedAt: receivedAt,
      });
      return;
    }
    const earlier = topics.eventsOf.get(subject) ?? [];
    const repeated = earlier.length > 0 && random.chance(options.repeats) ? eventIn(random.pick(earlier)) : undefined;
    const messageId = repeated !== undefined && random.chance(0.5) ? repeated.messageId : `m${offset}`;
    const partnerKey = repeated !== undefined ? repeated.partnerKey : random.chance(0.3) ? `k${offset}` : undefined;
    const fate = random.chance(0.04) ? random.pick(['undeliverable', 'filtered'] as const) : undefined;
    const parameters = this.parametersOfAnIdentify();
    topics.appendEvent(
      recordOf(
        offset,
        subject,
        receivedAt,
        {
          messageId,
          ...(partnerKey !== undefined && { partnerKey }),
          ...(parameters && { parameters }),
          ...(fate && { fate }),
        },
        parameters === undefined ? 'track' : 'identify',
      ),
    );
  }

  private parametersOfAnIdentify(): PersonParameter[] | undefined {
    const { random, options } = this;
    if (options.identifies === 0 || !random.chance(options.identifies)) return undefined;
    return ['plan', 'age', 'city'].filter(() => random.chance(0.6)).map((name) => ({ name, value: String(1 + random.below(3)) }));
  }

  private announce(member: Member): void {
    const { random } = this;
    const { unannounced, partition } = random.pick(this.partitions);
    if (this.calm || random.chance(this.options.announcing)) {
      // Two ingests write the notices of two deletions in either order.
      const [notice] = unannounced.splice(random.chance(0.8) ? 0 : random.below(unannounced.length), 1);
      if (notice !== undefined) this.partitions[partition]?.appendNotice(notice, this.clock);
    }
    const own = member.notices.shift();
    if (own !== undefined) this.partitions[own.partition]?.appendNotice({ ...own, deletionId: `d${own.offset}` }, this.clock);
  }

  private changeWeather(): void {
    const { random, extole, options } = this;
    extole.weather = options.stormy ? random.pick(WEATHERS) : 'fair';
    if (options.onlyRefused) extole.weather = 'refusing';
    // All of a topic, or one partition alone that nobody leads.
    const some = (): ReadonlySet<number> => {
      if (!random.chance(options.stalls)) return new Set();
      const all = this.partitions.map(({ partition }) => partition);
      return new Set(random.chance(0.5) ? all : [random.pick(all)]);
    };
    this.stalled = { outcomes: some(), deletions: some(), heartbeats: random.chance(options.stalls), since: this.now.wallMs };
  }

  private endCall(member: Member): void {
    if (member.calls.length === 0) return;
    const index = this.random.below(member.calls.length);
    const hangsUntil = member.calls[index]?.entry.hangsUntil ?? 0;
    // In calm the clock is moved on, or everybody would wait for the one call that hangs.
    if (this.calm) this.clock = Math.max(this.clock, hangsUntil);
    if (hangsUntil > this.clock) return;
    for (const call of member.calls.splice(index, 1)) this.finishCall(member, call);
  }

  finishCall(member: Member, call: OpenCall): void {
    const verdict = this.extole.answer(call.entry);
    this.watch.callEnds(member, call, verdict, this.clock);
    const { partition, offset, step } = call.entry;
    const holding = member.holdings.get(partition);
    // Of a former ownership, or ended by a former owner's late fact: then it is not going on.
    const goesOn =
      holding?.driver.generation === call.ticket.generation && !holding.topics.hasOutcome(offset, holding.outcomesKnown);
    if (goesOn && verdict.kind === 'delivered' && step?.kind === 'identify') member.begun.add(`${partition}/${offset}`);
    member.delivery.callFinished(call.ticket, call.entry.kind, verdict, this.now);
    this.perform(member);
  }

  // Kafka -----------------------------------------------------------------------------------------------------------------

  private fetch(holding: Holding): void {
    if (holding.paused) return;
    const { topics, driver, toldDeletions } = holding;
    const to = Math.min(topics.events.length, holding.fetched + 1 + this.random.below(FETCH_RECORDS));
    if (this.options.lateAnswers > 0 && this.random.chance(this.options.lateAnswers)) return this.answerLate(holding);
    // A rejoin starts again at the committed offset: what is held already arrives again.
    const from = this.random.chance(0.05) ? Math.min(topics.committed, holding.fetched) : holding.fetched;
    const records = topics.events.slice(from, to).filter((record) => record !== undefined);
    for (const { type, subject, offset } of records) if (type === 'delete') raise(toldDeletions, hashSubject(subject), offset);
    holding.fetched = toOffset(Math.max(holding.fetched, to));
    const read = { from: toOffset(from), records, next: toOffset(to) };
    if (!driver.recordsArrived(read, this.now)) this.watch.violate('P2', `what was read from ${from} is not taken in`);
    this.performAll();
  }

  /** A fetch is answered that was sent before a rejoin, by where the owner stood then. */
  private answerLate({ topics, driver }: Holding): void {
    const from = this.random.below(topics.events.length + 1);
    const records = topics.events.slice(from).filter((record) => record !== undefined);
    // Where it joins on it is as good as any other; these do not.
    if (from > driver.figures.arrivedNext)
      driver.recordsArrived({ from: toOffset(from), records, next: toOffset(topics.events.length) }, this.now);
  }

  /** A long poll of the deletions partition: first it is sent, some steps later it is answered. */
  private pollDeletions(holding: Holding): void {
    const { topics, driver, pollSentAt } = holding;
    if (this.stalled.deletions.has(topics.partition)) return;
    if (pollSentAt === undefined) {
      holding.pollSentAt = this.clock;
      return;
    }
    holding.pollSentAt = undefined;
    const end = topics.deletions.length;
    const to = this.random.chance(0.7) ? end : Math.min(end, holding.deletionsNext + 1);
    for (const notice of topics.noticesBetween(holding.deletionsNext, to)) {
      raise(holding.toldDeletions, notice.subject, notice.offset);
      driver.deletionArrived(loggedNotice(notice), this.now);
    }
    holding.deletionsNext = to;
    driver.state.deletionsNext = toOffset(to);
    if (to === end) {
      holding.deletionsProvenAt = pollSentAt;
      driver.deletionsProven(pollSentAt);
    }
    this.performAll();
  }

  acknowledge(member: Member): void {
    const written = member.appends.filter(({ outcome }) => !this.stalled.outcomes.has(outcome.position.partition));
    written.splice(this.random.below(written.length + 1));
    for (const append of written) {
      member.appends.splice(member.appends.indexOf(append), 1);
      const at = this.partitions[append.outcome.position.partition]?.appendOutcome(append.outcome);
      member.delivery.outcomeWritten(append, { offset: at, appendedAt: Date.parse(append.outcome.at) });
    }
    this.perform(member);
  }

  commit(member: Member): void {
    for (const { driver, topics } of member.holdings.values()) {
      const offset = driver.commitDue;
      if (offset === undefined) continue;
      this.watch.commits(topics, offset);
      // Kafka refuses the commit of a former generation: a thawed member still believes that it owns the partition.
      if (member.state !== 'live') continue;
      topics.committed = offset;
      driver.commitAcknowledged(offset);
    }
  }

  private housekeeping(member: Member, holding: Holding): void {
    const { random } = this;
    const { driver, topics } = holding;
    switch (random.below(3)) {
      case 0: {
        const { outcomes } = topics;
        driver.outcomesRead(outcomes.slice(driver.state.outcomesNext).map(loggedOutcome), toOffset(outcomes.length));
        holding.outcomesKnown = outcomes.length;
        member.forgetEnded(topics);
        this.performAll();
        return;
      }
      case 1:
        if (driver.committedOffset !== undefined)
          topics.checkpoint = writeCheckpoint(driver.state, identityOf(topics), driver.committedOffset, fakeHash);
        return;
      default:
        topics.compact();
    }
  }

  /** An operator asks for a replay, and its owner reads a record of one again beside the live log. */
  private replay(holding: Holding): void {
    const { topics, driver, replaying } = holding;
    if (!this.calm && this.random.chance(0.3)) topics.replays.askFor(this.random);
    if (replaying.size >= REPLAYS_IN_HAND) return;
    const replay = topics.replays.next(driver, new Set(replaying.keys()));
    if (replay === undefined) return;
    const tag = topics.replays.tagOf(replay);
    const record = topics.events[replay.offset];
    if (tag === undefined || record === undefined) {
      replay.isDone = true;
      return;
    }
    replaying.set(replay.run, { offset: replay.offset, ...tag });
    if (tag.redeliver || record.type === 'identify')
      this.redeliveries.push({ partition: topics.partition, offset: replay.offset, at: this.extole.ledger.length });
    driver.recordReplayed(record, tag, this.now);
    this.performAll();
  }

  // The group -------------------------------------------------------------------------------------------------------------

  private takeUp(member: Member, topics: SimulatedPartition): void {
    // P3: calls of a former ownership in the same process end first.
    if (member.delivery.isLeaving(topics.partition)) return this.group.assignAgain(topics, member);
    const driver = member.delivery.own({
      partition: topics.partition,
      generation: ++this.generations,
      state: restore(topics),
      evaluate,
      hashSubject,
      mappingVersion: '1',
      afterDeletion: this.options.suppression ? 'suppress' : 'accept',
      limits: this.limits,
      random: this.random.next,
    });
    driver.commitAcknowledged(topics.committed);
    member.hold(topics, driver);
  }

  // Decisions -------------------------------------------------------------------------------------------------------------

  private performAll(): void {
    for (const member of this.members) {
      if (member.state === 'frozen') continue;
      this.perform(member);
      this.watch.memory(member);
    }
  }

  private perform(member: Member): void {
    for (const decision of member.delivery.takeDecisions()) {
      switch (decision.kind) {
        case 'call':
          this.startCall(member, decision.ticket, 'call', decision.body);
          break;
        case 'erase':
          this.startCall(member, decision.ticket, 'erase', decision.subject);
          break;
        case 'withdraw-calls':
          this.withdrawCalls(member);
          break;
        case 'write-outcome':
          this.watch.outcomeDecided(member, decision.outcome);
          member.begun.delete(`${decision.outcome.position.partition}/${decision.outcome.position.offset}`);
          member.appends.push(decision);
          break;
        case 'announce-deletion':
          member.notices.push(decision.notice);
          break;
        case 'person':
          this.startCall(member, decision.ticket, 'person', textOf(decision.step), decision.step);
          break;
        case 'replay-ended': {
          const replay = this.partitions[decision.partition]?.replays.all.find(({ run }) => run === decision.run);
          if (replay !== undefined) replay.isDone = true;
          member.holdings.get(decision.partition)?.replaying.delete(decision.run);
          // Its user was deleted in between: nothing is written of it, and nothing sent again.
          member.begun.delete(`${decision.partition}/${decision.offset}`);
          break;
        }
        case 'invariant-broken':
          this.watch.violate('invariant', `${decision.invariant} at offset ${decision.offset}`);
          break;
        case 'pause':
        case 'resume': {
          const holding = member.holdings.get(decision.partition);
          if (holding !== undefined) holding.paused = decision.kind === 'pause';
          break;
        }
      }
    }
  }

  private withdrawCalls(member: Member): void {
    this.group.rememberInDoubt(member);
    for (const call of member.calls.splice(0)) {
      const { ticket, entry } = call;
      const verdict = this.extole.withdraw(entry);
      this.watch.callEnds(member, call, verdict, this.clock);
      member.delivery.callFinished(ticket, entry.kind, verdict, this.now);
    }
    this.perform(member);
  }

  private startCall(member: Member, ticket: CallTicket, kind: CallKind, body: string, step?: PersonStep): void {
    const { partition, generation, offset, subject } = ticket;
    const call = { partition, generation, offset, subject, kind, body, ...(step && { step }) };
    this.watch.callStarts(member, call, this.now);
    const entry = this.extole.receive(call, this.clock);
    this.watch.callStarted(member, entry, this.clock);
    member.calls.push({ ticket, entry });
  }
}

function restore(topics: SimulatedPartition): PartitionState {
  const { checkpoint, committed, outcomes, deletions } = topics;
  const read = checkpoint && readCheckpoint(checkpoint, identityOf(topics), WINDOWS, committed);
  const state = read?.kind === 'state' ? read.state : new PartitionState(committed, WINDOWS);
  for (let at = state.outcomesNext; at < outcomes.length; at++) {
    const outcome = outcomes[at];
    if (outcome !== undefined) state.applyOutcome(outcome, Date.parse(outcome.at));
  }
  state.outcomesNext = toOffset(outcomes.length);
  for (const notice of topics.noticesBetween(state.deletionsNext, deletions.length))
    state.applyDeletion(notice, Date.parse(notice.requestedAt));
  state.deletionsNext = toOffset(deletions.length);
  return state;
}

/** Everybody's clock is right here, so what was decided a moment ago bears the time of its append. */
function loggedOutcome(fact: Outcome): Logged<Outcome> {
  return { fact, appendedAt: Date.parse(fact.at) };
}

function loggedNotice(fact: DeletionNotice): Logged<DeletionNotice> {
  return { fact, appendedAt: Date.parse(fact.requestedAt) };
}

/** A step's bytes. */
function textOf(step: PersonStep): string {
  return step.kind === 'identify' ? step.body : JSON.stringify(step);
}

function identityOf({ partition }: SimulatedPartition) {
  return { topic: 'events', cluster: 'simulated', partition, hashKey: 'k' };
}

function isIdle({
  lanes,
  inFlight,
  heldBytes,
  unwrittenOutcomes,
}: { [figure in 'lanes' | 'inFlight' | 'heldBytes' | 'unwrittenOutcomes']: number }) {
  return lanes + inFlight + heldBytes + unwrittenOutcomes === 0;
}
