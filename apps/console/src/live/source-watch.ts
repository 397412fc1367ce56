import type { SourceSettings } from '#config';
import type { DescribedMember, PartitionReader, SourceTopics } from '#event-log';
import { compileMapping } from '#mapping';
import { combineStates, type AskedForwarder, type SaidState } from '#operations';
import { toOffset } from '#segment';
import type { SourceFacts, SourceHistory, SourceOverview } from '../api/index.ts';
import type { TopicFacts } from './cluster-facts.ts';
import { CounterSum, CounterWindow } from './counter-window.ts';
import { HistoryRing } from './history-ring.ts';
import { OldestUndelivered } from './oldest-undelivered.ts';
import { oldestOf, partitionRows, type SaidPartitions } from './partition-rows.ts';

const RATE_SPAN_MS = 5_000;
const ERROR_SPAN_MS = 10_000;

/** A member of the group, and what it has answered. */
export interface AskedMember {
  readonly member: DescribedMember;
  readonly asked: AskedForwarder;
}

/** What the console's other parts know about a source. */
export interface KnownBesides {
  readonly deadLetters: number;
  readonly openDeletions: number;
  /** An operator's stop in the log, which holds although no forwarder runs that could say so. */
  readonly stop: { readonly at: string; readonly note?: string; readonly by?: string } | undefined;
}

export interface Look {
  readonly facts: TopicFacts;
  readonly members: readonly AskedMember[];
  readonly besides: KnownBesides;
  /** Epoch milliseconds. */
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** Makes of each look at Kafka and the forwarders how a source stands, with what has changed since the looks before. */
export class SourceWatch {
  private readonly facts: SourceFacts;
  private readonly oldest = new Map<number, OldestUndelivered>();
  /** Times of records that had to be read, epoch milliseconds by partition. */
  private readonly read = new Map<number, { readonly frontier: number; readonly at: number | null }>();
  private readonly eventsIn = new CounterWindow(RATE_SPAN_MS);
  private readonly delivered = new CounterWindow(RATE_SPAN_MS);
  private readonly calls = new CounterWindow(ERROR_SPAN_MS);
  private readonly failedCalls = new CounterWindow(ERROR_SPAN_MS);
  private readonly counts = { delivered: new CounterSum(), calls: new CounterSum(), failedCalls: new CounterSum() };
  private readonly history = new HistoryRing();

  constructor(
    private readonly source: SourceSettings,
    private readonly topics: SourceTopics,
    private readonly reader: PartitionReader,
  ) {
    this.facts = factsOf(source);
  }

  take({ facts, members, besides, wallMs, monotonicMs }: Look): SourceOverview {
    const said = members.flatMap(({ member, asked }) => {
      const own = asked.kind === 'answered' ? asked.answer.sources.find(({ source }) => source === this.source.id) : undefined;
      return own === undefined ? [] : [{ forwarder: member.name, ...own }];
    });
    for (const { forwarder, counts } of said) {
      if (counts === undefined) continue;
      this.counts.delivered.take(forwarder, counts.delivered);
      this.counts.calls.take(forwarder, counts.calls);
      this.counts.failedCalls.take(forwarder, counts.failedCalls);
    }
    this.eventsIn.add(
      monotonicMs,
      facts.bounds.reduce((sum, { end }) => sum + end, 0),
    );
    this.delivered.add(monotonicMs, this.counts.delivered.total);
    this.calls.add(monotonicMs, this.counts.calls.total);
    this.failedCalls.add(monotonicMs, this.counts.failedCalls.total);

    const partitions = partitionRows({
      topic: this.topics.events,
      facts,
      members: members.map(({ member }) => member),
      said: said satisfies readonly SaidPartitions[],
      ageOf: (partition, frontier, end) => this.ageOf(partition, frontier, end, wallMs),
    });
    // One that owns nothing of the source has nothing to say about how it stands.
    const owners = said.filter((one) => one.partitions.length > 0);
    const failures = owners.flatMap(({ lastFailure }) => lastFailure ?? []).sort((a, b) => b.atWallMs - a.atWallMs);
    const overview: SourceOverview = {
      source: this.source.id,
      eventsInPerSecond: round(this.eventsIn.perSecond),
      deliveredPerSecond: round(this.delivered.perSecond),
      lag: partitions.reduce((sum, { lag }) => sum + lag, 0),
      inFlight: said.length === 0 ? null : said.reduce((sum, { inFlight }) => sum + inFlight, 0),
      oldestUndeliveredMs: oldestOf(partitions),
      errorRate: this.calls.growth === 0 ? null : this.failedCalls.growth / this.calls.growth,
      state: this.stateOf(
        'events',
        owners.flatMap(({ forwarder, state, persons = state }) => [
          { forwarder, state },
          { forwarder, state: persons },
        ]),
        besides,
      ),
      erasures: this.stateOf(
        'erasures',
        owners.map(({ forwarder, erasures }) => ({ forwarder, state: erasures })),
        undefined,
      ),
      lastError: lastErrorOf(failures[0]),
      deadLetters: besides.deadLetters,
      openDeletions: besides.openDeletions,
      partitions,
      settings: this.facts,
    };
    this.history.add(Math.round(wallMs / 1_000), overview);
    return overview;
  }

  get columns(): SourceHistory {
    return this.history.columnsOf(this.source.id);
  }

  private stateOf(
    what: 'events' | 'erasures',
    said: readonly SaidState[],
    besides: KnownBesides | undefined,
  ): SourceOverview['state'] {
    const combined = combineStates(this.source.id, what, said);
    if (besides?.stop === undefined) return combined;
    const { at, note, by } = besides.stop;
    const who = by !== undefined && { by };
    if (combined.reason === 'operator') return { ...combined, ...who };
    if (combined.kind !== 'unattended') return combined;
    const sinceWallMs = Date.parse(at);
    const state = { kind: 'stopped', reason: 'operator', sinceWallMs, ...(note !== undefined && { note }) } as const;
    return { ...combineStates(this.source.id, what, [{ forwarder: '', state }]), ...who, forwarders: [] };
  }

  private ageOf(partition: number, frontier: number, end: number, wallMs: number): number | null {
    const known = this.oldest.get(partition) ?? new OldestUndelivered();
    this.oldest.set(partition, known);
    known.sawEnd(wallMs, end);
    const age = known.age(wallMs, frontier);
    if (age !== undefined) return age;
    const read = this.read.get(partition);
    if (read?.frontier !== frontier) this.readTime(partition, frontier);
    return read === undefined || read.at === null ? null : Math.max(0, wallMs - read.at);
  }

  /** In the background: the next look has it. */
  private readTime(partition: number, frontier: number): void {
    const before = this.read.get(partition)?.at ?? null;
    this.read.set(partition, { frontier, at: before });
    this.reader
      .fetch(this.topics.events, partition, toOffset(frontier))
      .then(({ records: [first] }) => {
        if (first !== undefined) this.read.set(partition, { frontier, at: Number(first.timestamp) });
      })
      // Gone by now, or Kafka is away: the next look asks again.
      .catch(() => this.read.delete(partition));
  }
}

function factsOf({ extole, mapping, afterDeletion }: SourceSettings): SourceFacts {
  const compiled = compileMapping(mapping, extole.labels === undefined ? {} : { labels: extole.labels });
  const { baseUrl: extoleBaseUrl, mode, maxConcurrency } = extole;
  return { extoleBaseUrl, mode, mappingVersion: compiled.version, afterDeletion, maxConcurrency };
}

function lastErrorOf(
  failure: { readonly code: string; readonly status?: number; readonly atWallMs: number } | undefined,
): SourceOverview['lastError'] {
  if (failure === undefined) return null;
  const { code, status, atWallMs } = failure;
  return { code, at: new Date(atWallMs).toISOString(), ...(status !== undefined && { status }) };
}

function round(rate: number): number {
  return Math.round(rate * 10) / 10;
}
