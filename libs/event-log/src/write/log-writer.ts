import type { AppendedRecord } from './appended-record.ts';
import type { AppendConnection } from './append-connection.ts';
import type { BatchLimits } from './append-queue.ts';
import { sizeOf, type EncodedRecord } from '../records/encoded-record.ts';
import { LogUnavailableError, RecordTooLargeError, UnknownTopic } from '../errors.ts';
import { failureOf, isTopicFault, rightMissingIn } from '../kafka-errors.ts';
import type { LogClient } from '../log-client.ts';
import type { LogSink } from '../log-sink.ts';
import { partitionFor } from './partitioner.ts';
import { PendingAppend } from './pending-append.ts';
import { TopicWriter } from './topic-writer.ts';
import { unless } from '../read/unless.ts';

export interface LogWriterOptions {
  readonly kafka: LogClient;
  readonly log: LogSink;
  /** Bytes of records that may wait, over all topics (P9). Default 64 MiB. */
  readonly maxQueuedBytes?: number;
  /** Records per partition and request. Default 1,000. */
  readonly maxBatchRecords?: number;
  /** Bytes per partition and request; also the largest record. Default 700,000: safely below `max.message.bytes`. */
  readonly maxBatchBytes?: number;
  /** How long a caller waits at most. Default 5,000. */
  readonly deadlineMs?: number;
  /** How long the first record of a request waits for company. Default 0: while a request is under way the next one gathers. */
  readonly lingerMs?: number;
}

/** A request is encoded in one go, during which nothing else happens. */
const MAX_REQUEST_RECORDS = 2_000;
const MAX_REQUEST_BYTES = 4_000_000;
const SWEEP_MS = 50;
const PROBE_MS = 1_000;
const RETRY_MS = 200;
/** One failed request is a leader election; two in a row are trouble worth telling. */
const FAILURES_TO_UNAVAILABLE = 2;
/** Whoever has taken a record so lately is not away. */
const TAKEN_LATELY_MS = 1_000;

/**
 * Appends records to the log with acknowledgement by all in-sync replicas (P1), gathered into few requests: kafkajs has no linger of its own.
 * Bounded in bytes and in time: a full queue refuses at once, a passed deadline refuses then. Heals by itself when Kafka is back.
 */
export class LogWriter {
  private readonly connection: AppendConnection;
  private readonly log: LogSink;
  private readonly limits: BatchLimits;
  private readonly maxQueuedBytes: number;
  private readonly deadlineMs: number;
  private readonly lingerMs: number;
  private readonly writers = new Map<string, TopicWriter>();
  private readonly partitionCounts = new Map<string, number>();
  private readonly questions = new Map<string, Promise<number>>();
  private readonly pending = { records: 0, bytes: 0 };
  /** By topic: what we lack to write to it. */
  private readonly refusals = new Map<string, string>();
  private isAvailable = false;
  /** When a record was last acknowledged (monotonic milliseconds). */
  private takenAt = -Infinity;
  private isClosing = false;
  private sweeper: NodeJS.Timeout | undefined;
  private prober: NodeJS.Timeout | undefined;

  constructor(options: LogWriterOptions) {
    this.connection = options.kafka.appends();
    this.log = options.log;
    this.limits = {
      maxRecords: options.maxBatchRecords ?? 1_000,
      maxBytes: options.maxBatchBytes ?? 700_000,
      maxRequestRecords: MAX_REQUEST_RECORDS,
      maxRequestBytes: Math.max(MAX_REQUEST_BYTES, options.maxBatchBytes ?? 0),
    };
    this.maxQueuedBytes = options.maxQueuedBytes ?? 64 * 1024 ** 2;
    this.deadlineMs = options.deadlineMs ?? 5_000;
    this.lingerMs = options.lingerMs ?? 0;
  }

  /** Records that wait for their acknowledgement. */
  get queued(): number {
    return this.pending.records;
  }

  /** Their bytes. */
  get queuedBytes(): number {
    return this.pending.bytes;
  }

  /** Whether Kafka took the last records, or answers when there are none: what readiness goes by. */
  get available(): boolean {
    return this.isAvailable;
  }

  /** What we lack the right to write, a line for each topic; empty once it is written to again. */
  get refused(): string[] {
    return [...this.refusals.values()];
  }

  /**
   * Connects. Not needed before `append`, but a program that starts wants to know.
   *
   * @throws LogUnavailableError if Kafka does not answer; the writer keeps trying all the same
   */
  async connect(): Promise<void> {
    try {
      await this.connection.refresh();
      this.setAvailable(true);
    } catch (error) {
      this.probeLater();
      throw new LogUnavailableError(
        'log_unavailable',
        `Kafka does not answer (${failureOf(error).message}): check KAFKA_BROKERS`,
        5,
        {
          cause: error,
        },
      );
    }
  }

  /**
   * Appends a record; resolves with its position once all in-sync replicas have it. Records of one partition are written in the order of
   * their calls.
   *
   * @param partition where it must go; by the key's hash if left out
   * @throws LogUnavailableError if the queue is full or the deadline passes (it may have been written all the same)
   * @throws RecordTooLargeError if no request may hold it
   */
  append(topic: string, record: EncodedRecord, partition?: number): Promise<AppendedRecord> {
    // No async function: thousands of appends wait at a time, and a suspended one holds more than its promise. What is thrown in here rejects it.
    return new Promise((resolve, reject) => {
      const bytes = sizeOf(record);
      if (bytes > this.limits.maxBytes) throw new RecordTooLargeError(bytes, this.limits.maxBytes);
      if (this.isClosing) throw new LogUnavailableError('log_unavailable', 'the log writer is closed', 5);
      if (this.pending.bytes + bytes > this.maxQueuedBytes) {
        throw new LogUnavailableError('log_queue_full', 'too many records wait for Kafka', 1);
      }
      const deadline = performance.now() + this.deadlineMs;
      this.reserve(bytes);
      const enqueue = (target: number): void =>
        this.writerOf(topic).append(new PendingAppend(record, target, bytes, deadline, resolve, reject));
      const count = this.partitionCounts.get(topic);
      if (partition !== undefined) enqueue(partition);
      else if (count !== undefined) enqueue(partitionFor(record.key, count));
      else this.partitionOf(topic, record.key, bytes, deadline).then(enqueue).catch(reject);
    });
  }

  /** Takes no more, writes what waits (or lets its deadlines pass), and disconnects. */
  async close(): Promise<void> {
    this.isClosing = true;
    clearTimeout(this.prober);
    await Promise.all([...this.writers.values()].map((writer) => writer.drained()));
    clearInterval(this.sweeper);
    clearTimeout(this.prober);
    await this.connection.close();
    this.isAvailable = false;
  }

  /** Waits for the topic's partition count while it is not known; the record's bytes are reserved meanwhile. */
  private async partitionOf(topic: string, key: string, bytes: number, deadline: number): Promise<number> {
    const abandon = new AbortController();
    const timer = setTimeout(() => abandon.abort(), deadline - performance.now());
    try {
      return partitionFor(key, await this.learnPartitionCount(topic, abandon.signal));
    } catch (error) {
      this.free(bytes);
      this.probeLater();
      throw new LogUnavailableError('log_unavailable', `Kafka does not describe ${topic}`, 1, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  private async learnPartitionCount(topic: string, abandoned: AbortSignal): Promise<number> {
    for (let attempts = 1; ; attempts++) {
      try {
        return await unless(abandoned, this.askPartitionCount(topic));
      } catch (error) {
        if (abandoned.aborted) throw error;
        this.onFailure(topic, error, attempts);
        await unless(abandoned, new Promise((resolve) => setTimeout(resolve, RETRY_MS)));
      }
    }
  }

  /** One question at a time, whose answer everybody waits for who needs it. */
  private askPartitionCount(topic: string): Promise<number> {
    const asked = this.questions.get(topic);
    if (asked !== undefined) return asked;
    const question = this.connection
      .partitionCount(topic)
      .then((count) => {
        if (count === 0) throw new UnknownTopic(topic);
        // Fixed for the life of the topic, so it is never asked again.
        this.partitionCounts.set(topic, count);
        return count;
      })
      .finally(() => this.questions.delete(topic));
    this.questions.set(topic, question);
    return question;
  }

  private writerOf(topic: string): TopicWriter {
    let writer = this.writers.get(topic);
    if (writer === undefined) {
      writer = new TopicWriter(topic, {
        connection: this.connection,
        limits: this.limits,
        lingerMs: this.lingerMs,
        released: ({ bytes }) => this.free(bytes),
        succeeded: () => {
          this.takenAt = performance.now();
          this.refusals.delete(topic);
          this.setAvailable(true);
        },
        failed: (failedTopic, error, failuresInARow) => this.onFailure(failedTopic, error, failuresInARow),
        idle: () => this.probeLater(),
      });
      this.writers.set(topic, writer);
    }
    return writer;
  }

  private reserve(bytes: number): void {
    this.pending.records += 1;
    this.pending.bytes += bytes;
    this.sweeper ??= setInterval(() => this.sweep(), SWEEP_MS).unref();
  }

  private free(bytes: number): void {
    this.pending.records -= 1;
    this.pending.bytes -= bytes;
    if (this.pending.records > 0) return;
    clearInterval(this.sweeper);
    this.sweeper = undefined;
  }

  private sweep(): void {
    const now = performance.now();
    let late = 0;
    for (const writer of this.writers.values()) late += writer.expire(now);
    if (late === 0) return;
    this.log.warn('log_append_late', { count: late });
    if (!this.hasTakenLately) this.setAvailable(false);
  }

  private onFailure(topic: string, error: unknown, failuresInARow: number): void {
    const { name, type } = failureOf(error);
    const lacking = rightMissingIn(error)?.message;
    if (lacking !== undefined) this.refusals.set(topic, lacking);
    this.log.warn('log_append_failed', { topic, reason: lacking ?? type ?? name, attempts: failuresInARow });
    // P6: a topic that is gone or forbidden is that source's trouble, not everybody's; a broker that is away is that of its partitions.
    if (isTopicFault(error) || failuresInARow < FAILURES_TO_UNAVAILABLE || this.hasTakenLately) return;
    this.setAvailable(false);
  }

  private get hasTakenLately(): boolean {
    return performance.now() - this.takenAt < TAKEN_LATELY_MS;
  }

  private setAvailable(available: boolean): void {
    if (available === this.isAvailable) return;
    this.isAvailable = available;
    if (available) this.log.info('log_available');
    else this.log.warn('log_unavailable');
  }

  /** Without traffic nothing would notice that Kafka is back, and without readiness there is no traffic. */
  private probeLater(): void {
    if (this.isAvailable || this.isClosing || this.prober !== undefined) return;
    if ([...this.writers.values()].some((writer) => !writer.isIdle)) return;
    this.prober = setTimeout(() => void this.probe(), PROBE_MS).unref();
  }

  private async probe(): Promise<void> {
    try {
      await this.connection.refresh();
      if (!this.isClosing) this.setAvailable(true);
    } catch (error) {
      this.log.debug('log_probe_failed', { reason: failureOf(error).name });
    }
    this.prober = undefined;
    this.probeLater();
  }
}
