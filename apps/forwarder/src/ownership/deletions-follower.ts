import { setTimeout as delay } from 'node:timers/promises';
import type { DeletionNotice, Logged } from '#delivery';
import {
  decodeNoticeOf,
  isOutOfRange,
  isUndecodable,
  PartitionFollower,
  rightMissingIn,
  type FetchedFrom,
  type FetchFailure,
  type Followed,
  type LogClient,
  type TopicPartition,
  type UndecodableRecords,
} from '#event-log';
import { errorFields, type Logger } from '#observability';
import type { Offset } from '#segment';

/** A partition of a deletions topic that is to be followed. */
export interface FollowedPartition {
  readonly topic: string;
  readonly partition: number;
  /** Where to read on. */
  next(): Offset;
  /** Its topic has lost what was read of it: everything that it has is read again, from there on. */
  readAgain(from: Offset): void;
  /** @param provenAt if this reaches the partition's end: all notices of before then are known. */
  read(notices: readonly Logged<DeletionNotice>[], next: Offset, provenAt: number | undefined): void;
}

/** How long a poll waits after a change of ownership: a partition that is taken up meanwhile waits for its first proof. */
const FIRST_WAIT_MS = 200;
const RETRY_MS = 1_000;

/**
 * Follows the deletions topics of all owned partitions, however far the live consumer lags: that is how a deletion overtakes a backlog, and
 * the answers are the proof that none has been missed (P5). A partition that cannot be read is held back by the age of its own proof, alone.
 */
export class DeletionsFollower {
  private readonly follower: PartitionFollower;
  /** By topic: what we lack to read it. */
  private readonly refusals = new Map<string, string>();
  private isStopped = false;

  constructor(
    kafka: LogClient,
    /** Asked before each poll: ownership changes. */
    private readonly followed: () => readonly FollowedPartition[],
    private readonly undecodable: UndecodableRecords,
    private readonly log: Logger,
    /** How long a poll waits while nothing changes; well below `DELETION_LAG_BOUND`. */
    settledWaitMs: number,
    /** Where a partition of a deletions topic begins. */
    private readonly startOf: (topic: string, partition: number) => Promise<Offset>,
  ) {
    this.follower = new PartitionFollower({
      kafka,
      log,
      positions: () => followed().map((owned) => ({ topic: owned.topic, partition: owned.partition, offset: owned.next() })),
      read: (read) => this.read(read),
      failed: (failure) => void this.failed(failure),
      waitMs: { first: FIRST_WAIT_MS, settled: settledWaitMs },
    });
  }

  start(): void {
    this.follower.start();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.follower.stop();
  }

  /** What we lack the right to read, a line for each topic; empty once it is read again. */
  get refused(): string[] {
    return [...this.refusals.values()];
  }

  private read(read: Followed): void {
    this.refusals.delete(read.topic);
    const owner = this.ownerOf(read);
    // It may have been given up, and even taken up again elsewhere, while the poll was under way.
    if (owner?.next() !== read.from) return;
    owner.read(this.noticesOf(read), read.batch.nextOffset, read.completeAt);
  }

  private async failed({ topic, partition, failure }: FetchFailure): Promise<void> {
    this.log.warn('deletions_follow_failed', { topic, partition, ...errorFields(failure) });
    const lacking = rightMissingIn(failure)?.message;
    if (lacking !== undefined) this.refusals.set(topic, lacking);
    if (!isOutOfRange(failure)) return;
    // What was read stays known; what stands there now is read on top of it.
    while (!this.isStopped) {
      try {
        const start = await this.startOf(topic, partition);
        this.ownerOf({ topic, partition })?.readAgain(start);
        return;
      } catch (error) {
        this.log.debug('log_read_failed', { topic, partition, ...errorFields(error) });
        await delay(RETRY_MS);
      }
    }
  }

  private ownerOf(place: TopicPartition): FollowedPartition | undefined {
    return this.followed().find(({ topic, partition }) => topic === place.topic && partition === place.partition);
  }

  private noticesOf({ topic, partition, batch }: FetchedFrom): Logged<DeletionNotice>[] {
    const notices: Logged<DeletionNotice>[] = [];
    for (const record of batch.records) {
      const notice = decodeNoticeOf(partition, record);
      if (isUndecodable(notice)) this.undecodable.met({ topic, partition }, notice);
      else notices.push({ fact: notice, appendedAt: Number(record.timestamp) });
    }
    return notices;
  }
}
