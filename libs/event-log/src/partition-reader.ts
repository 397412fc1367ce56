import type { Cluster, Kafka } from 'kafkajs';
import { nextOffset, toOffset, type Offset } from '#segment';
import { ClusterPool } from './cluster-pool.ts';
import { LogUnavailableError, OffsetOutOfRangeError } from './errors.ts';
import { fetchedBatchOf, isStuck, type FetchedBatch } from './fetched-batch.ts';
import { failureOf } from './kafka-errors.ts';
import { READ_UNCOMMITTED, type FetchAnswer } from './kafkajs-cluster.ts';
import type { LogSink } from './log-sink.ts';
import { unless } from './unless.ts';

export interface PartitionReaderOptions {
  readonly kafka: Kafka;
  readonly log: LogSink;
  /** Bytes of one partition per fetch. Default 1 MiB. */
  readonly maxBytes?: number;
  /** How long the broker waits for a record when there is none. Default 200. */
  readonly maxWaitMs?: number;
  /** Reads that run side by side; further ones wait. Default 8. */
  readonly maxConnections?: number;
}

/** A partition and where to read on. */
export interface FetchPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: Offset;
}

/** What a fetch of many partitions brought from one of them. */
export interface FetchedFrom {
  readonly topic: string;
  readonly partition: number;
  readonly batch: FetchedBatch;
}

const ATTEMPTS = 6;
const BACKOFF_MS = 100;

/**
 * Reads partitions by offset, without a consumer group and without commits: for the restore of state, for the deletions that are followed
 * beside the events, and for replays. Any number of reads may run side by side.
 */
export class PartitionReader {
  private readonly pool: ClusterPool;
  private readonly log: LogSink;
  private readonly maxBytes: number;
  private readonly maxWaitMs: number;

  constructor(options: PartitionReaderOptions) {
    this.pool = new ClusterPool(options.kafka, options.maxConnections ?? 8);
    this.log = options.log;
    this.maxBytes = options.maxBytes ?? 1024 ** 2;
    this.maxWaitMs = options.maxWaitMs ?? 200;
  }

  /** Connects once, so that a program that starts knows. @throws LogUnavailableError if Kafka does not answer */
  async connect(): Promise<void> {
    await this.attempt([], undefined, () => Promise.resolve());
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
    return this.listOffset(topic, partition, false);
  }

  /** The first offset that is still there. */
  async startOffset(topic: string, partition: number): Promise<Offset> {
    return this.listOffset(topic, partition, true);
  }

  private async fetchOnce(
    positions: readonly FetchPosition[],
    signal: AbortSignal | undefined,
    maxWaitMs = this.maxWaitMs,
  ): Promise<FetchedFrom[]> {
    const topics = [...new Set(positions.map(({ topic }) => topic))];
    try {
      return await this.attempt(topics, signal, async (cluster) => {
        const byBroker = groupByLeader(cluster, positions);
        const answers = await Promise.all([...byBroker].map(([nodeId, own]) => this.fetchFrom(cluster, nodeId, own, maxWaitMs)));
        const fetched = answers.flat();
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

  private async listOffset(topic: string, partition: number, fromBeginning: boolean): Promise<Offset> {
    return this.attempt([topic], undefined, async (cluster) => {
      const [answer] = await cluster.fetchTopicsOffset([{ topic, partitions: [{ partition }], fromBeginning }]);
      const offset = answer?.partitions.find((entry) => entry.partition === partition)?.offset;
      if (offset === undefined) throw new UnknownPartition(topic, partition);
      return toOffset(offset);
    });
  }

  private async fetchFrom(
    cluster: Cluster,
    nodeId: string,
    positions: readonly FetchPosition[],
    maxWaitMs: number,
  ): Promise<FetchedFrom[]> {
    const broker = await cluster.findBroker({ nodeId });
    const sentAt = performance.now();
    const answer = (await broker.fetch({
      isolationLevel: READ_UNCOMMITTED,
      maxWaitTime: maxWaitMs,
      minBytes: 1,
      maxBytes: this.maxBytes * positions.length,
      topics: byTopic(positions, this.maxBytes),
    })) as FetchAnswer;
    return answer.responses.flatMap(({ topicName, partitions }) =>
      partitions.flatMap((fetched) => {
        const position = positions.find(({ topic, partition }) => topic === topicName && partition === fetched.partition);
        if (position === undefined) return [];
        return [{ topic: topicName, partition: fetched.partition, batch: fetchedBatchOf(fetched, position.offset, sentAt) }];
      }),
    );
  }

  /** Tries until it works: leaders move, brokers restart. What will not change is thrown at once. */
  private async attempt<T>(
    topics: string[],
    signal: AbortSignal | undefined,
    work: (cluster: Cluster) => Promise<T>,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      try {
        return await unless(
          signal,
          this.pool.use((cluster) => connectedTo(cluster, topics, work)),
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

/** A partition that its topic does not have. */
class UnknownPartition extends Error {
  override readonly name = 'UnknownPartition';

  constructor(topic: string, partition: number) {
    super(`${topic} has no partition ${partition}`);
  }
}

function isFinal(error: unknown): boolean {
  return error instanceof UnknownPartition || failureOf(error).type === 'OFFSET_OUT_OF_RANGE';
}

async function connectedTo<T>(cluster: Cluster, topics: string[], work: (cluster: Cluster) => Promise<T>): Promise<T> {
  try {
    if (!cluster.isConnected()) await cluster.connect();
    await cluster.addMultipleTargetTopics(topics);
    return await work(cluster);
  } catch (error) {
    // Whatever it was, what this connection knows about leaders and brokers may be why; the next attempt starts with fresh knowledge.
    if (!isFinal(error)) await refresh(cluster);
    throw error;
  }
}

async function refresh(cluster: Cluster): Promise<void> {
  try {
    if (!cluster.isConnected()) await cluster.connect();
    await cluster.refreshMetadata();
  } catch {
    // Kafka is away; the next attempt will say so. A clean slate lets it start from the configured brokers.
    await cluster.disconnect();
  }
}

function groupByLeader(cluster: Cluster, positions: readonly FetchPosition[]): Map<string, FetchPosition[]> {
  const groups = new Map<string, FetchPosition[]>();
  for (const position of positions) {
    const [leader] = Object.keys(cluster.findLeaderForPartitions(position.topic, [position.partition]));
    if (leader === undefined) throw new UnknownPartition(position.topic, position.partition);
    const group = groups.get(leader);
    if (group === undefined) groups.set(leader, [position]);
    else group.push(position);
  }
  return groups;
}

function byTopic(
  positions: readonly FetchPosition[],
  maxBytes: number,
): { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[] {
  const topics = new Map<string, { partition: number; fetchOffset: string; maxBytes: number }[]>();
  for (const { topic, partition, offset } of positions) {
    const partitions = topics.get(topic) ?? [];
    partitions.push({ partition, fetchOffset: String(offset), maxBytes });
    topics.set(topic, partitions);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}
