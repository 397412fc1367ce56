import type { Hash, HashedSubject, Offset } from '#segment';
import type { DeletionNotice } from '../deletion-record.ts';
import type { Millis } from '../now.ts';
import type { Outcome } from '../outcome.ts';
import { CommitFrontier } from './commit-frontier.ts';
import { WindowedKeys } from './windowed-keys.ts';

/** The last moment that a Date can hold. */
const LATEST_DATE_MS = 8.64e15;

/** How long the state remembers; the same as the retention of the topics that it is rebuilt from. */
export interface StateWindows {
  readonly dedupMs: Millis;
  readonly deletionsMs: Millis;
}

/** The tables that a state is made of. */
export type StateTable = 'seen' | 'deletions' | 'identifies' | 'lifts';

/** What the state takes from a notice. */
export type DeletionFacts = Pick<DeletionNotice, 'subject' | 'offset' | 'requestedAt' | 'liftedFrom'>;

/**
 * What the owner of a partition knows of its past: the keys seen, the latest deletion and the latest delivered identify
 * per subject, and which offsets are finished.
 *
 * It is a cache of `extole.outcomes` and `segment.deletions` of the partition: everything in it can be rebuilt by applying their
 * records in order, and a checkpoint only shortens that.
 */
export class PartitionState {
  readonly frontier: CommitFrontier;
  private readonly seen: WindowedKeys;
  private readonly deletions: WindowedKeys;
  private readonly identifies: WindowedKeys;
  private readonly lifts: WindowedKeys;
  /** The next offset of the outcomes partition that is not in this state. */
  outcomesNext: Offset;
  /** The next offset of the deletions partition that is not in this state. */
  deletionsNext: Offset;

  constructor(
    /** The first offset of the events partition that is not known to be finished. */
    start: Offset,
    readonly windows: StateWindows,
    parts: {
      seen?: WindowedKeys;
      deletions?: WindowedKeys;
      identifies?: WindowedKeys;
      lifts?: WindowedKeys;
      finishedAhead?: Iterable<Offset>;
      outcomesNext?: Offset;
      deletionsNext?: Offset;
    } = {},
  ) {
    this.frontier = new CommitFrontier(start);
    for (const offset of parts.finishedAhead ?? []) this.frontier.finish(offset);
    this.seen = parts.seen ?? new WindowedKeys(windows.dedupMs);
    this.deletions = parts.deletions ?? new WindowedKeys(windows.deletionsMs);
    this.identifies = parts.identifies ?? new WindowedKeys(windows.dedupMs);
    this.lifts = parts.lifts ?? new WindowedKeys(windows.deletionsMs);
    this.outcomesNext = parts.outcomesNext ?? (0 as Offset);
    this.deletionsNext = parts.deletionsNext ?? (0 as Offset);
  }

  /** Takes in a fact of the outcomes topic: on restore, and when our own write of it is acknowledged (never before: P4). */
  applyOutcome(outcome: Outcome): void {
    const { offset } = outcome.position;
    this.frontier.finish(offset);
    if (outcome.outcome !== 'delivered' || outcome.type === 'delete') return;
    const at = Date.parse(outcome.at);
    if (outcome.messageKey !== undefined) this.seen.add(outcome.messageKey, offset, at);
    if (outcome.dedupKey !== undefined) this.seen.add(outcome.dedupKey, offset, at);
    if (outcome.type === 'identify' && offset > (this.identifies.latest(outcome.subject) ?? -1)) {
      this.identifies.add(outcome.subject, offset, at);
    }
  }

  /** Takes in a deletion, from either topic. An older one than the latest known changes nothing. */
  applyDeletion({ subject, offset, requestedAt, liftedFrom }: DeletionFacts): void {
    const requested = Date.parse(requestedAt);
    // Kept for good rather than forgotten at once: of two ways to be wrong about a deletion, losing it is the worse (P5).
    const at = Number.isNaN(requested) ? LATEST_DATE_MS : requested;
    if (liftedFrom !== undefined && liftedFrom > (this.lifts.latest(subject) ?? -1)) this.lifts.add(subject, liftedFrom, at);
    if (offset > (this.deletions.latest(subject) ?? -1)) this.deletions.add(subject, offset, at);
  }

  /** From which offset on the subject's suppression is lifted, or undefined. */
  liftedFrom(subject: HashedSubject): Offset | undefined {
    return this.lifts.latest(subject);
  }

  /** The offset of the subject's latest deletion, or undefined. Every event of the subject below it is erased (P5). */
  latestDeletion(subject: HashedSubject): Offset | undefined {
    return this.deletions.latest(subject);
  }

  /** The offset of the latest delivered event with this key, or undefined. */
  deliveredWith(key: Hash): Offset | undefined {
    return this.seen.latest(key);
  }

  /** The offset of the subject's latest delivered identify, or undefined: a replay must not send an older profile over it. */
  latestIdentify(subject: HashedSubject): Offset | undefined {
    return this.identifies.latest(subject);
  }

  expire(wallMs: Millis): void {
    this.seen.expire(wallMs);
    this.identifies.expire(wallMs);
    this.deletions.expire(wallMs);
    this.lifts.expire(wallMs);
  }

  get seenKeys(): number {
    return this.seen.size;
  }

  get bytes(): number {
    return this.seen.bytes + this.deletions.bytes + this.identifies.bytes + this.lifts.bytes;
  }

  /** The windows' tables, for a checkpoint. */
  exportTables(): Record<StateTable, { index: number; bytes: Buffer }[]> {
    return {
      seen: this.seen.export(),
      deletions: this.deletions.export(),
      identifies: this.identifies.export(),
      lifts: this.lifts.export(),
    };
  }
}
