import { nextOffset, toOffset, type HashedSubject, type Offset, type SubjectKey } from '#segment';
import type { DeletionNotice, LogRecord, Outcome } from '../index.ts';
import type { Random } from './random.ts';
import { SimulatedReplays } from './simulated-replays.ts';

interface AppendedNotice {
  /** Undefined once compaction has taken it: the offset stays, empty. */
  notice: DeletionNotice | undefined;
  readonly at: number;
}

/** One partition of a source's three topics, with the group's committed offset in it and the owners' checkpoint file. */
export class SimulatedPartition {
  /** By offset; undefined where no consumer gets a record. */
  readonly events: (LogRecord | undefined)[] = [];
  readonly outcomes: Outcome[] = [];
  readonly deletions: AppendedNotice[] = [];
  /** Notices that ingest has not written yet. */
  readonly unannounced: DeletionNotice[] = [];
  readonly eventsOf = new Map<SubjectKey, LogRecord[]>();
  readonly tombstonesOf = new Map<SubjectKey, Offset[]>();
  readonly replays = new SimulatedReplays(this);
  committed: Offset = toOffset(0);
  checkpoint: Buffer | undefined;
  /** By offset of an event: where its first outcome stands in the outcomes topic. */
  private readonly concluded = new Map<Offset, number>();
  private firstInconclusive: Offset = toOffset(0);
  private readonly noticesOf = new Map<HashedSubject, { readonly offset: Offset; readonly at: number }[]>();

  constructor(readonly partition: number) {}

  appendEvent(record: LogRecord): void {
    this.events.push(record);
    const isTombstone = record.type === 'delete';
    if (isTombstone) listIn(this.tombstonesOf, record.subject).push(record.offset);
    else listIn(this.eventsOf, record.subject).push(record);
  }

  appendGap(): void {
    this.events.push(undefined);
  }

  /** What consumers get of the events. */
  get records(): readonly LogRecord[] {
    return this.events.filter((record) => record !== undefined);
  }

  /** @returns the offset in the outcomes partition. */
  appendOutcome(outcome: Outcome): Offset {
    this.outcomes.push(outcome);
    const { offset } = outcome.position;
    if (!this.concluded.has(offset)) this.concluded.set(offset, this.outcomes.length - 1);
    return toOffset(this.outcomes.length - 1);
  }

  appendNotice(notice: DeletionNotice, at: number): void {
    this.deletions.push({ notice, at });
    listIn(this.noticesOf, notice.subject).push({ offset: notice.offset, at });
  }

  /** The first offset without an outcome in the topic: a commit beyond it breaks P8. */
  get firstWithoutOutcome(): Offset {
    while (this.isGap(this.firstInconclusive) || this.concluded.has(this.firstInconclusive))
      this.firstInconclusive = nextOffset(this.firstInconclusive);
    return this.firstInconclusive;
  }

  /** Whether the event has an outcome among the first `known` of the outcomes topic. */
  hasOutcome(offset: Offset, known = Infinity): boolean {
    return (this.concluded.get(offset) ?? Infinity) < known;
  }

  /** The offset of the subject's latest deletion that was announced at `at` or before; -1 if there is none. */
  announcedDeletion(subject: HashedSubject, at: number): number {
    let latest = -1;
    for (const notice of this.noticesOf.get(subject) ?? []) if (notice.at <= at) latest = Math.max(latest, notice.offset);
    return latest;
  }

  noticesBetween(from: number, to: number): DeletionNotice[] {
    return this.deletions.slice(from, to).flatMap(({ notice }) => notice ?? []);
  }

  /**
   * Kafka's log cleaner: of each subject only the last notice stays. Where that is an earlier deletion's (two ingests wrote theirs in swapped
   * order), the later one's stays, too: `min.compaction.lag.ms` is the events' retention, and here events live for ever.
   */
  compact(): void {
    const last = new Map<HashedSubject, DeletionNotice>();
    for (const { notice } of this.deletions) if (notice !== undefined) last.set(notice.subject, notice);
    for (const entry of this.deletions) {
      const kept = entry.notice && last.get(entry.notice.subject);
      if (kept !== undefined && kept !== entry.notice && kept.offset >= (entry.notice?.offset ?? 0)) entry.notice = undefined;
    }
  }

  private isGap(offset: Offset): boolean {
    return offset < this.events.length && this.events[offset] === undefined;
  }

  /** An operator moves the group back, between two owners. */
  moveBack(random: Random): void {
    this.committed = toOffset(random.below(this.committed + 1));
  }
}

function listIn<Key, Item>(lists: Map<Key, Item[]>, key: Key): Item[] {
  const found = lists.get(key);
  if (found !== undefined) return found;
  const list: Item[] = [];
  lists.set(key, list);
  return list;
}
