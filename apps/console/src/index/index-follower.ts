import { setTimeout as delay } from 'node:timers/promises';
import {
  decodeLogRecord,
  decodeNoticeOf,
  decodeOutcomeOf,
  isUndecodable,
  isOutOfRange,
  OffsetOutOfRangeError,
  PartitionFollower,
  topicBounds,
  type Followed as FollowedRead,
  type FetchPosition,
} from '#event-log';
import { errorFields, type Logger } from '#observability';
import type { LogAccess } from '#operations';
import { toOffset, type Offset } from '#segment';
import type { PartitionOverview } from '../api/index.ts';
import type { Followed, SourceIndex } from './source-index.ts';

const RETRY_MS = 2_000;
const GATHER_MS = 200;
const WAIT_MS = 500;
/** A poll takes so much of each partition at most. */
const FOLLOW_BYTES = 256 * 1_024;
const CHECKPOINT_EVERY_MS = 30_000;
const EXPIRE_EVERY_MS = 3_600_000;
const BACKLOG_EVERY_MS = 1_000;
/** Only what waits for longer is taken into the index from the events topic: most events have an outcome within milliseconds. */
const WAITING_FOR_MS = 5_000;

export interface IndexFollowerOptions {
  readonly log: LogAccess;
  readonly index: SourceIndex;
  readonly logger: Logger;
  /** How the partitions stand, as the live view knows it. */
  readonly partitions: () => readonly PartitionOverview[];
}

/**
 * Keeps the index of a source up to date: follows its outcomes and its deletions, and takes from the events topic what waits for an
 * outcome (the backlog of a source that is stopped, for example). Reading is by offset, without a consumer group, so that nobody's
 * partitions are touched.
 */
export class IndexFollower {
  private readonly stopping = new AbortController();
  private running: Promise<unknown> | undefined;
  /** By followed part and partition: how much there is to read yet. */
  private readonly lags = new Map<string, number>();

  constructor(private readonly options: IndexFollowerOptions) {}

  start(): void {
    this.running = Promise.all([
      this.again(RETRY_MS, () => this.followFacts()),
      this.again(BACKLOG_EVERY_MS, () => this.readBacklog()),
      this.again(CHECKPOINT_EVERY_MS, () => Promise.resolve(this.options.index.checkpoint())),
      this.again(EXPIRE_EVERY_MS, () => Promise.resolve(this.options.index.expire(Date.now()))),
    ]);
  }

  /** Ends at once, and keeps what it has. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    this.options.index.checkpoint();
  }

  /** Records of outcomes and deletions that it has yet to read; undefined before it has begun. */
  get behind(): number | undefined {
    return this.lags.size === 0 ? undefined : [...this.lags.values()].reduce((sum, lag) => sum + lag, 0);
  }

  /** Does `work` again and again, `everyMs` apart, whatever becomes of it. */
  private async again(everyMs: number, work: () => Promise<void>): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await work();
      } catch (error) {
        if (signal.aborted) return;
        this.options.logger.warn('index_follow_failed', { source: this.options.log.source.id, ...errorFields(error) });
      }
      await delay(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Reads on until a place is not in its log any more: then it is to be begun anew. */
  private async followFacts(): Promise<void> {
    const { log, logger } = this.options;
    const { signal } = this.stopping;
    await this.begin();
    await new Promise<void>((resolve) => {
      const follower = new PartitionFollower({
        kafka: log.kafka,
        log: logger,
        positions: () => [
          ...this.positionsOf('outcomes', log.topics.outcomes),
          ...this.positionsOf('deletions', log.topics.deletions),
        ],
        read: (followed) => this.takeFacts(followed),
        failed: ({ topic, partition, failure }) => {
          logger.warn('index_follow_failed', { source: log.source.id, topic, partition, ...errorFields(failure) });
          if (isOutOfRange(failure)) end();
        },
        waitMs: { first: WAIT_MS, settled: WAIT_MS },
        maxBytes: FOLLOW_BYTES,
        gatherMs: GATHER_MS,
      });
      const end = (): void => void follower.stop().then(resolve);
      signal.addEventListener('abort', end, { once: true });
      follower.start();
    });
  }

  /** Where each partition goes on; at the beginning of the log where it was never read, or was read too long ago. */
  private async begin(): Promise<void> {
    const { index, log, logger } = this.options;
    const topics = [
      ['outcomes', await topicBounds(log.kafka, log.topics.outcomes)],
      ['deletions', await topicBounds(log.kafka, log.topics.deletions)],
    ] as const;
    // Offsets beyond the end: the topics were made anew, and what is indexed is of other records.
    const isOfOthers = topics.some(([followed, bounds]) =>
      bounds.some(({ partition, end }) => (index.nextOf(followed, partition) ?? 0) > end),
    );
    if (isOfOthers) {
      logger.warn('index_of_other_topics', { source: log.source.id });
      index.reset();
    }
    for (const [followed, bounds] of topics) {
      for (const { partition, start, end } of bounds) {
        const next = toOffset(Math.max(start, index.nextOf(followed, partition) ?? 0));
        index.readTo(followed, partition, next);
        this.lags.set(`${followed}/${partition}`, end - next);
      }
    }
  }

  private *positionsOf(followed: Followed, topic: string): Generator<FetchPosition> {
    for (let partition = 0; ; partition++) {
      const offset = this.options.index.nextOf(followed, partition);
      if (offset === undefined) return;
      yield { topic, partition, offset };
    }
  }

  private takeFacts({ topic, partition, batch, from }: FollowedRead): void {
    const { index, log } = this.options;
    const followed = topic === log.topics.outcomes ? 'outcomes' : 'deletions';
    if (index.nextOf(followed, partition) !== from) return;
    for (const message of batch.records) {
      if (followed === 'outcomes') {
        const outcome = decodeOutcomeOf(partition, message);
        if (!isUndecodable(outcome)) index.takeOutcome(outcome, toOffset(message.offset));
      } else {
        const notice = decodeNoticeOf(partition, message);
        if (!isUndecodable(notice)) index.takeDeletion(notice);
      }
    }
    index.readTo(followed, partition, batch.nextOffset);
    this.lags.set(`${followed}/${partition}`, Math.max(0, batch.highWatermark - batch.nextOffset));
  }

  private async readBacklog(): Promise<void> {
    const waiting = this.options
      .partitions()
      .filter(({ lag, oldestUndeliveredMs }) => lag > 0 && (oldestUndeliveredMs ?? Infinity) > WAITING_FOR_MS);
    for (const { partition, frontier, end } of waiting) await this.readWaiting(partition, toOffset(frontier), toOffset(end));
  }

  /** What lies below the frontier has its outcome; what was read once is not read again. */
  private async readWaiting(partition: number, frontier: Offset, end: Offset): Promise<void> {
    const { index, log } = this.options;
    const { signal } = this.stopping;
    let next = toOffset(Math.max(frontier, index.nextOf('events', partition) ?? 0));
    while (next < end && !signal.aborted) {
      const batch = await log.reader.fetch(log.topics.events, partition, next, signal).catch(startInstead);
      for (const message of batch.records) {
        const record = decodeLogRecord(message);
        if (isUndecodable(record)) continue;
        const position = { partition, offset: record.offset };
        if (index.outcomeOf(position) !== undefined) continue;
        index.takeWaiting(log.hasher.subject(record.subject), record.messageId, position, Number(message.timestamp));
      }
      // What lies behind an open transaction cannot be read yet.
      if (batch.nextOffset <= next) return;
      next = batch.nextOffset;
      index.readTo('events', partition, next);
    }
  }
}

/** Retention has passed the place: goes on where the log begins now. */
function startInstead(error: unknown): { readonly records: readonly never[]; readonly nextOffset: Offset } {
  if (error instanceof OffsetOutOfRangeError && error.offset < error.start)
    return { records: [], nextOffset: toOffset(error.start) };
  throw error;
}
