import { setTimeout as delay } from 'node:timers/promises';
import {
  OutcomeIndex,
  ReplayTracker,
  TokenBucket,
  takesReplay,
  type LogRecord,
  type ReplayProgress,
  type ReplayRequest,
} from '#delivery';
import { decodeLogRecord, isUndecodable, readOutcomes, type PartitionReader } from '#event-log';
import type { Logger } from '#observability';
import { isJsonObject, textOf, toOffset, type Offset, type SubjectHasher } from '#segment';
import type { KafkaMessage } from 'kafkajs';
import { readClock } from '../clock.ts';
import type { ReplayEnded, SourceRuntime } from '../delivery/source-runtime.ts';

/** Records of a replay that the driver holds at once: enough to keep all calls busy, little enough to stay small (P9). */
const MAX_IN_HAND = 500;
const POLL_MS = 20;
const REPORT_EVERY_MS = 1_000;

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
  private readonly pace: TokenBucket | undefined;
  private reportedAt = 0;
  private paused = false;

  constructor(private readonly options: PartitionReplayOptions) {
    const { request, start } = options;
    this.tracker = new ReplayTracker(start);
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

  ended({ run, offset, result }: ReplayEnded): void {
    if (run === this.run) this.tracker.ended(offset, result);
  }

  /** Reads to the end of the range and waits until everything handed over is done. Rejects if it is aborted or Kafka is away. */
  async carryOut(): Promise<void> {
    const { start, signal } = this.options;
    const outcomes = await this.readOutcomes();
    let next = start.next;
    while (next < start.to) {
      signal.throwIfAborted();
      next = await this.readPiece(next, outcomes);
      await this.reportNowAndThen();
    }
    while (this.tracker.inHand > 0) {
      await delay(POLL_MS, undefined, { signal });
      await this.reportNowAndThen();
    }
    await this.options.report(this.progress(true));
  }

  private async readOutcomes(): Promise<OutcomeIndex> {
    const { reader, runtime, partition, start, signal, log } = this.options;
    const index = new OutcomeIndex(start.next, start.to);
    await readOutcomes({ reader, log, signal }, { topic: runtime.topics.outcomes, partition }, toOffset(0), (outcome) =>
      index.add(outcome),
    );
    return index;
  }

  private async readPiece(from: Offset, outcomes: OutcomeIndex): Promise<Offset> {
    const { reader, runtime, partition, start, signal } = this.options;
    const batch = await reader.fetch(runtime.topics.events, partition, from, signal);
    for (const message of batch.records) {
      const offset = toOffset(message.offset);
      if (offset >= start.to) break;
      await this.consider(message, offset, outcomes);
      this.tracker.scanned(toOffset(offset + 1), 1);
    }
    const next = toOffset(Math.min(batch.nextOffset, start.to));
    this.tracker.scanned(next, 0);
    return next;
  }

  private async consider(message: KafkaMessage, offset: Offset, outcomes: OutcomeIndex): Promise<void> {
    const { request, runtime, partition, signal, hasher, dedupWindowMs } = this.options;
    const record = decodeLogRecord(message);
    if (isUndecodable(record)) return;
    const outcome = outcomes.get(offset);
    const candidate = {
      subject: hasher.subject(record.subject),
      type: record.type,
      event: eventNameOf(record, request),
      outcome,
    };
    if (!takesReplay(request, candidate)) return;
    // Its outcome may have left the dedup window: without `redeliver` the doubt speaks against sending it.
    const isOutsideWindow = outcome === undefined && readClock().wallMs - Date.parse(record.receivedAt) > dedupWindowMs;
    if (isOutsideWindow && !request.redeliver) return;

    await this.awaitTurn(signal);
    this.tracker.handedOver(offset);
    runtime.recordReplayed(partition, record, {
      run: request.run,
      redeliver: request.redeliver,
      wasDelivered: outcome?.name === 'delivered',
    });
  }

  private async awaitTurn(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const now = readClock().monotonicMs;
      const at = this.pace?.nextAt(now) ?? now;
      if (!this.paused && this.tracker.inHand < MAX_IN_HAND && at <= now) break;
      await this.reportNowAndThen();
      await delay(Math.max(1, Math.min(POLL_MS, at - now)), undefined, { signal });
    }
    this.pace?.take(readClock().monotonicMs);
  }

  private async reportNowAndThen(): Promise<void> {
    const now = readClock().monotonicMs;
    if (now - this.reportedAt < REPORT_EVERY_MS) return;
    this.reportedAt = now;
    await this.options.report(this.progress(false));
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

/** Segment's name of a track, parsed only if the replay asks for one: most do not, and parsing is what a scan costs. */
function eventNameOf({ type, value }: LogRecord, { filter }: ReplayRequest): string | undefined {
  if (filter.event === undefined || type !== 'track' || value === null) return undefined;
  try {
    const event: unknown = JSON.parse(value.toString('utf8'));
    return isJsonObject(event) ? textOf(event['event']) : undefined;
  } catch {
    // Undecodable: it has no name, and matches none.
    return undefined;
  }
}
