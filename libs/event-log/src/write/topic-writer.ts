import { toOffset } from '#segment';
import { LogUnavailableError, NobodyLeads, UnknownTopic } from '../errors.ts';
import { failureOf, isPermanent, rightMissingIn } from '../kafka-errors.ts';
import type { AppendConnection, ProduceAnswer } from './append-connection.ts';
import { AppendQueue, byPartition, type BatchLimits } from './append-queue.ts';
import type { AppendedRecord } from './appended-record.ts';
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

const BACKOFF_MS = [50, 100, 250, 500] as const;
const MAX_BACKOFF_MS = 1_000;

/** What stands for the broker of partitions that nobody leads, as far as is known. */
const NOBODY = '';

/**
 * Writes to one topic: one produce request at a time to each broker that leads a partition of it, and never two of one partition, so that the order within
 * each partition holds, also over retries and when its leader moves. A broker that is away, or a partition that is not taken, holds up nobody else (P6).
 * While a request is under way the next one gathers: batches grow with the load by themselves.
 */
export class TopicWriter {
  private readonly queue = new AppendQueue<PendingAppend>();
  /** What is under way, by broker. */
  private readonly inFlight = new Map<string, readonly PendingAppend[]>();
  /** Partitions that no request may hold now: they are in one, or rest after a failure. */
  private readonly held = new Set<number>();
  /** By partition: how often in a row it was not written. */
  private readonly failures = new Map<number, number>();
  /** The brokers that are written to. */
  private readonly running = new Set<string>();
  private refreshing: Promise<void> | undefined;
  private drains: (() => void)[] = [];

  constructor(
    private readonly topic: string,
    private readonly context: TopicWriterContext,
  ) {}

  get isIdle(): boolean {
    return this.running.size === 0 && this.queue.size === 0;
  }

  append(append: PendingAppend): void {
    this.queue.push(append);
    this.start(append.partition);
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
    const doubtful = [...this.inFlight.values()].flat().filter((append) => !append.settled && append.deadline <= now);
    doubtful.forEach((append) => append.reject(error));
    if (dropped.length > 0) this.lookWhetherIdle();
    return dropped.length + doubtful.length;
  }

  /** Settles when nothing waits and nothing is under way. */
  async drained(): Promise<void> {
    if (!this.isIdle) await new Promise<void>((resolve) => this.drains.push(resolve));
  }

  private leaderOf(partition: number): string {
    return this.context.connection.leaderOf(this.topic, partition) ?? NOBODY;
  }

  private start(partition: number): void {
    // First what costs nothing: under load most appends meet a partition that is in a request.
    if (this.held.has(partition)) return;
    const leader = this.leaderOf(partition);
    if (this.running.has(leader)) return;
    this.running.add(leader);
    void this.run(leader);
  }

  /** Writes to one broker for as long as anything waits that it leads. */
  private async run(leader: string): Promise<void> {
    for (;;) {
      // Before every request, not only the first: a request costs as much as dozens of records, here and at the broker.
      await this.linger();
      if (leader === NOBODY) await this.context.connection.partitionCount(this.topic).catch(() => undefined);
      const mine = (partition: number): boolean => !this.held.has(partition) && this.leaderOf(partition) === leader;
      const batch = this.queue.take(this.context.limits, mine);
      if (batch.length === 0) break;
      this.inFlight.set(leader, batch);
      await this.write(leader, byPartition(batch));
      this.inFlight.delete(leader);
    }
    // In the same turn as the last look at the queue: an append that comes now must find that it has to start a new run.
    this.running.delete(leader);
    // Those whose leader has moved meanwhile are another one's now.
    for (const partition of this.queue.waiting) this.start(partition);
    this.lookWhetherIdle();
  }

  private lookWhetherIdle(): void {
    if (!this.isIdle) return;
    this.drains.forEach((resolve) => resolve());
    this.drains = [];
    this.context.idle();
  }

  private async linger(): Promise<void> {
    const { lingerMs, limits } = this.context;
    if (this.queue.size >= limits.maxRequestRecords) return;
    // With none at all, whatever comes in this turn of the event loop still goes together.
    await (lingerMs === 0 ? new Promise((resolve) => setImmediate(resolve)) : delay(lingerMs));
  }

  /** Gives each append of a request its position, or puts it back to be tried again. */
  private async write(leader: string, partitions: ReadonlyMap<number, readonly PendingAppend[]>): Promise<void> {
    for (const partition of partitions.keys()) this.held.add(partition);
    const answers = await this.send(leader, partitions);
    const failed = new Map<number, unknown>();
    for (const [partition, appends] of partitions) {
      const answer = answers instanceof Error ? { failure: answers } : answers.get(partition);
      this.held.delete(partition);
      if (answer !== undefined && 'first' in answer) this.acknowledge(appends, answer.first);
      else failed.set(partition, answer?.failure ?? new Error(`Kafka left partition ${partition} unanswered`));
    }
    if (failed.size < partitions.size) this.context.succeeded();
    if (failed.size > 0) await this.tryAgain(failed, partitions);
  }

  /** @returns the answers by partition, or why there is none */
  private async send(
    leader: string,
    partitions: ReadonlyMap<number, readonly PendingAppend[]>,
  ): Promise<ReadonlyMap<number, ProduceAnswer> | Error> {
    const { connection } = this.context;
    try {
      if (leader === NOBODY)
        return (await connection.partitionCount(this.topic)) === 0 ? new UnknownTopic(this.topic) : new NobodyLeads(this.topic);
      const parts = [...partitions].map(([partition, appends]) => ({ partition, records: appends.map(({ record }) => record) }));
      const answers = await connection.send(leader, this.topic, parts);
      return new Map(answers.map((answer) => [answer.partition, answer]));
    } catch (error) {
      return error instanceof Error ? error : new Error('unknown');
    }
  }

  private acknowledge(appends: readonly PendingAppend[], { partition, offset, appendedAt }: AppendedRecord): void {
    this.failures.delete(partition);
    appends.forEach((append, index) => {
      append.resolve({ partition, offset: toOffset(offset + index), appendedAt });
      this.context.released(append);
    });
  }

  /** `NOT_LEADER_FOR_PARTITION` and all else that is not for good: another broker may lead by now. What Kafka will never take is refused; the rest waits in front of its partition, which rests for a while. */
  private async tryAgain(
    failed: ReadonlyMap<number, unknown>,
    partitions: ReadonlyMap<number, readonly PendingAppend[]>,
  ): Promise<void> {
    for (const [partition, error] of failed) {
      const failuresInARow = (this.failures.get(partition) ?? 0) + 1;
      this.failures.set(partition, failuresInARow);
      const appends = partitions.get(partition) ?? [];
      if (isPermanent(error)) this.refuse(appends, error);
      else this.putBack(partition, appends, BACKOFF_MS[failuresInARow - 1] ?? MAX_BACKOFF_MS);
    }
    // One word for all of a request: they fail for one reason nearly always.
    const [partition, error] = [...failed][0] ?? [];
    this.context.failed(this.topic, error, this.failures.get(partition ?? -1) ?? 1);
    // Where Kafka is away, the next request will say so.
    this.refreshing ??= this.context.connection
      .refresh()
      .catch(() => undefined)
      .finally(() => (this.refreshing = undefined));
    await this.refreshing;
  }

  private putBack(partition: number, appends: readonly PendingAppend[], restMs: number): void {
    const [settled, waiting] = [appends.filter((append) => append.settled), appends.filter((append) => !append.settled)];
    settled.forEach(this.context.released);
    this.queue.putBack(waiting);
    this.held.add(partition);
    setTimeout(() => {
      this.held.delete(partition);
      if ([...this.queue.waiting].includes(partition)) this.start(partition);
    }, restMs);
  }

  private refuse(appends: readonly PendingAppend[], error: unknown): void {
    const reason = rightMissingIn(error)?.message ?? failureOf(error).type ?? 'unknown';
    const refusal = new LogUnavailableError('log_unavailable', `Kafka refuses records for ${this.topic}: ${reason}`, 5, {
      cause: error,
    });
    for (const append of appends) {
      append.reject(refusal);
      this.context.released(append);
    }
  }
}

function delay(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}
