import { toOffset } from '#segment';
import { AppendQueue, byPartition, type BatchLimits } from './append-queue.ts';
import { LogUnavailableError } from '../errors.ts';
import { failureOf, isPermanent } from '../kafka-errors.ts';
import type { AppendConnection, ProduceAnswer } from './append-connection.ts';
import type { PendingAppend } from './pending-append.ts';

/** What a topic's writer needs of its owner. */
export interface TopicWriterContext {
  readonly connection: AppendConnection;
  readonly limits: BatchLimits;
  readonly lingerMs: number;
  /** The append is out of the queue for good, written or not: its memory is free. Told once per append. */
  readonly released: (append: PendingAppend) => void;
  readonly succeeded: () => void;
  readonly failed: (topic: string, error: unknown, failuresInARow: number) => void;
  readonly idle: () => void;
}

/** What a request left unwritten of its batch. */
interface Unwritten {
  readonly unwritten: readonly PendingAppend[];
  /** Means nothing where all was written. */
  readonly reason: Error;
}

const BACKOFF_MS = [50, 100, 250, 500] as const;
const MAX_BACKOFF_MS = 1_000;

/**
 * Writes to one topic, one produce request at a time, so that the order within each partition holds, also over retries.
 * While a request is under way the next one gathers: batches grow with the load by themselves.
 */
export class TopicWriter {
  private readonly queue = new AppendQueue<PendingAppend>();
  private inFlight: readonly PendingAppend[] = [];
  private failuresInARow = 0;
  private running: Promise<void> | undefined;

  constructor(
    private readonly topic: string,
    private readonly context: TopicWriterContext,
  ) {}

  get isIdle(): boolean {
    return this.running === undefined;
  }

  append(append: PendingAppend): void {
    this.queue.push(append);
    this.running ??= this.run();
  }

  /** Tells the callers whose time is up, and drops what waits for them unless it is under way. Returns how many they were. */
  expire(now: number): number {
    const error = new LogUnavailableError('log_unavailable', 'Kafka did not take the record in time', 1);
    const dropped = this.queue.takeExpired(now);
    for (const append of dropped) {
      append.reject(error);
      this.context.released(append);
    }
    // A request that is under way cannot be taken back; if it fails, it is not repeated for these.
    const doubtful = this.inFlight.filter((append) => !append.settled && append.deadline <= now);
    doubtful.forEach((append) => append.reject(error));
    return dropped.length + doubtful.length;
  }

  /** Settles when nothing waits and nothing is under way. */
  async drained(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    while (this.queue.size > 0) {
      // Before every request, not only the first: a request costs as much as dozens of records, here and at the broker.
      await this.linger();
      const batch = this.queue.take(this.context.limits);
      this.inFlight = batch;
      await this.write(batch);
      this.inFlight = [];
    }
    this.failuresInARow = 0;
    // In the same turn as the last look at the queue: an append that comes now must find that it has to start a new run.
    this.running = undefined;
    this.context.idle();
  }

  private async linger(): Promise<void> {
    const { lingerMs, limits } = this.context;
    if (this.queue.size >= limits.maxRequestRecords) return;
    // With none at all, whatever comes in this turn of the event loop still goes together.
    await (lingerMs === 0 ? new Promise((resolve) => setImmediate(resolve)) : delay(lingerMs));
  }

  private async write(batch: readonly PendingAppend[]): Promise<void> {
    try {
      const partitions = byPartition(batch);
      const parts = [...partitions].map(([partition, appends]) => ({ partition, records: appends.map(({ record }) => record) }));
      const answer = await this.context.connection.send(this.topic, parts);
      const { unwritten, reason } = this.acknowledge(partitions, answer);
      // Again without what was written: if all of it fails once more, that is an error like any other.
      if (unwritten.length > 0) return await this.retryLater(unwritten, reason);
      this.failuresInARow = 0;
      this.context.succeeded();
    } catch (error) {
      if (isPermanent(error)) this.refuse(batch, error);
      else await this.retryLater(batch, error);
    }
  }

  /**
   * Gives each append its position. Returns those of partitions that Kafka did not write, with the reason of one of them, and those that the answer does not
   * mention: when a leader moves between two attempts kafkajs may count a partition as sent to a broker that never got it.
   */
  private acknowledge(partitions: ReadonlyMap<number, readonly PendingAppend[]>, answer: readonly ProduceAnswer[]): Unwritten {
    const unwritten: PendingAppend[] = [];
    let reason = new Error('Kafka left partitions unanswered');
    for (const [partition, appends] of partitions) {
      const part = answer.find((candidate) => candidate.partition === partition);
      if (part === undefined || 'failure' in part) {
        unwritten.push(...appends);
        if (part !== undefined) reason = part.failure;
        continue;
      }
      const { offset, appendedAt } = part.first;
      appends.forEach((append, index) => {
        append.resolve({ partition, offset: toOffset(offset + index), appendedAt });
        this.context.released(append);
      });
    }
    return { unwritten, reason };
  }

  private async retryLater(batch: readonly PendingAppend[], error: unknown): Promise<void> {
    const [settled, waiting] = [batch.filter((append) => append.settled), batch.filter((append) => !append.settled)];
    settled.forEach(this.context.released);
    this.queue.putBack(waiting);
    this.inFlight = [];
    const wait = BACKOFF_MS[this.failuresInARow] ?? MAX_BACKOFF_MS;
    this.failuresInARow += 1;
    this.context.failed(this.topic, error, this.failuresInARow);
    await delay(wait);
  }

  private refuse(batch: readonly PendingAppend[], error: unknown): void {
    this.context.failed(this.topic, error, (this.failuresInARow += 1));
    const refusal = new LogUnavailableError(
      'log_unavailable',
      `Kafka refuses records for ${this.topic}: ${failureOf(error).type ?? 'unknown'}`,
      5,
      {
        cause: error,
      },
    );
    for (const append of batch) {
      append.reject(refusal);
      this.context.released(append);
    }
  }
}

function delay(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}
