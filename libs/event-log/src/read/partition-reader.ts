import type { Offset } from '#segment';
import { LogUnavailableError, OffsetOutOfRangeError } from '../errors.ts';
import { failureOf, isFinal, isOutOfRange } from '../kafka-errors.ts';
import type { LogClient } from '../log-client.ts';
import type { LogSink } from '../log-sink.ts';
import { ConnectionPool } from './connection-pool.ts';
import { fetchOne } from './fetch-one.ts';
import type { FetchedBatch, FetchPosition, ReadConnection } from './read-connection.ts';
import { withoutStandstill } from './standstill.ts';
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
 * Reads single partitions by offset, without a consumer group and without commits: for the restore of state, for replays, and for who looks something up.
 * Any number of reads may run side by side. What is read on and on is followed instead ({@link PartitionFollower}).
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
   * @param maxWaitMs instead of the reader's own: who waits longer asks less often, and is answered as soon as there is something
   * @throws OffsetOutOfRangeError if the log does not hold the offset
   * @throws LogUnavailableError if Kafka does not answer after several attempts
   */
  async fetch(
    topic: string,
    partition: number,
    offset: Offset,
    signal?: AbortSignal,
    maxWaitMs = this.maxWaitMs,
  ): Promise<FetchedBatch> {
    const position = { topic, partition, offset };
    const again = (): Promise<FetchedBatch> => this.fetchOnce(position, signal, maxWaitMs);
    const { batch } = await withoutStandstill({ topic, partition, batch: await again() }, position, again, this.log);
    return batch;
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

  /** What the partition holds: from the first offset that is still there up to the one that the next record will get. */
  async bounds(topic: string, partition: number): Promise<{ readonly start: Offset; readonly end: Offset }> {
    const [start, end] = await Promise.all([this.startOffset(topic, partition), this.endOffset(topic, partition)]);
    return { start, end };
  }

  private async fetchOnce(position: FetchPosition, signal: AbortSignal | undefined, maxWaitMs: number): Promise<FetchedBatch> {
    const bounds = { maxWaitMs, maxBytes: this.maxBytes };
    try {
      return await this.attempt(signal, (connection) => fetchOne(connection, position, bounds));
    } catch (error) {
      throw await this.withBounds(error, position);
    }
  }

  /** Tries until it works: leaders move, brokers restart. What will not change is thrown at once. */
  private async attempt<T>(signal: AbortSignal | undefined, ask: (connection: ReadConnection) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      try {
        return await unless(
          signal,
          this.pool.use((connection) => askOrRefresh(connection, ask)),
        );
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

  /** Kafka says only that an offset is out of range; what there is has to be asked. */
  private async withBounds(error: unknown, { topic, partition, offset }: FetchPosition): Promise<unknown> {
    if (!isOutOfRange(error)) return error;
    const { start, end } = await this.bounds(topic, partition);
    if (offset < start || offset > end) return new OffsetOutOfRangeError(topic, partition, offset, start, end);
    // The log has moved between the two questions; asking again is all there is to do.
    return new LogUnavailableError('log_unavailable', 'the log has changed while it was read', 1, { cause: error });
  }
}

/** Whatever it was, what the connection knows about leaders and brokers may be why: the next question begins with fresh knowledge. */
async function askOrRefresh<T>(connection: ReadConnection, ask: (connection: ReadConnection) => Promise<T>): Promise<T> {
  try {
    return await ask(connection);
  } catch (error) {
    // Where Kafka is away, the next attempt will say so.
    if (!isFinal(error)) await connection.refresh().catch(() => undefined);
    throw error;
  }
}
