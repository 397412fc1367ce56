import { SESSION_TIMEOUT_MS, type GroupAssignment } from '#event-log';
import { readClock } from '../clock.ts';

/** Sent nothing for this long before the coordinator could have given the partitions away. */
const LEASE_MARGIN_MS = 1_000;

/** What calls only while it holds a lease: a source's delivery. */
export interface LeaseHolder {
  /** @param until monotonic milliseconds */
  renewLease(until: number): void;
}

/**
 * This process as a member of the consumer group: since when it has been confirmed, and what follows from that for the lease that
 * every call needs (P8). The lease holds until a session timeout after the latest confirmed heartbeat was sent, less a margin.
 */
export class Membership {
  private hasJoined = false;
  /** Between an assignment and the next change of the group; only then does a confirmed membership mean that the partitions are ours. */
  private settled = false;
  private lastConfirmedAt = readClock().monotonicMs;
  /** Kafka's id of this member at the latest assignment. */
  private memberId: string | undefined;
  /** The group's generation then. */
  private generation = -1;

  constructor(private readonly holders: readonly LeaseHolder[]) {}

  get joined(): boolean {
    return this.hasJoined;
  }

  /** Monotonic milliseconds: a heartbeat sent then was confirmed by the group's coordinator; the start of the process before the first. */
  get confirmedAt(): number {
    return this.lastConfirmedAt;
  }

  /** The group is about to change: no lease is renewed until the next assignment. */
  changing(): void {
    this.settled = false;
  }

  /**
   * An assignment has come.
   *
   * @returns whether what this process owned before and owns again has been nobody else's in between. A member that Kafka had given up (a frozen process, a
   * broken connection) comes back under a new id; one that missed a generation, since its join was overtaken by another, never learnt who owned what in it.
   */
  assigned({ memberId, generation }: Pick<GroupAssignment, 'memberId' | 'generation'>): boolean {
    const isContinued = memberId === this.memberId && generation - this.generation <= 1;
    this.hasJoined = true;
    this.settled = true;
    this.memberId = memberId;
    this.generation = generation;
    return isContinued;
  }

  /** The coordinator has answered a request that was sent at `sentAt` (monotonic milliseconds) or later. */
  confirmed(sentAt: number): void {
    this.lastConfirmedAt = Math.max(this.lastConfirmedAt, sentAt);
    if (!this.settled) return;
    for (const holder of this.holders) holder.renewLease(sentAt + SESSION_TIMEOUT_MS - LEASE_MARGIN_MS);
  }
}
