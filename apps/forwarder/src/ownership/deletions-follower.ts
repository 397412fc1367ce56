import type { DeletionNotice, Logged } from '#delivery';
import {
  decodeNoticeOf,
  isUndecodable,
  PartitionFollower,
  type FetchedFrom,
  type Followed,
  type LogClient,
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
  /** @param provenAt if this reaches the partition's end: all notices of before then are known. */
  read(notices: readonly Logged<DeletionNotice>[], next: Offset, provenAt: number | undefined): void;
}

/** How long a poll waits after a change of ownership: a partition that is taken up meanwhile waits for its first proof. */
const FIRST_WAIT_MS = 200;

/**
 * Follows the deletions topics of all owned partitions, however far the live consumer lags: that is how a deletion overtakes a backlog, and
 * the answers are the proof that none has been missed (P5). A partition that cannot be read is held back by the age of its own proof, alone.
 */
export class DeletionsFollower {
  private readonly follower: PartitionFollower;

  constructor(
    kafka: LogClient,
    /** Asked before each poll: ownership changes. */
    private readonly followed: () => readonly FollowedPartition[],
    private readonly undecodable: UndecodableRecords,
    log: Logger,
    /** How long a poll waits while nothing changes; well below `DELETION_LAG_BOUND`. */
    settledWaitMs: number,
  ) {
    this.follower = new PartitionFollower({
      kafka,
      log,
      positions: () => followed().map((owned) => ({ topic: owned.topic, partition: owned.partition, offset: owned.next() })),
      read: (read) => this.read(read),
      failed: ({ topic, partition, failure }) =>
        log.warn('deletions_follow_failed', { topic, partition, ...errorFields(failure) }),
      waitMs: { first: FIRST_WAIT_MS, settled: settledWaitMs },
    });
  }

  start(): void {
    this.follower.start();
  }

  async stop(): Promise<void> {
    await this.follower.stop();
  }

  private read(read: Followed): void {
    const owner = this.followed().find(({ topic, partition }) => topic === read.topic && partition === read.partition);
    // It may have been given up, and even taken up again elsewhere, while the poll was under way.
    if (owner?.next() !== read.from) return;
    owner.read(this.noticesOf(read), read.batch.nextOffset, read.completeAt);
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
