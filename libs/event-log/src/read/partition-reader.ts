import { nextOffset, type Offset } from '#segment';
import { LogUnavailableError, OffsetOutOfRangeError } from '../errors.ts';
import { failureOf, isFinal } from '../kafka-errors.ts';
import type { LogClient } from '../log-client.ts';
import type { LogSink } from '../log-sink.ts';
import { ConnectionPool } from './connection-pool.ts';
import { isStuck } from './is-stuck.ts';
import type { FetchedBatch, FetchedFrom, FetchPosition, ReadConnection } from './read-connection.ts';
import { unless } from './unless.ts';

export interface PartitionReaderOptions {
  readonly kafka: LogClient;
  readonly log: LogSink;
  /** Bytes of one partition per fetch. Default 1 MiB. */
  readonly maxBytes?: number;
  /** How long the broker waits for a record when there is none. Default 200. */
  readonly maxWaitMs?: number;
  /** Reads that run side by side; further ones wait. Default 8. */
  readonly maxConnections?: number;
}

const ATTEMPTS = 6;
const BACKOFF_MS = 100;

/**
 * Reads partitions by offset, without a consumer group and without commits: for the restore of state, for the deletions that are followed
 * beside the events, and for replays. Any number of reads may run side by side.
 */
export class PartitionReader {
  private readonly pool: ConnectionPool;
  private readonly log: LogSink;
  private readonly maxBytes: number;
  private readonly maxWaitMs: number;

  constructor(options: PartitionReaderOptions) {
    this.pool = new ConnectionPool(options.kafka, options.maxConnections ?? 8);
    this.log = options.log;
    this.maxBytes = options.maxBytes ?? 1024 ** 2;
    this.maxWaitMs = options.maxWaitMs ?? 200;
  }

  /** Connects once, so that a program that starts knows. @throws LogUnavailableError if Kafka does not answer */
  async connect(): Promise<void> {
    await this.attempt(undefined, (connection) => connection.connect());
  }

  async close(): Promise<void> {
    await this.pool.close();
  }

  /**
   * What stands in one partition from `offset` on, up to about `maxBytes`; waits up to `maxWaitMs` when there is nothing.
   *
   * @throws OffsetOutOfRangeError if the log does not hold the offset
   * @throws LogUnavailableError if Kafka does not answer after several attempts
   */
  async fetch(topic: string, partition: number, offset: Offset, signal?: AbortSignal, maxWaitMs?: number): Promise<FetchedBatch> {
    const [fetched] = await this.fetchMany([{ topic, partition, offset }], signal, maxWaitMs);
    if (fetched === undefined)
      throw new LogUnavailableError('log_unavailable', `Kafka left ${topic} partition ${partition} unanswered`, 1);
    return fetched.batch;
  }

  /**
   * The same for many partitions with one request per broker, which answers as soon as any of them has something. A partition that had
   * nothing new is in the result all the same, with its high watermark.
   *
   * @param maxWaitMs instead of the reader's own: a follower that waits longer asks less often, and is answered as soon as there is something
   */
  async fetchMany(positions: readonly FetchPosition[], signal?: AbortSignal, maxWaitMs?: number): Promise<FetchedFrom[]> {
    if (positions.length === 0) return [];
    const fetched = await this.fetchOnce(positions, signal, maxWaitMs);
    return Promise.all(fetched.map((from) => this.withoutStandstill(from, positions, signal)));
  }

  /**
   * Batches from `offset` up to the end and on, until the caller stops or the signal aborts. Batches without records come too: they tell that
   * the end is reached, and when.
   */
  async *readFrom(topic: string, partition: number, offset: Offset, signal?: AbortSignal): AsyncGenerator<FetchedBatch, void> {
    let next = offset;
    while (signal?.aborted !== true) {
      const batch = await this.fetch(topic, partition, next, signal);
      next = batch.nextOffset;
      yield batch;
    }
  }

  /** The offset that the next record will get. */
  async endOffset(topic: string, partition: number): Promise<Offset> {
    return this.attempt(undefined, (connection) => connection.listOffset(topic, partition, 'end'));
  }

  /** The first offset that is still there. */
  async startOffset(topic: string, partition: number): Promise<Offset> {
    return this.attempt(undefined, (connection) => connection.listOffset(topic, partition, 'start'));
  }

  private async fetchOnce(
    positions: readonly FetchPosition[],
    signal: AbortSignal | undefined,
    maxWaitMs = this.maxWaitMs,
  ): Promise<readonly FetchedFrom[]> {
    try {
      return await this.attempt(signal, async (connection) => {
        const fetched = await connection.fetch(positions, { maxWaitMs, maxBytes: this.maxBytes });
        // So a broker answers that holds back a client which reads more than its quota.
        if (fetched.length < positions.length) throw new Error('Kafka left partitions unanswered');
        return fetched;
      });
    } catch (error) {
      throw await this.withBounds(error, positions);
    }
  }

  /**
   * Gets past an answer that is empty although the partition goes on. Among many partitions that means that there was no room for its next
   * batch, which a fetch of it alone always gets. Alone it means a batch of which compaction has left the header only, which kafkajs drops
   * without a trace: writers without idempotence, as ours, leave none, but other tools may. Asked again to be sure, since a step too far
   * would lose a record; then one step at a time leads past it.
   */
  private async withoutStandstill(
    from: FetchedFrom,
    positions: readonly FetchPosition[],
    signal: AbortSignal | undefined,
  ): Promise<FetchedFrom> {
    const position = positions.find(({ topic, partition }) => topic === from.topic && partition === from.partition);
    if (position === undefined || !isStuck(from.batch, position.offset)) return from;
    for (let confirmations = 0; confirmations < 2; confirmations++) {
      const [again] = await this.fetchOnce([position], signal);
      if (again !== undefined && !isStuck(again.batch, position.offset)) return again;
    }
    this.log.warn('log_empty_batch_skipped', { topic: from.topic, partition: from.partition, offset: position.offset });
    return { ...from, batch: { ...from.batch, nextOffset: nextOffset(position.offset) } };
  }

  /** Tries until it works: leaders move, brokers restart. What will not change is thrown at once. */
  private async attempt<T>(signal: AbortSignal | undefined, ask: (connection: ReadConnection) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      try {
        return await unless(signal, this.pool.use(ask));
      } catch (error) {
        if (isFinal(error) || signal?.aborted === true) throw error;
        const { name, type, message } = failureOf(error);
        this.log.debug('log_read_failed', { reason: type ?? name, attempts: attempt });
        if (attempt >= ATTEMPTS)
          throw new LogUnavailableError('log_unavailable', `Kafka cannot be read: ${message}`, 5, { cause: error });
        await new Promise((resolve) => setTimeout(resolve, BACKOFF_MS * attempt));
      }
    }
  }

  /** Kafka says only that an offset is out of range; which one, and what there is, has to be asked. */
  private async withBounds(error: unknown, positions: readonly FetchPosition[]): Promise<unknown> {
    if (failureOf(error).type !== 'OFFSET_OUT_OF_RANGE') return error;
    for (const { topic, partition, offset } of positions) {
      const [start, end] = await Promise.all([this.startOffset(topic, partition), this.endOffset(topic, partition)]);
      if (offset < start || offset > end) return new OffsetOutOfRangeError(topic, partition, offset, start, end);
    }
    // The log has moved between the two questions; asking again is all there is to do.
    return new LogUnavailableError('log_unavailable', 'the log has changed while it was read', 1, { cause: error });
  }
}
