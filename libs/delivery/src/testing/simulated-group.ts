import { Member, SESSION_TIMEOUT_MS, type OpenCall } from './member.ts';
import type { Random } from './random.ts';
import type { SimulatedExtole } from './simulated-extole.ts';
import type { SimulatedPartition } from './simulated-partition.ts';
import type { WorldOptions } from './world-options.ts';

const MOST_MEMBERS = 3;

/** What the group needs of the world around it. */
export interface Surroundings {
  clock: number;
  readonly random: Random;
  readonly options: WorldOptions;
  readonly extole: SimulatedExtole;
  readonly partitions: readonly SimulatedPartition[];
  /** Whether Kafka answers heartbeats. */
  readonly hearsHeartbeats: boolean;
  finishCall(member: Member, call: OpenCall): void;
  acknowledge(member: Member): void;
  commit(member: Member): void;
  /** The member decides what can be decided, and it is done. */
  pump(member: Member): void;
}

/** The forwarder's consumer group: who is in it, who has what, and all that may go wrong with that. */
export class SimulatedGroup {
  members: Member[] = [];
  /** What was in doubt at each end of an ownership: what may be sent again (P4). */
  readonly inDoubt: { partition: number; offsets: ReadonlySet<number>; at: number }[] = [];
  /** Partitions without an owner, and who is to take them up. */
  private readonly assigned: { topics: SimulatedPartition; member: Member }[] = [];
  private generation = 0;
  private memberIds = 0;

  constructor(private readonly world: Surroundings) {}

  get live(): Member[] {
    return this.members.filter(({ state }) => state === 'live');
  }

  /** Everything has an owner, who knows it. */
  get isSettled(): boolean {
    return this.assigned.length === 0 && this.members.every(({ state }) => state !== 'cut-off' && state !== 'overtaken');
  }

  /** The first member, who has everything. */
  begin(): void {
    const member = this.join();
    this.assigned.push(...this.world.partitions.map((topics) => ({ topics, member })));
    this.change();
  }

  /** Takes what waits for its owner. */
  takeAssigned(): { topics: SimulatedPartition; member: Member }[] {
    return this.assigned.splice(0);
  }

  /** Its calls of a former ownership have to end first (P3). */
  assignAgain(topics: SimulatedPartition, member: Member): void {
    this.assigned.push({ topics, member });
  }

  /** One of the things that happen to a group. */
  trouble(): void {
    const { random, options, partitions } = this.world;
    const toOne = (likely: number, happen: (member: Member) => void) => {
      if (random.chance(likely) && this.live.length > 0) happen(random.pick(this.live));
    };
    toOne(options.crashes, (member) => this.crash(member));
    toOne(options.freezes, (member) => this.freeze(member));
    if (random.chance(options.handovers)) this.handOver(random.pick(partitions));
    toOne(options.cutOffs, (member) => (member.state = 'cut-off'));
    toOne(options.overtakings, (member) => this.overtake(member));
    for (const frozen of this.members) if (frozen.state === 'frozen' && random.chance(0.3)) frozen.state = 'thawed';
  }

  /** Time has passed: sessions end, and who was overtaken gets its turn. */
  timePassed(isCalm: boolean): void {
    for (const member of [...this.members]) {
      if (member.state === 'cut-off') {
        // Its timers run as ever.
        this.world.pump(member);
        if (this.world.clock >= member.heardAt + SESSION_TIMEOUT_MS) this.losePartitions(member, 'thawed');
      }
      if (member.state === 'overtaken' && (isCalm || this.world.random.chance(0.1))) this.comeBack(member);
    }
  }

  rememberInDoubt(member: Member): void {
    const at = this.world.extole.ledger.length;
    for (const topics of this.world.partitions)
      this.inDoubt.push({ partition: topics.partition, offsets: member.inDoubtOf(topics), at });
  }

  /** A thawed member goes on with what it had under way, without a lease, until it hears that its partitions are gone. */
  wakeUp(member: Member): void {
    const { world } = this;
    for (const call of member.calls.splice(0, 1 + world.random.below(3))) world.finishCall(member, call);
    world.acknowledge(member);
    world.commit(member);
    if (!world.random.chance(0.3)) return;
    for (const partition of [...member.holdings.keys()]) member.giveUp(partition);
    world.pump(member);
    member.state = 'live';
    member.becomesAnother();
    this.change();
  }

  /** `kill -9`: what was under way towards Kafka may or may not have been written; nothing more is heard of the member. */
  private crash(member: Member): void {
    const { random, extole, partitions } = this.world;
    this.rememberInDoubt(member);
    for (const { entry } of member.calls) extole.endUnheard(entry);
    const written = random.below(member.appends.length + 1);
    for (const { outcome } of member.appends.slice(0, written)) partitions[outcome.position.partition]?.appendOutcome(outcome);
    // A failed disk: the checkpoint may be gone, or be of an earlier time.
    for (const { topics } of member.holdings.values()) if (random.chance(0.3)) topics.checkpoint = undefined;
    this.losePartitions(member, 'gone');
  }

  /** SIGSTOP, for longer than the session timeout: others take over, and one day it goes on as if nothing had happened. */
  private freeze(member: Member): void {
    this.world.clock += SESSION_TIMEOUT_MS + this.world.random.below(5_000);
    // A call has a shorter timeout than the session: by now Extole is no longer at it.
    for (const { entry } of member.calls) this.world.extole.endUnheard(entry);
    this.losePartitions(member, 'frozen');
  }

  private losePartitions(member: Member, state: 'gone' | 'frozen' | 'thawed'): void {
    const { random } = this.world;
    if (state !== 'gone') this.rememberInDoubt(member);
    member.state = state;
    if (state === 'gone') this.members = this.members.filter((other) => other !== member);
    const survivors = this.live;
    const heir = survivors.length === 0 || random.chance(0.5) ? this.join() : random.pick(survivors);
    for (const { topics } of member.holdings.values()) this.assigned.push({ topics, member: heir });
    this.passOn(member, heir);
    this.change();
  }

  /** What was to become the member's becomes the heir's. */
  private passOn(member: Member, heir: Member): void {
    for (const waiting of this.assigned.filter((assignment) => assignment.member === member))
      this.assigned.splice(this.assigned.indexOf(waiting), 1, { topics: waiting.topics, member: heir });
  }

  /**
   * A rebalance: the old owner is drained of its calls (joining waits for that), commits, and is replaced, while its last writes
   * still trickle in. A member that gets its own partition back under its old name may not have been drained in time; its calls go on.
   */
  private handOver(topics: SimulatedPartition): void {
    const { random, options } = this.world;
    const old = this.live.find(({ holdings }) => holdings.has(topics.partition));
    if (old === undefined) return;
    const heir = random.chance(0.3) ? old : this.heirOf(old);
    const isAnother = heir !== old || random.chance(0.5);
    this.leaveGeneration(old, isAnother || random.chance(0.5));
    if (heir !== old) {
      this.giveUp(old, topics);
      if (random.chance(options.moves)) topics.moveBack(random);
      this.assigned.push({ topics, member: heir });
    } else if (isAnother) old.becomesAnother();
    this.change();
  }

  /** Its join is overtaken by another's, so that it misses a generation in which others have what it had. */
  private overtake(member: Member): void {
    if (member.holdings.size === 0) return;
    const heir = this.heirOf(member);
    this.leaveGeneration(member, true);
    this.rememberInDoubt(member);
    member.state = 'overtaken';
    for (const { topics } of member.holdings.values()) this.assigned.push({ topics, member: heir });
    this.passOn(member, heir);
    this.change();
  }

  /** What it had is given back to it by those who had it meanwhile. */
  private comeBack(member: Member): void {
    const own = [...member.holdings.values()].map(({ topics }) => topics);
    for (const topics of own) {
      const waiting = this.assigned.findIndex((assignment) => assignment.topics === topics);
      if (waiting >= 0) this.assigned.splice(waiting, 1);
      const interim = this.live.find(({ holdings }) => holdings.has(topics.partition));
      // Nobody can be asked for what a member has that Kafka does not hear: another gets it when its session ends.
      if (waiting < 0 && interim === undefined) member.giveUp(topics.partition);
      if (interim === undefined) continue;
      this.leaveGeneration(interim, true);
      this.giveUp(interim, topics);
    }
    member.state = 'live';
    this.change();
    // Where it goes on with what it has, it has it already.
    for (const topics of own) {
      const isElsewhere = this.members.some(({ state, holdings }) => state === 'cut-off' && holdings.has(topics.partition));
      if (!isElsewhere && !this.has(member, topics)) this.assigned.push({ topics, member });
    }
  }

  private has({ holdings }: Member, topics: SimulatedPartition): boolean {
    return holdings.has(topics.partition) || this.assigned.some((assignment) => assignment.topics === topics);
  }

  /** The next generation: everybody who is in the group is told of it, and goes on with what is still its own. */
  private change(): void {
    this.generation++;
    for (const member of this.live) {
      const isContinued = member.membership.assigned({ memberId: member.memberId, generation: this.generation });
      if (!isContinued) this.beginAnew(member);
      member.confirmed(this.world.clock);
    }
  }

  /** Others may have had what it has: it is restored. */
  private beginAnew(member: Member): void {
    const all = [...member.holdings.values()];
    this.rememberInDoubt(member);
    for (const { topics } of all) {
      this.giveUp(member, topics);
      this.assigned.push({ topics, member });
    }
  }

  private leaveGeneration(member: Member, isDrained: boolean): void {
    member.changing();
    if (isDrained) this.drain(member);
    if (this.world.random.chance(0.7)) this.world.commit(member);
  }

  private giveUp(member: Member, topics: SimulatedPartition): void {
    this.rememberInDoubt(member);
    member.giveUp(topics.partition);
    this.world.pump(member);
  }

  /** Waits for the calls, and goes on telling the group that it is there. */
  private drain(member: Member): void {
    const { world } = this;
    for (let call = member.calls[0]; call !== undefined; call = member.calls[0]) {
      world.clock = Math.max(world.clock, call.entry.hangsUntil ?? 0);
      if (world.hearsHeartbeats) member.confirmed(world.clock);
      // Where nobody hears that, the calls are given up.
      world.pump(member);
      if (member.calls[0] !== call) continue;
      member.calls.shift();
      world.finishCall(member, call);
    }
  }

  private heirOf(old: Member): Member {
    const others = this.live.filter((member) => member !== old);
    return this.live.length < MOST_MEMBERS ? this.join() : this.world.random.pick(others);
  }

  private join(): Member {
    // Members that own nothing and have nothing to finish leave when the group grows.
    const isWanted = (member: Member) => !member.isIdle || this.assigned.some((assignment) => assignment.member === member);
    if (this.live.length >= MOST_MEMBERS)
      this.members = this.members.filter((member) => member.state !== 'live' || isWanted(member));
    const { options, partitions } = this.world;
    const member = new Member(++this.memberIds, partitions.length, options.maxConcurrency, options.personRate);
    this.members.push(member);
    return member;
  }
}
