import { toOffset, type Hash, type HashedSubject, type Offset } from '#segment';
import type { DeletionFacts } from '../deletion/deletion-record.ts';
import { LogBreaks } from '../log-place/log-breaks.ts';
import type { Witness } from '../log-place/log-place.ts';
import type { Millis } from '../now.ts';
import type { Outcome } from '../endings/outcome.ts';
import { CommitFrontier } from './commit-frontier.ts';
import { WindowedKeys } from './windowed-keys.ts';

/** How long the state remembers keys and deletions; the topics that it is rebuilt from reach back at least as far, and for as long as there are events. */
export interface StateWindows {
  readonly dedupMs: Millis;
  readonly deletionsMs: Millis;
}

/** The tables that a state is made of. */
export type StateTable = 'seen' | 'deletions' | 'identifies' | 'lifts';

/**
 * What the owner of a partition knows of its past: the keys seen, the latest deletion and the latest delivered identify
 * per subject, and which offsets are finished.
 *
 * It is a cache of `extole.outcomes` and `segment.deletions` of the partition: everything in it can be rebuilt by applying their
 * records in order, and a checkpoint only shortens that.
 *
 * Its windows go by the log's time, the append times of its facts, and by no clock of this machine: a start with a clock that is a month ahead
 * would forget every key and every deletion, and send all of it again (docs/adr/0013).
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
  private latestAppend: Millis;
  private furthest: Witness | undefined;
  /** Where the events partition was another log before: an outcome of back then is about another record. */
  readonly breaks: LogBreaks;
  /** The log's time when keys were last forgotten. */
  private expiredAt: Millis;

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
      logTime?: Millis;
      witness?: Witness;
      breaks?: LogBreaks;
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
    this.latestAppend = parts.logTime ?? 0;
    this.furthest = parts.witness;
    this.breaks = parts.breaks ?? LogBreaks.none;
    this.expiredAt = this.latestAppend;
  }

  /** Takes in a fact of the outcomes topic: on restore, and when our own write of it is acknowledged (never before: P4). */
  applyOutcome(outcome: Outcome, appendedAt: Millis): void {
    const end = this.breaks.endOf(outcome.log ?? 0);
    const isHere = outcome.position.offset < end;
    // Its keys count in whichever log: a repeat of the message is one all the same.
    const offset = isHere ? outcome.position.offset : toOffset(Math.max(0, end - 1));
    if (isHere) this.finished(offset, outcome.messageId);
    this.latestAppend = Math.max(this.latestAppend, appendedAt);
    // A rebuild may read outcomes of many windows: no more than one of them is to be in memory at once (P9).
    if (this.latestAppend - this.expiredAt > this.windows.dedupMs / 4) this.expireKeys();
    if (outcome.outcome !== 'delivered' || outcome.type === 'delete') return;
    if (outcome.messageKey !== undefined) this.seen.add(outcome.messageKey, offset, appendedAt);
    if (outcome.dedupKey !== undefined) this.seen.add(outcome.dedupKey, offset, appendedAt);
    if (outcome.type === 'identify' && offset > (this.identifies.latest(outcome.subject) ?? -1)) {
      this.identifies.add(outcome.subject, offset, appendedAt);
    }
  }

  /** Takes in a deletion, from either topic. An older one than the latest known changes nothing. */
  applyDeletion({ subject, offset, liftedFrom }: DeletionFacts, appendedAt: Millis): void {
    this.latestAppend = Math.max(this.latestAppend, appendedAt);
    if (liftedFrom !== undefined && liftedFrom > (this.lifts.latest(subject) ?? -1))
      this.lifts.add(subject, liftedFrom, appendedAt);
    if (offset > (this.deletions.latest(subject) ?? -1)) this.deletions.add(subject, offset, appendedAt);
  }

  /** The record furthest ahead whose outcome is known. */
  get witness(): Witness | undefined {
    return this.furthest;
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

  /** The latest append time among the facts in this state; 0 if it has none. */
  get logTime(): Millis {
    return this.latestAppend;
  }

  /** Forgets what has left its window, by the log's time; which offsets are finished is never forgotten. */
  expire(): void {
    this.expireKeys();
    for (const keys of [this.deletions, this.lifts]) keys.expire(this.latestAppend);
  }

  private expireKeys(): void {
    this.expiredAt = this.latestAppend;
    for (const keys of [this.seen, this.identifies]) keys.expire(this.latestAppend);
  }

  get seenKeys(): number {
    return this.seen.size;
  }

  get bytes(): number {
    return this.seen.bytes + this.deletions.bytes + this.identifies.bytes + this.lifts.bytes;
  }

  private finished(offset: Offset, messageId: string): void {
    this.frontier.finish(offset);
    if (offset >= (this.furthest?.offset ?? 0)) this.furthest = { offset, messageId };
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
