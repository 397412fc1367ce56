import type { Hash, HashedSubject, Offset } from '#segment';
import type { DeletionNotice } from '../deletion-record.ts';
import type { Millis } from '../now.ts';
import type { Outcome } from '../outcome.ts';
import { CommitFrontier } from './commit-frontier.ts';
import { WindowedKeys } from './windowed-keys.ts';

/** How long the state remembers; the same as the retention of the topics that it is rebuilt from. */
export interface StateWindows {
  readonly dedupMs: Millis;
  readonly deletionsMs: Millis;
}

/** The tables that a state is made of. */
export type StateTable = 'seen' | 'deletions' | 'identifies';

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
  applyDeletion(notice: Pick<DeletionNotice, 'subject' | 'offset' | 'requestedAt'>): void {
    const known = this.deletions.latest(notice.subject);
    if (known !== undefined && known >= notice.offset) return;
    const at = Date.parse(notice.requestedAt);
    this.deletions.add(notice.subject, notice.offset, Number.isNaN(at) ? 0 : at);
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
  }

  get seenKeys(): number {
    return this.seen.size;
  }

  get bytes(): number {
    return this.seen.bytes + this.deletions.bytes + this.identifies.bytes;
  }

  /** The windows' tables, for a checkpoint. */
  exportTables(): Record<StateTable, { index: number; bytes: Buffer }[]> {
    return { seen: this.seen.export(), deletions: this.deletions.export(), identifies: this.identifies.export() };
  }
}
