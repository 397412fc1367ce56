import { setTimeout as delay } from 'node:timers/promises';
import type { DeletionNotice, Logged } from '#delivery';
import { decodeDeletionNotice, type FetchedFrom, type PartitionReader } from '#event-log';
import { errorFields, type Logger } from '#observability';
import type { Offset } from '#segment';

/** A partition of a deletions topic that is to be followed. */
export interface FollowedPartition {
  readonly topic: string;
  readonly partition: number;
  /** Where to read on. */
  next(): Offset;
  /** @param provenAt if this reaches the partition's end: when the request was sent. */
  read(notices: readonly Logged<DeletionNotice>[], next: Offset, provenAt: number | undefined): void;
}

const RETRY_MS = 250;
const NOTHING_TO_FOLLOW_MS = 50;
/**
 * Follows the deletions topics of all owned partitions, one long poll after the other, however far the live consumer lags: that is
 * how a deletion overtakes a backlog, and the answers are the proof that none has been missed (P5).
 */
export class DeletionsFollower {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  /** The partitions of the latest poll, if it reached the end of all of them. */
  private proven = '';

  constructor(
    private readonly reader: PartitionReader,
    /** Asked before each poll: ownership changes. */
    private readonly followed: () => readonly FollowedPartition[],
    private readonly log: Logger,
    /**
     * How long a poll waits while nothing changes; well below `DELETION_LAG_BOUND`. Right after a change of ownership it is the reader's own, short wait: a
     * partition that is taken up meanwhile waits for its first proof.
     */
    private readonly settledWaitMs: number,
  ) {}

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const partitions = this.followed();
      try {
        if (partitions.length === 0) await delay(NOTHING_TO_FOLLOW_MS, undefined, { signal });
        else await this.poll(partitions, signal);
      } catch (error) {
        if (signal.aborted) return;
        // The bound on the proof's age holds delivery back by itself; here it is enough to try again.
        this.log.warn('deletions_follow_failed', errorFields(error));
        await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async poll(partitions: readonly FollowedPartition[], signal: AbortSignal): Promise<void> {
    const requests = partitions.map((followed) => ({
      topic: followed.topic,
      partition: followed.partition,
      offset: followed.next(),
    }));
    const byKey = new Map(partitions.map((followed) => [`${followed.topic}/${followed.partition}`, followed]));
    const places = [...byKey.keys()].join(' ');
    const fetched = await this.reader.fetchMany(requests, signal, places === this.proven ? this.settledWaitMs : undefined);
    this.proven = fetched.every(({ batch }) => batch.nextOffset >= batch.highWatermark) ? places : '';
    for (const from of fetched) {
      const { nextOffset, highWatermark, sentAt } = from.batch;
      const followed = byKey.get(`${from.topic}/${from.partition}`);
      followed?.read(this.noticesOf(from), nextOffset, nextOffset >= highWatermark ? sentAt : undefined);
    }
  }

  private noticesOf({ topic, partition, batch }: FetchedFrom): Logged<DeletionNotice>[] {
    const notices: Logged<DeletionNotice>[] = [];
    for (const record of batch.records) {
      const notice = decodeDeletionNotice(record);
      if ('subject' in notice) notices.push({ fact: notice, appendedAt: Number(record.timestamp) });
      else this.log.warn('deletion_undecodable', { topic, partition, reason: notice.reason });
    }
    return notices;
  }
}
