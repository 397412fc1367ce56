import { setTimeout as delay } from 'node:timers/promises';
import { toOffset, type Offset } from '#segment';
import { failureOf, isOutOfRange } from '../kafka-errors.ts';
import type { LogClient } from '../log-client.ts';
import type { LogSink } from '../log-sink.ts';
import { fetchOne } from './fetch-one.ts';
import type { FetchBounds, FetchedFrom, FetchFailure, FetchPosition, ReadConnection } from './read-connection.ts';
import { withoutStandstill } from './standstill.ts';

/** What was read of a followed partition. */
export interface Followed extends FetchedFrom {
  /** The position that was asked for: whoever stands elsewhere by now has no use for it. */
  readonly from: Offset;
  /**
   * If this reaches the partition's end: all that was acknowledged before this moment (monotonic milliseconds) has been read.
   *
   * By the high watermark of the answer, except at first and after any trouble with the partition: a new leader may answer with one that is behind what the
   * former one has acknowledged, and tells the true end only when it is asked for it [KIP-207].
   */
  readonly completeAt: number | undefined;
}

export interface PartitionFollowerOptions {
  readonly kafka: LogClient;
  readonly log: LogSink;
  /** What is to be followed now, and from where on. Asked before each poll, and several times a second. */
  readonly positions: () => readonly FetchPosition[];
  readonly read: (followed: Followed) => void;
  /** The partition could not be read; it is tried again. Told once until it is read again, and once more where its position is not in the log. */
  readonly failed: (failure: FetchFailure) => void;
  /** How long a broker waits for news: right after a change of what is followed, and once nothing changes. */
  readonly waitMs: { readonly first: number; readonly settled: number };
  /** Of one partition in one poll. Default 1 MiB. */
  readonly maxBytes?: number;
  /** Pause between two polls of a broker while there is nothing more to read, so that a few records come together. Default 0. */
  readonly gatherMs?: number;
}

const LOOK_MS = 50;
const RETRY_MS = 250;
/** So long after it should have been answered a poll is overdue. */
const OVERDUE_MS = 1_000;

/**
 * Follows partitions: one long poll to each broker after the other, of all that it leads. What becomes of one broker, one topic or one partition is its own
 * trouble (P6): the polls of the others go on.
 */
export class PartitionFollower {
  private readonly stopping = new AbortController();
  private readonly connection: ReadConnection;
  /** By broker. */
  private readonly polls = new Map<string, Promise<void>>();
  /** Partitions whose leader has told its true end since the last trouble. */
  private readonly trusted = new Set<string>();
  /** Partitions that could not be read since they last were, and whether it was told that their position is not there. */
  private readonly failing = new Map<string, boolean>();
  private refreshing: Promise<void> | undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly options: PartitionFollowerOptions) {
    this.connection = options.kafka.reads();
  }

  start(): void {
    this.running = this.run();
  }

  /** Ends at once; what is under way is told to nobody. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.connection.close();
    await Promise.all(this.polls.values());
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.look().catch((error: unknown) => this.allFailed(this.options.positions(), error));
      await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Sees to it that each broker that leads anything is polled. */
  private async look(): Promise<void> {
    const positions = this.options.positions();
    const keys = new Set(positions.map(keyOf));
    for (const key of this.trusted) if (!keys.has(key)) this.trusted.delete(key);
    // Nearly always nobody is missing, and nothing is to be asked.
    const strangers = positions.filter((position) => this.leaderOf(position) === undefined);
    if (strangers.length > 0) await this.connection.know([...new Set(strangers.map(({ topic }) => topic))]);
    const orphans: FetchPosition[] = [];
    for (const position of positions) {
      const leader = this.leaderOf(position);
      if (leader === undefined) orphans.push(position);
      else if (!this.polls.has(leader)) this.startPolling(leader);
    }
    if (orphans.length === 0) return;
    for (const { topic, partition } of orphans)
      this.fail({ topic, partition, failure: this.connection.withoutLeader(topic, partition) });
    await this.refresh();
  }

  private startPolling(leader: string): void {
    // Taken out behind this turn: a poll that finds nothing to do ends in it, and would be put in for good, having ended.
    this.polls.set(
      leader,
      this.poll(leader).finally(() => this.polls.delete(leader)),
    );
  }

  /** Polls one broker for as long as it leads something. */
  private async poll(leader: string): Promise<void> {
    const { signal } = this.stopping;
    let settled = '';
    while (!signal.aborted) {
      const own = this.options.positions().filter((position) => this.leaderOf(position) === leader);
      if (own.length === 0) break;
      const places = own.map(keyOf).join(' ');
      const atEnd = await this.pollOnce(leader, own, settled === places);
      settled = atEnd ? places : '';
      if (atEnd && this.options.gatherMs !== undefined)
        await delay(this.options.gatherMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** @returns whether there is nothing more to read of any of them */
  private async pollOnce(leader: string, positions: readonly FetchPosition[], isSettled: boolean): Promise<boolean> {
    const { waitMs, maxBytes = 1024 ** 2 } = this.options;
    const bounds = { maxWaitMs: isSettled ? waitMs.settled : waitMs.first, maxBytes };
    let atEnd = true;
    let failures = 0;
    const answered = new AbortController();
    void this.proveBeside(positions, bounds.maxWaitMs + OVERDUE_MS, AbortSignal.any([answered.signal, this.stopping.signal]));
    try {
      const answers = await this.connection.fetch(leader, positions, bounds);
      answered.abort();
      for (const answer of answers) {
        if (this.stopping.signal.aborted) return false;
        if ('failure' in answer) {
          failures++;
          this.fail(answer);
          continue;
        }
        const taken = await this.take(answer, positions, bounds);
        if (taken === 'failed') failures++;
        if (taken !== 'at-end') atEnd = false;
      }
      const leftOut = positions.filter((position) => !answers.some((answer) => keyOf(answer) === keyOf(position)));
      if (leftOut.length > 0) atEnd = false;
      await this.proveAll(leftOut, this.stopping.signal);
    } catch (error) {
      this.allFailed(positions, error);
      failures++;
    } finally {
      answered.abort();
    }
    if (failures === 0 || this.stopping.signal.aborted) return atEnd;
    await this.refresh();
    await delay(RETRY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    return false;
  }

  /**
   * A client that reads more than its quota may not fetch for seconds, and is told the ends all the same: where nothing has come, that is as good as a fetch
   * that brings nothing.
   */
  private async proveBeside(positions: readonly FetchPosition[], afterMs: number, answered: AbortSignal): Promise<void> {
    await delay(afterMs, undefined, { signal: answered }).catch(() => undefined);
    while (!answered.aborted) {
      await this.proveAll(positions, answered);
      await delay(OVERDUE_MS, undefined, { signal: answered }).catch(() => undefined);
    }
  }

  private async proveAll(positions: readonly FetchPosition[], signal: AbortSignal): Promise<void> {
    // Where the broker is away, the fetch will say so.
    await Promise.all(positions.map((position) => this.prove(position, signal).catch(() => undefined)));
  }

  private async prove({ topic, partition, offset }: FetchPosition, answered: AbortSignal): Promise<void> {
    const askedAt = performance.now();
    const end = await this.connection.listOffset(topic, partition, 'end');
    if (answered.aborted || offset !== end) return;
    const batch = { records: [], nextOffset: offset, highWatermark: end, logStartOffset: toOffset(0), sentAt: askedAt };
    this.options.read({ topic, partition, from: offset, batch, completeAt: askedAt });
  }

  private async take(
    from: FetchedFrom,
    positions: readonly FetchPosition[],
    bounds: FetchBounds,
  ): Promise<'at-end' | 'goes-on' | 'failed'> {
    const { topic, partition } = from;
    const position = positions.find((asked) => asked.topic === topic && asked.partition === partition);
    if (position === undefined) return 'goes-on';
    try {
      const again = () => fetchOne(this.connection, position, { ...bounds, maxWaitMs: this.options.waitMs.first });
      const read = await withoutStandstill(from, position, again, this.options.log);
      const completeAt = await this.completeAt(read);
      this.failing.delete(keyOf(from));
      if (!this.stopping.signal.aborted) this.options.read({ ...read, from: position.offset, completeAt });
      return completeAt === undefined ? 'goes-on' : 'at-end';
    } catch (error) {
      this.allFailed([position], error);
      return 'failed';
    }
  }

  private async completeAt({ topic, partition, batch }: FetchedFrom): Promise<number | undefined> {
    if (batch.nextOffset < batch.highWatermark) return undefined;
    const key = keyOf({ topic, partition });
    if (this.trusted.has(key)) return batch.sentAt;
    const askedAt = performance.now();
    if (batch.nextOffset < (await this.connection.listOffset(topic, partition, 'end'))) return undefined;
    this.trusted.add(key);
    return askedAt;
  }

  private leaderOf({ topic, partition }: FetchPosition): string | undefined {
    return this.connection.leaderOf(topic, partition);
  }

  private allFailed(positions: readonly FetchPosition[], error: unknown): void {
    const failure = error instanceof Error ? error : new Error('unknown');
    for (const { topic, partition } of positions) this.fail({ topic, partition, failure });
  }

  private fail(failure: FetchFailure): void {
    const key = keyOf(failure);
    this.trusted.delete(key);
    if (this.stopping.signal.aborted) return;
    const isLost = isOutOfRange(failure.failure);
    const told = this.failing.get(key);
    // That a position is not there any more has a cure of its own, whatever else was told before.
    if (told !== undefined && (told || !isLost)) return;
    this.failing.set(key, isLost);
    this.options.failed(failure);
  }

  /** One question for all brokers that need it. Where Kafka is away, the next poll will say so. */
  private async refresh(): Promise<void> {
    this.refreshing ??= this.connection
      .refresh()
      .catch((error: unknown) => {
        this.options.log.debug('log_read_failed', { reason: failureOf(error).name });
      })
      .finally(() => (this.refreshing = undefined));
    await this.refreshing;
  }
}

function keyOf({ topic, partition }: Pick<FetchPosition, 'topic' | 'partition'>): string {
  return `${topic}/${partition}`;
}
