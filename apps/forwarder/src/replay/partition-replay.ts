import { setTimeout as delay } from 'node:timers/promises';
import { OutcomeIndex, ReplayTracker, TokenBucket, type ReplayProgress, type ReplayRequest, type Outcome } from '#delivery';
import {
  readOutcomes,
  ReplaySelection,
  type FetchedBatch,
  type PartitionReader,
  type RawRecord,
  type UndecodableRecords,
} from '#event-log';
import { errorFields, type Logger } from '#observability';
import { toOffset, type Offset, type SubjectHasher } from '#segment';
import { readClock } from '../clock.ts';
import type { ReplayEnded, SourceRuntime } from '../delivery/source-runtime.ts';

/** Records of a replay that the driver holds at once: enough to keep all calls busy, little enough to stay small (P9). */
const MAX_IN_HAND = 500;
const POLL_MS = 5;
const PAUSE_POLL_MS = 100;
const REPORT_EVERY_MS = 1_000;
const RETRY_MS = 1_000;

export interface PartitionReplayOptions {
  readonly request: ReplayRequest;
  readonly partition: number;
  /** Where a former owner stopped, or the beginning. */
  readonly start: ReplayProgress;
  readonly runtime: SourceRuntime;
  readonly reader: PartitionReader;
  readonly hasher: SubjectHasher;
  /** Outcomes older than this may be gone, so that what has none may have been delivered. */
  readonly dedupWindowMs: number;
  readonly undecodable: UndecodableRecords;
  readonly report: (progress: ReplayProgress) => Promise<void>;
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/**
 * One partition of a replay, carried out by the partition's owner: reads its part of the events topic with a second reader, beside
 * the live consumer, and hands the records that match to the same driver, where they come after the live ones.
 */
export class PartitionReplay {
  private readonly tracker: ReplayTracker;
  private readonly selection: ReplaySelection;
  private readonly pace: TokenBucket | undefined;
  private reported = '';
  private reportedAt = -Infinity;
  private paused = false;
  private cancelled = false;

  constructor(private readonly options: PartitionReplayOptions) {
    const { request, start } = options;
    this.tracker = new ReplayTracker(start);
    this.selection = new ReplaySelection(options);
    this.pace =
      request.rate === undefined
        ? undefined
        : new TokenBucket({ count: request.rate, perMs: 1_000 * Math.max(1, request.ranges.length) });
  }

  get run(): string {
    return this.options.request.run;
  }

  setPaused(paused: boolean): void {
    this.paused = paused;
  }

  /** Nothing more is handed over; what the driver holds already goes its way, and is counted. */
  cancel(): void {
    this.cancelled = true;
  }

  ended({ run, offset, result }: ReplayEnded): void {
    if (run === this.run) this.tracker.ended(offset, result);
  }

  /** Reads to the end of the range and waits until everything handed over is done. Rejects if the signal aborts. */
  async carryOut(): Promise<void> {
    await this.reportIfDue();
    const { start } = this.options;
    const outcomes = await this.patiently(() => this.readOutcomes());
    // Retention may have come past the place since the replay was asked for.
    const { events } = this.options.runtime.topics;
    const logStart = await this.patiently(() => this.options.reader.startOffset(events, this.options.partition));
    let next = toOffset(Math.max(start.next, Math.min(logStart, start.to)));
    while (next < start.to && !this.cancelled) {
      const from = next;
      next = await this.take(await this.patiently(() => this.fetch(from)), outcomes);
      await this.reportIfDue();
    }
    while (this.tracker.inHand > 0) {
      await delay(POLL_MS, undefined, { signal: this.options.signal });
      await this.reportIfDue();
    }
    await this.patiently(() => this.options.report(this.progress(!this.cancelled)));
  }

  private async readOutcomes(): Promise<OutcomeIndex> {
    const { reader, request, runtime, partition, start, signal, undecodable } = this.options;
    const index = new OutcomeIndex(start.next, start.to, request.filter, request.run);
    const breaks = runtime.logs.breaksOf(partition);
    const take = (outcome: Outcome): void => {
      // One of a log before this one is about another record.
      if (breaks.isHere(outcome.position.offset, outcome.log)) index.add(outcome);
    };
    await readOutcomes({ reader, undecodable, signal }, { topics: runtime.topics, partition }, toOffset(0), take);
    return index;
  }

  private fetch(from: Offset): Promise<FetchedBatch> {
    const { reader, runtime, partition, signal } = this.options;
    return reader.fetch(runtime.topics.events, partition, from, signal);
  }

  /** Hands over what matches of a fetched piece; returns where the next one begins. */
  private async take(batch: FetchedBatch, outcomes: OutcomeIndex): Promise<Offset> {
    const { to } = this.options.start;
    for (const message of batch.records) {
      const offset = toOffset(message.offset);
      if (offset >= to) break;
      if (!(await this.consider(message, offset, outcomes))) return offset;
      this.tracker.scanned(toOffset(offset + 1), 1);
    }
    const next = toOffset(Math.min(batch.nextOffset, to));
    this.tracker.scanned(next, 0);
    return next;
  }

  /** False if the replay was cancelled before the record's turn came. */
  private async consider(message: RawRecord, offset: Offset, outcomes: OutcomeIndex): Promise<boolean> {
    const choice = this.selection.choose(message, outcomes.get(offset), readClock().wallMs);
    switch (choice.kind) {
      case 'ignored':
        return !this.cancelled;
      case 'ended':
        this.tracker.endedAtOnce(offset, choice.result);
        return true;
      case 'replayed':
        if (!(await this.awaitTurn())) return false;
        this.tracker.handedOver(offset);
        this.options.runtime.recordReplayed(this.options.partition, choice.record, choice.tag);
        return true;
    }
  }

  private async awaitTurn(): Promise<boolean> {
    const { signal } = this.options;
    while (!this.cancelled) {
      signal.throwIfAborted();
      const now = readClock().monotonicMs;
      const at = this.pace?.nextAt(now) ?? now;
      if (!this.paused && this.tracker.inHand < MAX_IN_HAND && at <= now) {
        this.pace?.take(now);
        return true;
      }
      await this.reportIfDue();
      await delay(this.paused ? PAUSE_POLL_MS : Math.max(POLL_MS, Math.min(at - now, PAUSE_POLL_MS)), undefined, { signal });
    }
    return false;
  }

  /** Kafka being away for a while interrupts nothing: what the driver holds is in its hands, and must not be handed over again. */
  private async patiently<T>(work: () => Promise<T>): Promise<T> {
    const { signal, log, runtime } = this.options;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        signal.throwIfAborted();
        log.warn('replay_waits_for_log', { source: runtime.id, run: this.run, ...errorFields(error) });
        await delay(RETRY_MS, undefined, { signal });
      }
    }
  }

  private async reportIfDue(): Promise<void> {
    const now = readClock().monotonicMs;
    if (now - this.reportedAt < REPORT_EVERY_MS) return;
    this.reportedAt = now;
    const progress = this.progress(false);
    const news = JSON.stringify([progress.next, progress.results]);
    if (news === this.reported) return;
    await this.patiently(() => this.options.report(progress));
    this.reported = news;
  }

  private progress(done: boolean): ReplayProgress {
    const { request, partition, start } = this.options;
    return {
      run: request.run,
      partition,
      next: this.tracker.next,
      to: start.to,
      done,
      ...this.tracker.figures,
      at: new Date(readClock().wallMs).toISOString(),
    };
  }
}
