import {
  PartitionState,
  type LogBreaks,
  readCheckpoint,
  writeCheckpoint,
  type CheckpointIdentity,
  type Logged,
  type Outcome,
  type PartitionDriver,
} from '#delivery';
import { readOutcomes, type PartitionReader, type TopicPartition, type UndecodableRecords } from '#event-log';
import { errorFields, type Logger } from '#observability';
import type { Offset } from '#segment';
import { readClock } from '../clock.ts';
import type { SourceRuntime } from '../delivery/source-runtime.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import type { OwnedPartition } from './owned-partition.ts';

export interface CheckpointsOptions {
  readonly store: CheckpointStore;
  readonly reader: PartitionReader;
  /** Kafka's id of the cluster. */
  readonly cluster: string;
  readonly hashKeyDigest: string;
  readonly undecodable: UndecodableRecords;
  readonly log: Logger;
}

/** The state of partitions as it was a while ago, on disk: what a restore begins with, and what it reads less of the topics for. */
export class Checkpoints {
  constructor(private readonly options: CheckpointsOptions) {}

  /**
   * The state that a restore of `owned` adds to: its checkpoint's, or an empty one if there is none that can be used.
   *
   * @param committed where the group stands in the present log; undefined if it has committed nothing
   * @param start of the log: where an empty state begins then
   */
  async stateBefore(
    { place, runtime }: OwnedPartition,
    committed: Offset | undefined,
    start: Offset,
    breaks: LogBreaks,
  ): Promise<PartitionState> {
    const { windows } = runtime;
    const empty = () => new PartitionState(committed ?? start, windows, { breaks });
    const checkpoint = await this.options.store.read(place);
    if (checkpoint === undefined) return empty();
    const read = readCheckpoint(checkpoint, this.identityOf(place), windows, committed, breaks);
    if (read.kind === 'state') return read.state;
    this.options.log.warn('checkpoint_unusable', { ...place, reason: read.fault });
    return empty();
  }

  /** Writes one of each of `partitions` that is delivering. What goes wrong is told, and costs a longer restore. */
  async write(partitions: readonly OwnedPartition[]): Promise<void> {
    for (const owned of partitions) {
      if (owned.phase !== 'delivering') continue;
      await this.writeOne(owned).catch((error: unknown) => {
        this.options.log.warn('checkpoint_failed', { operation: 'read back', ...owned.place, ...errorFields(error) });
      });
    }
  }

  private async writeOne(owned: OwnedPartition): Promise<void> {
    const { runtime, place, driver } = owned;
    if (driver?.committedOffset === undefined) return;
    await this.readBack(runtime, driver);
    driver.state.expire();
    const startedAt = readClock().monotonicMs;
    const bytes = writeCheckpoint(driver.state, this.identityOf(place), driver.committedOffset, (id) =>
      runtime.hasher.messageId(id),
    );
    if (!(await this.options.store.write(place, bytes))) return;
    owned.checkpointed();
    this.options.log.debug('checkpoint_written', {
      ...place,
      bytes: bytes.length,
      durationMs: Math.round(readClock().monotonicMs - startedAt),
    });
  }

  /** A former owner's last outcomes may have arrived after the restore; a checkpoint must know them, or its readers never would. */
  private async readBack(runtime: SourceRuntime, driver: PartitionDriver): Promise<void> {
    const { reader, undecodable } = this.options;
    const outcomes: Logged<Outcome>[] = [];
    const place = { topics: runtime.topics, partition: driver.partition };
    const { next } = await readOutcomes({ reader, undecodable }, place, driver.state.outcomesNext, (fact, appendedAt) =>
      outcomes.push({ fact, appendedAt }),
    );
    runtime.outcomesRead(driver, outcomes, next);
  }

  private identityOf({ topic, partition }: TopicPartition): CheckpointIdentity {
    return { topic, partition, cluster: this.options.cluster, hashKey: this.options.hashKeyDigest };
  }
}
