import { setTimeout as delay } from 'node:timers/promises';
import type { PartitionDriver } from '#delivery';
import { readDeletions, type Commit, type PartitionReader, type UndecodableRecords } from '#event-log';
import { errorFields, type Logger } from '#observability';
import { toOffset } from '#segment';
import { readClock } from '../clock.ts';
import type { OwnershipMetrics } from '../status/ownership-metrics.ts';
import type { LogTransport } from '../transport/log-transport.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { OwnedPartition } from './owned-partition.ts';
import { restorePartition } from './restore-partition.ts';
import { LogPlaceError } from './log-place-error.ts';

const RETRY_MS = 1_000;
const LEAVING_POLL_MS = 20;

/** How far the group is with a topic, by partition. */
type CommittedOf = (topic: string) => Promise<ReadonlyMap<number, Commit>>;

export interface PartitionRestorerOptions {
  readonly reader: PartitionReader;
  readonly checkpoints: Checkpoints;
  readonly undecodable: UndecodableRecords;
  readonly committedOffsets: CommittedOf;
  readonly transport: Pick<LogTransport, 'seek' | 'resumeFrom'>;
  readonly metrics: OwnershipMetrics;
  readonly log: Logger;
}

/** Brings partitions that were taken up to where they deliver: again and again until it succeeds, they are refused, or given up. */
export class PartitionRestorer {
  constructor(private readonly options: PartitionRestorerOptions) {}

  /** Begins the restores of what was taken up together. How each ends is to be seen in its phase. */
  restore(partitions: readonly OwnedPartition[]): void {
    const committed = this.committedOnce();
    for (const owned of partitions) void this.restoreUntilDone(owned, committed);
  }

  private async restoreUntilDone(owned: OwnedPartition, committed: CommittedOf): Promise<void> {
    const { givenUp, place } = owned;
    while (!givenUp.aborted) {
      try {
        await this.restoreOnce(owned, committed);
        return;
      } catch (error) {
        if (givenUp.aborted) return;
        const isFinal = error instanceof LogPlaceError;
        if (isFinal) this.options.metrics.logBroken(owned, error.place);
        this.options.metrics.restoreFailed(owned.source);
        owned.restoreFailed(error instanceof Error ? error.message : 'unknown', isFinal);
        this.options.log.error('partition_restore_failed', { ...place, ...errorFields(error) });
        if (isFinal) return;
        await delay(RETRY_MS);
        committed = this.committedOnce();
      }
    }
  }

  private async restoreOnce(owned: OwnedPartition, committedOf: CommittedOf): Promise<void> {
    const { runtime, place, givenUp } = owned;
    // P3: calls of a former ownership in this same process end first.
    while (runtime.delivery.isLeaving(place.partition)) await delay(LEAVING_POLL_MS);
    // A stop that an operator has asked for holds for those who come later, too: nothing is called before it is known. And so with the log's breaks.
    await runtime.controlKnown.reached(givenUp);
    owned.isRestoreBegun = true;
    const committed = (await committedOf(place.topic)).get(place.partition);
    const startedAt = readClock().monotonicMs;
    const { state, swapped, records, lost } = await restorePartition(this.options, owned, committed);
    givenUp.throwIfAborted();
    if (lost !== undefined) {
      const { from: offset, to: endOffset, missing: count } = lost;
      this.options.metrics.logBroken(owned, lost);
      this.options.log.warn('records_given_up', { ...place, offset, endOffset, count });
    }
    this.options.metrics.restoreFinished(owned.source, (readClock().monotonicMs - startedAt) / 1_000, records);
    const driver = runtime.own(place.partition, state);
    // A commit in a log before this one is none.
    if (committed?.log === state.breaks.log) driver.commitAcknowledged(committed.offset);
    for (const notice of swapped) driver.deletionArrived(notice, readClock());
    owned.restored();
    owned.resumeIntake(this.options.transport);
    void this.countOpenDeletions(owned, driver);
  }

  /** A restore begins at the checkpoint; deletions that have been waiting since before it are counted from the topic's beginning. */
  private async countOpenDeletions(
    { runtime, place, deletions, givenUp }: OwnedPartition,
    driver: PartitionDriver,
  ): Promise<void> {
    const { reader, undecodable, log } = this.options;
    const from = { topic: runtime.topics.deletions, partition: place.partition };
    try {
      await readDeletions({ reader, undecodable, signal: givenUp }, from, toOffset(0), (notice) =>
        deletions.note([notice], (offset) => driver.state.frontier.isFinished(offset)),
      );
    } catch (error) {
      // A figure less; what is delivered does not go by it.
      if (!givenUp.aborted) log.warn('open_deletions_not_counted', { ...place, ...errorFields(error) });
    }
  }

  /** The committed offsets of a topic, asked once for all of its partitions that are restored together. */
  private committedOnce(): CommittedOf {
    const asked = new Map<string, ReturnType<CommittedOf>>();
    return (topic) => {
      const answer = asked.get(topic) ?? this.options.committedOffsets(topic);
      asked.set(topic, answer);
      return answer;
    };
  }
}
