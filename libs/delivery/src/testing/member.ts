import { toOffset, type HashedSubject, type Offset } from '#segment';
import { Membership, SourceDelivery, type CallTicket, type Decision, type PartitionDriver } from '../index.ts';
import type { LedgerEntry } from './simulated-extole.ts';
import type { SimulatedPartition } from './simulated-partition.ts';
import type { WorldOptions } from './world-options.ts';

/** A partition that a member owns, or believes that it owns, as the member's edge knows it. */
export interface Holding {
  readonly topics: SimulatedPartition;
  readonly driver: PartitionDriver;
  /** The next offset to fetch. */
  fetched: Offset;
  paused: boolean;
  deletionsNext: number;
  /** A poll of the deletions partition that is under way. */
  pollSentAt: number | undefined;
  /** When the last poll that reached the end was sent. */
  deletionsProvenAt: number | undefined;
  /** So many of the outcomes topic were read by this owner, at its start or since. */
  outcomesKnown: number;
  /** Replays that were handed over and have not ended, by run. */
  readonly replaying: Map<string, { readonly offset: Offset; readonly redeliver: boolean; readonly wasDelivered: boolean }>;
  /** The subject's latest deletion that this owner was told of, by either topic. */
  readonly toldDeletions: Map<HashedSubject, number>;
}

export interface OpenCall {
  readonly ticket: CallTicket;
  readonly entry: LedgerEntry;
}

/** So long after it has heard from a member the group gives its partitions away. */
export const SESSION_TIMEOUT_MS = 10_000;

/**
 * - `live`: takes part in the group.
 * - `cut-off`: goes on and has its partitions, while Kafka hears nothing of it and says nothing to it; until its session ends.
 * - `overtaken`: waits to join, and its partitions are another's for a generation that it never learns of.
 * - `frozen`: stopped by the system (SIGSTOP, a paused machine); does nothing and has lost its partitions.
 * - `thawed`: runs (again) and has not heard yet that it lost them.
 * - `gone`: killed.
 */
export type MemberState = 'live' | 'cut-off' | 'overtaken' | 'frozen' | 'thawed' | 'gone';

/** One process of the forwarder in the simulation: the real core, and what its edge has under way. */
export class Member {
  readonly delivery: SourceDelivery;
  readonly holdings = new Map<number, Holding>();
  readonly calls: OpenCall[] = [];
  /** Outcome appends that Kafka has not acknowledged; it does so in order. */
  readonly appends: Extract<Decision, { kind: 'write-outcome' }>[] = [];
  /** Places (`partition/offset`) of identifies that Extole has taken and that have no outcome yet. */
  readonly begun = new Set<string>();
  /** Deletion notices on their way to Kafka. */
  readonly notices: Extract<Decision, { kind: 'announce-deletion' }>['notice'][] = [];
  readonly membership: Membership;
  state: MemberState = 'live';
  /** Kafka's id of it: another one after it was given up. */
  memberId: string;
  /** When the latest heartbeat was sent that the group has heard. */
  heardAt = -Infinity;
  private joins = 0;

  constructor(
    readonly id: number,
    readonly partitionCount: number,
    readonly maxConcurrency: number,
    readonly personRate: WorldOptions['personRate'],
  ) {
    this.delivery = new SourceDelivery({
      partitionCount,
      events: { maxConcurrency },
      erasures: { maxConcurrency: 2 },
      persons: { maxConcurrency: 2, severalCalls: true, ...(personRate && { rateLimit: personRate }) },
    });
    this.membership = new Membership([this.delivery], SESSION_TIMEOUT_MS, -Infinity);
    this.memberId = this.nextMemberId();
  }

  /** The group has heard the heartbeat that was sent at `sentAt`, and the member is told so. */
  confirmed(sentAt: number): void {
    this.heardAt = Math.max(this.heardAt, sentAt);
    this.membership.confirmed(sentAt);
  }

  /** The group is about to change. */
  changing(): void {
    this.membership.changing();
    this.delivery.suspend();
  }

  /** It was given up by the group, and comes back as somebody else. */
  becomesAnother(): void {
    this.memberId = this.nextMemberId();
  }

  private nextMemberId(): string {
    return `${this.id}-${++this.joins}`;
  }

  hold(topics: SimulatedPartition, driver: PartitionDriver): void {
    const toldDeletions = new Map<HashedSubject, number>();
    for (const { subject, offset } of topics.noticesBetween(0, topics.deletions.length)) raise(toldDeletions, subject, offset);
    this.holdings.set(topics.partition, {
      topics,
      driver,
      fetched: driver.state.frontier.committable,
      paused: false,
      deletionsNext: driver.state.deletionsNext,
      pollSentAt: undefined,
      deletionsProvenAt: undefined,
      outcomesKnown: topics.outcomes.length,
      replaying: new Map(),
      toldDeletions,
    });
  }

  giveUp(partition: number): void {
    this.delivery.disown(partition);
    for (const place of this.begun) if (place.startsWith(`${partition}/`)) this.begun.delete(place);
    this.holdings.delete(partition);
  }

  /** A former owner's late facts were read: what they have ended is in doubt no longer. */
  forgetEnded(topics: SimulatedPartition): void {
    for (const place of this.begun) {
      const [partition, offset] = place.split('/').map(Number);
      if (partition === topics.partition && offset !== undefined && topics.hasOutcome(toOffset(offset))) this.begun.delete(place);
    }
  }

  /** It owns nothing and has nothing to finish. */
  get isIdle(): boolean {
    return this.holdings.size + this.calls.length + this.appends.length + this.notices.length === 0;
  }

  /** The member's fair share of the account's calls in flight. */
  get share(): number {
    return Math.max(1, Math.floor((this.maxConcurrency * this.holdings.size) / this.partitionCount));
  }

  /** Offsets of a partition that were called by this member and have no outcome in the topic: in doubt if it ends now. */
  inDoubtOf(topics: SimulatedPartition): Set<Offset> {
    const { partition } = topics;
    const offsets = new Set<Offset>();
    for (const { ticket } of this.calls) if (ticket.partition === partition) offsets.add(ticket.offset);
    for (const place of this.begun) {
      const [of, offset] = place.split('/').map(Number);
      if (of === partition && offset !== undefined) offsets.add(toOffset(offset));
    }
    for (const { outcome } of this.appends)
      if (outcome.position.partition === partition) offsets.add(toOffset(outcome.position.offset));
    return offsets;
  }
}

export function raise(latest: Map<HashedSubject, number>, subject: HashedSubject, offset: number): void {
  if ((latest.get(subject) ?? -1) < offset) latest.set(subject, offset);
}
