import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DeletionNotice, Outcome } from '#delivery';
import type { HashedSubject, Offset, Position } from '#segment';
import { DeadLetterBook } from './dead-letter-book.ts';
import { DeletionBook } from './deletion-book.ts';
import { readManifest, writeManifest, type IndexIdentity, type Manifest, type SegmentFacts } from './manifest.ts';
import { OutcomeTable, type OutcomePlace } from './outcome-table.ts';
import { keyOfMessage, keyOfSubject, type Key } from './place.ts';
import { SortedFile } from './sorted-file.ts';
import { Tail } from './tail.ts';

export interface SourceIndexOptions {
  readonly source: string;
  /** A directory of the index's own; what else is in it may be deleted. */
  readonly directory: string;
  readonly identity: IndexIdentity;
  /** How long outcomes are kept: what is older has left their topic. */
  readonly windowMs: number;
}

/** Which part of a source's topics an offset is of. */
export type Followed = 'outcomes' | 'deletions' | 'events';

interface Segment {
  readonly facts: SegmentFacts;
  readonly subject: SortedFile;
  readonly message: SortedFile;
}

/**
 * Where the records of a user, or of a message, stand in a source's topics. Positions only: what they hold is read from the log.
 *
 * New rows go to a tail in memory; a full tail becomes a pair of sorted files that never change and are dropped as a whole when they
 * leave the window. {@link checkpoint} keeps the tail and says how far the topics were read; after a crash the rest is read again, and
 * rows that are there twice do no harm. 40 bytes an event on disk; memory does not grow with the number of events.
 */
export class SourceIndex {
  private tail: Tail;
  private table: OutcomeTable;
  private segments: Segment[] = [];
  private tailNewest = 0;
  private lowest: Record<number, number> = {};
  /** Names the files: never used twice, so that a manifest never names a file that was written after it. */
  private nextNumber = 1;
  private keptTail: number | undefined;
  private next: Record<Followed, Map<number, Offset>> = { outcomes: new Map(), deletions: new Map(), events: new Map() };
  private hasNews = false;
  private count = 0;
  deadLetters: DeadLetterBook;
  deletions: DeletionBook;

  constructor(private readonly options: SourceIndexOptions) {
    mkdirSync(options.directory, { recursive: true });
    this.tail = new Tail();
    this.table = new OutcomeTable(options.directory);
    this.deadLetters = new DeadLetterBook();
    this.deletions = new DeletionBook(options.source);
    const manifest = readManifest(options.directory, options.identity);
    // A file of it may be missing or torn. It can be made anew, and half of it is worth nothing.
    if (manifest === undefined || !this.hasLoaded(manifest)) this.reset();
  }

  /** Outcomes that were taken in. */
  get outcomes(): number {
    return this.count;
  }

  get bytes(): number {
    return this.segments.reduce((sum, { subject, message }) => sum + subject.bytes + message.bytes, 0) + this.count * 8;
  }

  /** Where reading goes on; undefined where it has not begun. */
  nextOf(followed: Followed, partition: number): Offset | undefined {
    return this.next[followed].get(partition);
  }

  readTo(followed: Followed, partition: number, next: Offset): void {
    if (this.next[followed].get(partition) === next) return;
    this.next[followed].set(partition, next);
    this.hasNews = true;
  }

  /** @param at the offset of the outcome's own record. */
  takeOutcome(outcome: Outcome, at: Offset): void {
    const { position, subject, messageId } = outcome;
    const known = this.table.set(position, outcome.outcome, at);
    this.hasNews = true;
    this.deadLetters.take(outcome);
    if (outcome.type === 'delete') this.deletions.takeOutcome(outcome);
    this.count++;
    // A record that was replayed has its row. After a crash the table may be ahead of the rows: then what it holds is not of before this one.
    if (known === undefined || known.at >= at) this.addRow(subject, messageId, position, Date.parse(outcome.at));
  }

  /** A record that waits for its outcome. */
  takeWaiting(subject: HashedSubject, messageId: string, position: Position, atMs: number): void {
    this.addRow(subject, messageId, position, atMs);
  }

  takeDeletion(notice: DeletionNotice): void {
    this.deletions.announced(notice, this.table.get(notice) !== undefined);
    this.hasNews = true;
  }

  /** Positions of a user's records, those that came last first, each once. Two users whose hashes begin alike are not told apart. */
  ofSubject(subject: HashedSubject, limit: number): Position[] {
    return this.find('subject', keyOfSubject(subject), limit);
  }

  ofMessage(messageId: string, limit: number): Position[] {
    return this.find('message', keyOfMessage(messageId), limit);
  }

  /** Where a record's last outcome stands. */
  outcomeOf(position: Position): OutcomePlace | undefined {
    return this.table.get(position);
  }

  /** Keeps everything, so that a restart goes on from here; does nothing if there is nothing new. */
  checkpoint(): void {
    if (!this.hasNews) return;
    this.hasNews = false;
    const number = this.nextNumber++;
    this.tail.write(this.path(number, 'tail'));
    this.table.flush();
    writeManifest(this.options.directory, {
      identity: this.options.identity,
      segments: this.segments.map(({ facts }) => facts),
      tail: { number, rows: this.tail.count, newest: this.tailNewest },
      next: {
        outcomes: Object.fromEntries(this.next.outcomes),
        deletions: Object.fromEntries(this.next.deletions),
        events: Object.fromEntries(this.next.events),
      },
      outcomes: this.count,
      deadLetters: this.deadLetters.kept,
      deletions: this.deletions.kept,
    });
    if (this.keptTail !== undefined) rmSync(this.path(this.keptTail, 'tail'), { force: true });
    this.keptTail = number;
  }

  /** Drops what has left the window. */
  expire(nowMs: number): void {
    const from = nowMs - this.options.windowMs;
    this.deadLetters.forgetBefore(new Date(from).toISOString());
    const gone = this.segments.filter(({ facts }) => facts.newest < from);
    if (gone.length === 0) return;
    this.segments = this.segments.filter(({ facts }) => facts.newest >= from);
    this.hasNews = true;
    // First the manifest without them, then the files.
    this.checkpoint();
    for (const { subject, message } of gone) for (const { path } of [subject, message]) rmSync(path, { force: true });
    const lowest = this.segments[0]?.facts.lowest ?? this.lowest;
    for (const [partition, offset] of Object.entries(lowest)) this.table.forgetBelow(Number(partition), offset as Offset);
  }

  /** Forgets everything: these are other topics than those that were indexed. */
  reset(): void {
    for (const name of readdirSync(this.options.directory)) rmSync(join(this.options.directory, name), { recursive: true });
    this.tail.clear();
    this.table = new OutcomeTable(this.options.directory);
    this.segments = [];
    this.tailNewest = 0;
    this.lowest = {};
    this.keptTail = undefined;
    this.next = { outcomes: new Map(), deletions: new Map(), events: new Map() };
    this.count = 0;
    this.deadLetters = new DeadLetterBook();
    this.deletions = new DeletionBook(this.options.source);
    this.hasNews = true;
  }

  private hasLoaded(manifest: Manifest): boolean {
    try {
      this.load(manifest);
      return true;
    } catch {
      return false;
    }
  }

  private load({ segments, tail, next, outcomes, deadLetters, deletions }: Manifest): void {
    this.segments = segments.map((facts) => ({
      facts,
      subject: SortedFile.open(this.path(facts.number, 'subject'), facts.rows),
      message: SortedFile.open(this.path(facts.number, 'message'), facts.rows),
    }));
    this.tail.read(this.path(tail.number, 'tail'), tail.rows);
    this.tailNewest = tail.newest;
    this.keptTail = tail.number;
    this.nextNumber = Math.max(tail.number, ...segments.map(({ number }) => number)) + 1;
    for (const name of ['outcomes', 'deletions', 'events'] as const) {
      this.next[name] = new Map(Object.entries(next[name]).map(([partition, offset]) => [Number(partition), offset as Offset]));
    }
    this.count = outcomes;
    this.deadLetters = new DeadLetterBook(deadLetters);
    this.deletions = new DeletionBook(this.options.source, deletions);
  }

  private addRow(subject: HashedSubject, messageId: string, position: Position, atMs: number): void {
    const { partition, offset } = position;
    this.tail.add(keyOfSubject(subject), keyOfMessage(messageId), position);
    if (atMs > this.tailNewest) this.tailNewest = atMs;
    this.lowest[partition] = Math.min(this.lowest[partition] ?? Infinity, offset);
    this.hasNews = true;
    if (this.tail.isFull) this.sortTail();
  }

  private sortTail(): void {
    const number = this.nextNumber++;
    this.segments.push({
      facts: { number, rows: this.tail.count, newest: this.tailNewest, lowest: this.lowest },
      subject: SortedFile.write(this.path(number, 'subject'), this.tail.rowsBy('subject')),
      message: SortedFile.write(this.path(number, 'message'), this.tail.rowsBy('message')),
    });
    this.tail.clear();
    this.tailNewest = 0;
    this.lowest = {};
  }

  private find(by: 'subject' | 'message', key: Key, limit: number): Position[] {
    const found = new Map<string, Position>();
    const take = (positions: readonly Position[]): void => {
      for (const position of positions) {
        const name = `${position.partition}:${position.offset}`;
        if (found.size < limit && !found.has(name)) found.set(name, position);
      }
    };
    take(this.tail.find(by, key, limit));
    for (let i = this.segments.length - 1; i >= 0 && found.size < limit; i--) take(this.segments[i]?.[by].find(key, limit) ?? []);
    return [...found.values()];
  }

  private path(number: number, kind: 'tail' | 'subject' | 'message'): string {
    return join(this.options.directory, `${number}.${kind}`);
  }
}
