import type { Millis } from '../now.ts';

/** Sent nothing for this long before the coordinator could have given the partitions away. */
const LEASE_MARGIN_MS = 1_000;

/** What calls only while it holds a lease: a source's delivery. Times are on the monotonic clock. */
export interface LeaseHolder {
  /** It may call until then. */
  renewLease(until: Millis): void;
  /** What it has is its own until then, though the group is about to change: what it is calling may end. */
  keepUntil(until: Millis): void;
}

/** What the group has told a member about itself. */
export interface GroupPlace {
  /** Kafka's id of this member. */
  readonly memberId: string;
  /** One more at each change of the group. */
  readonly generation: number;
}

/**
 * This process as a member of the consumer group: since when it has been confirmed, and what follows from that for the lease that
 * every call needs (P8). The lease holds until a session timeout after the latest confirmed heartbeat was sent, less a margin.
 */
export class Membership {
  private hasJoined = false;
  /** Between an assignment and the next change of the group; only then may anything be called. */
  private settled = false;
  private place: GroupPlace | undefined;

  /**
   * @param sessionTimeoutMs after so long a silence the coordinator gives the partitions away
   * @param lastConfirmedAt the start of the process (monotonic)
   */
  constructor(
    private readonly holders: readonly LeaseHolder[],
    private readonly sessionTimeoutMs: Millis,
    private lastConfirmedAt: Millis,
  ) {}

  get joined(): boolean {
    return this.hasJoined;
  }

  /** Monotonic: a heartbeat sent then was confirmed by the group's coordinator; the start of the process before the first. */
  get confirmedAt(): Millis {
    return this.lastConfirmedAt;
  }

  /** The group is about to change: nothing is called until the next assignment. */
  changing(): void {
    this.settled = false;
  }

  /**
   * An assignment has come.
   *
   * @returns whether what this process owned before and owns again has been nobody else's in between. A member that Kafka had given up (a frozen process, a
   * broken connection) comes back under a new id; one that missed a generation, since its join was overtaken by another, never learnt who owned what in it.
   */
  assigned({ memberId, generation }: GroupPlace): boolean {
    const { place } = this;
    const isContinued = memberId === place?.memberId && generation - place.generation <= 1;
    this.hasJoined = true;
    this.settled = true;
    this.place = { memberId, generation };
    return isContinued;
  }

  /** The coordinator has answered a request that was sent at `sentAt` (monotonic) or later. */
  confirmed(sentAt: Millis): void {
    this.lastConfirmedAt = Math.max(this.lastConfirmedAt, sentAt);
    const until = sentAt + this.sessionTimeoutMs - LEASE_MARGIN_MS;
    for (const holder of this.holders) {
      if (this.settled) holder.renewLease(until);
      else holder.keepUntil(until);
    }
  }
}
