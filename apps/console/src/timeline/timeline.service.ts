import type { LogRecord } from '#delivery';
import { partitionFor } from '#event-log';
import { toOffset, toSubjectKey, type HashedSubject, type Position } from '#segment';
import type { Find, Found, Timeline, TimelineEntry } from '../api/index.ts';
import type { ConsoleSource, ConsoleSources } from '../console-source.ts';
import type { LiveService } from '../live/live.service.ts';
import { keyOf, LogView } from './log-view.ts';
import { entryOf, type SourceNow } from './timeline-entry.ts';

/** Entries of one timeline. */
const MAX_ENTRIES = 200;
/** Records that wait for an outcome are searched in the log itself where the index does not have them yet: so many of a partition at most. */
const MAX_SEARCHED = 50_000;

/** What to look for in one source; the user as a hash, since outcomes know no other. */
export interface Query {
  readonly subject?: HashedSubject;
  readonly messageId?: string;
  /** Where the user's records can only be, if that is known. */
  readonly partition?: number;
}

/** Follows a user, or a message, through the log: where its records stand, and what became of each. */
export class TimelineService {
  constructor(
    private readonly sources: ConsoleSources,
    private readonly live: LiveService,
  ) {}

  async find({ source: id, user, subject, messageId }: Find): Promise<Found> {
    const chosen = this.sources.choose(id);
    const found = await Promise.all(
      chosen.map((source) =>
        this.search(source, {
          ...(user !== undefined && {
            subject: source.log.hasher.subject(toSubjectKey(user)),
            partition: partitionOf(source, user),
          }),
          ...(subject !== undefined && { subject: subject as HashedSubject }),
          ...(messageId !== undefined && { messageId }),
        }),
      ),
    );
    const timelines = found.map(({ timeline }) => timeline).filter((timeline) => timeline.entries.length > 0);
    const complete = found.every((one) => one.complete);
    return { timelines, complete, ...(timelines.length === 0 && { hint: hintFor(complete, user !== undefined) }) };
  }

  /** The one record at a position; undefined if neither the log nor the outcomes hold it. */
  async entryAt(
    source: ConsoleSource,
    position: Position,
  ): Promise<{ entry: TimelineEntry; record: LogRecord | undefined } | undefined> {
    const view = new LogView(source);
    const [outcomes, events] = [await view.outcomesOf([position]), await view.eventsAt([position])];
    const [outcome, record] = [outcomes.get(keyOf(position)), events.get(keyOf(position))];
    if (outcome === undefined && record === undefined) return undefined;
    const entry = await entryOf(source, view, this.nowOf(source), { position, outcome, record, inLog: record !== undefined });
    return { entry, record };
  }

  private async search(
    source: ConsoleSource,
    query: Query,
  ): Promise<{ readonly timeline: Timeline; readonly complete: boolean }> {
    const view = new LogView(source);
    const indexed =
      query.subject === undefined
        ? source.index.ofMessage(query.messageId ?? '', MAX_ENTRIES + 1)
        : source.index.ofSubject(query.subject, MAX_ENTRIES + 1);
    const waiting = await this.searchWaiting(source, view, query);
    const known = new Map([...indexed, ...waiting.positions].map((position) => [keyOf(position), position]));
    const positions = [...known.values()].sort((a, b) => a.partition - b.partition || a.offset - b.offset);
    const newest = positions.slice(-MAX_ENTRIES);
    const entries = await this.entriesOf(source, view, query, newest);
    const [first] = entries;
    const isOneUser = entries.every(({ subject }) => subject === first?.subject);
    const timeline: Timeline = {
      source: source.id,
      ...(first !== undefined && isOneUser && { subject: first.subject }),
      partition: first?.position.partition ?? query.partition ?? 0,
      entries,
      truncated: positions.length > newest.length,
      state: this.nowOf(source).state,
    };
    return { timeline, complete: waiting.isComplete && source.follower.behind === 0 };
  }

  /** What has no outcome yet and is too young for the index. */
  private async searchWaiting(
    source: ConsoleSource,
    view: LogView,
    { subject, messageId, partition }: Query,
  ): Promise<{ readonly positions: Position[]; readonly isComplete: boolean }> {
    const partitions = this.nowOf(source).partitions.filter((row) => partition === undefined || row.partition === partition);
    const found = await Promise.all(
      partitions.map(async (row) => {
        const from = toOffset(Math.max(row.frontier, source.index.nextOf('events', row.partition) ?? 0));
        const end = await source.records.endOffset(source.log.topics.events, row.partition);
        return view.search(row.partition, from, end, MAX_SEARCHED, (record) =>
          subject === undefined ? record.messageId === messageId : view.subjectOf(record) === subject,
        );
      }),
    );
    return { positions: found.flatMap(({ positions }) => positions), isComplete: found.every(({ isComplete }) => isComplete) };
  }

  private async entriesOf(
    source: ConsoleSource,
    view: LogView,
    { subject, messageId }: Query,
    positions: readonly Position[],
  ): Promise<TimelineEntry[]> {
    const outcomes = await view.outcomesOf(positions);
    // Of what has ended, the outcome says it all, but for the rule that filtered it.
    const toRead = positions.filter((position) => {
      const outcome = outcomes.get(keyOf(position));
      return outcome === undefined || outcome.outcome === 'filtered';
    });
    const events = await view.eventsAt(toRead);
    const entries: TimelineEntry[] = [];
    for (const position of positions) {
      const [outcome, record] = [outcomes.get(keyOf(position)), events.get(keyOf(position))];
      if (outcome === undefined && record === undefined) continue;
      const inLog = record !== undefined || position.offset >= (this.live.logStart(source.id, position.partition) ?? 0);
      const entry = await entryOf(source, view, this.nowOf(source), { position, outcome, record, inLog });
      // The index goes by a part of the hash.
      const isMeant = subject === undefined ? entry.messageId === messageId : entry.subject === subject;
      if (isMeant) entries.push(entry);
    }
    return entries;
  }

  private nowOf(source: ConsoleSource): SourceNow {
    const overview = this.live.overview.sources.find((one) => one.source === source.id);
    return {
      state: overview?.state ?? { kind: 'unattended', why: 'the console has not seen a forwarder yet', forwarders: [] },
      partitions: overview?.partitions ?? [],
    };
  }
}

function partitionOf(source: ConsoleSource, user: string): number {
  return partitionFor(toSubjectKey(user), source.log.settings.topics.partitions);
}

function hintFor(complete: boolean, isUser: boolean): string {
  if (!complete) return 'nothing yet: the index is still reading the topics, try again in a moment';
  const id = isUser
    ? 'check the id (as the events name it: userId, or anonymousId where there is none)'
    : 'check the id; ingest counts what it refuses and does not write it to the log';
  return `nothing of it is in the log or among the outcomes: ${id}. Events of before DEDUP_WINDOW are not known any more`;
}
