import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import {
  writeCheckpoint,
  type CheckpointIdentity,
  type Logged,
  type LogRecord,
  type Outcome,
  type PartitionDriver,
} from '#delivery';
import {
  decodeLogRecord,
  readDeletions,
  readOutcomes,
  standInFor,
  topicPartitionKey,
  type PartitionReader,
  type RawRecord,
  type TopicPartition,
} from '#event-log';
import { errorFields, type Logger } from '#observability';
import { toOffset, type Offset } from '#segment';
import { readClock } from '../clock.ts';
import type { SourceRuntime } from '../delivery/source-runtime.ts';
import type { OwnershipMetrics } from '../status/ownership-metrics.ts';
import type { LogTransport } from '../transport/log-transport.ts';
import type { AssignedMessage } from '../transport/patterns.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import type { FollowedPartition } from './deletions-follower.ts';
import type { MemberFile } from './member-file.ts';
import { Membership } from './membership.ts';
import { OwnedPartition } from './owned-partition.ts';
import { LogGapError, restorePartition } from './restore-partition.ts';

const RESTORE_RETRY_MS = 1_000;

export interface PartitionOwnershipOptions {
  readonly runtimes: readonly SourceRuntime[];
  readonly transport: LogTransport;
  readonly reader: PartitionReader;
  readonly checkpoints: CheckpointStore;
  readonly member: MemberFile;
  readonly committedOffsets: CommittedOf;
  readonly cluster: string;
  readonly hashKeyDigest: string;
  readonly drainTimeoutMs: number;
  readonly metrics: OwnershipMetrics;
  readonly log: Logger;
}

/** The group's committed offsets of a topic, by partition. */
type CommittedOf = (topic: string) => Promise<ReadonlyMap<number, Offset>>;

/**
 * Which partitions this process owns, from the group's word to the drivers: restores what it is given, drains and checkpoints what
 * it must give up, commits in between.
 */
export class PartitionOwnership {
  private readonly owned = new Map<string, OwnedPartition>();
  private readonly runtimesByTopic: ReadonlyMap<string, SourceRuntime>;
  private readonly membership: Membership;

  constructor(private readonly options: PartitionOwnershipOptions) {
    this.runtimesByTopic = new Map(options.runtimes.map((runtime) => [runtime.topics.events, runtime]));
    this.membership = new Membership(options.runtimes);
  }

  /** The group is about to change: finish what is in flight, write it down, commit, and send nothing until the next assignment. */
  async beforeRebalance(): Promise<void> {
    const { runtimes, drainTimeoutMs, log } = this.options;
    this.membership.changing();
    if (this.owned.size === 0) return;
    const startedAt = performance.now();
    const quiet = await Promise.all(runtimes.map((runtime) => runtime.drain(drainTimeoutMs)));
    this.options.metrics.drained((performance.now() - startedAt) / 1_000);
    if (!quiet.every(Boolean))
      log.warn('drain_incomplete', { count: runtimes.reduce((sum, { delivery }) => sum + delivery.inDoubt, 0) });
    await this.commit();
  }

  /** Takes up what is new, gives up what is gone, and goes on with what stays. */
  assigned({ partitions, memberId, sentAt }: AssignedMessage): void {
    // What it owned as another member may have been delivered on elsewhere, which its drivers do not know: restored like any other (P4, P8).
    const isSameMember = this.membership.assigned(memberId);
    const now = new Set(partitions.map(topicPartitionKey));
    for (const [key, owned] of this.owned) if (!isSameMember || !now.has(key)) this.giveUp(key, owned);
    const committed = this.committedOnce();
    for (const place of partitions) {
      const staying = this.owned.get(topicPartitionKey(place));
      if (staying === undefined) this.takeUp(place, committed);
      else if (staying.phase === 'delivering') staying.resumeIntake(this.options.transport);
    }
    this.membership.confirmed(sentAt);
    this.options.member.remember(partitions, memberId);
    this.options.metrics.rebalanced();
    this.options.log.info('partitions_assigned', { count: partitions.length });
  }

  membershipConfirmed(sentAt: number): void {
    this.membership.confirmed(sentAt);
  }

  recordsArrived(place: TopicPartition, messages: readonly RawRecord[]): void {
    const owned = this.owned.get(topicPartitionKey(place));
    // A fetch that was under way when the partition was paused for its restore: it is fetched again from the restored offset.
    if (owned?.phase !== 'delivering') return;
    owned.arrivals.note(messages);
    owned.runtime.recordsArrived(
      place.partition,
      messages.map((message) => this.toLogRecord(place, message)),
    );
  }

  /** Commits every frontier that has moved. A failure is told and tried again at the next call; nothing depends on it but restarts. */
  async commit(): Promise<void> {
    const due = [...this.owned.values()].flatMap(({ driver, place }) => {
      const offset = driver?.commitDue;
      return driver === undefined || offset === undefined ? [] : [{ driver, offset, place }];
    });
    if (due.length === 0) return;
    try {
      await this.options.transport.commit(due.map(({ place, offset }) => ({ ...place, offset })));
      for (const { driver, offset } of due) driver.commitAcknowledged(offset);
    } catch (error) {
      this.options.metrics.commitFailed();
      this.options.log.warn('commit_failed', { count: due.length, ...errorFields(error) });
    }
  }

  /** Writes a checkpoint of every delivering partition. */
  async checkpoint(): Promise<void> {
    for (const owned of [...this.owned.values()]) {
      if (owned.phase !== 'delivering') continue;
      await this.writeCheckpoint(owned).catch((error: unknown) => {
        this.options.log.warn('checkpoint_failed', { operation: 'read back', ...owned.place, ...errorFields(error) });
      });
    }
  }

  /** The end: nothing is sent any more; finish, commit, checkpoint. */
  async shutDown(): Promise<void> {
    await this.beforeRebalance();
    await this.checkpoint();
    for (const [key, owned] of this.owned) this.giveUp(key, owned);
    await Promise.all(this.options.runtimes.map((runtime) => runtime.close()));
  }

  /** The deletions partitions to follow now. */
  followed(): FollowedPartition[] {
    return [...this.owned.values()].flatMap(({ followed }) => followed ?? []);
  }

  /** Monotonic milliseconds: a heartbeat sent then was confirmed by the group's coordinator; the start of the process before the first. */
  get confirmedAt(): number {
    return this.membership.confirmedAt;
  }

  /** What keeps this process from being ready; empty if nothing does. */
  get faults(): string[] {
    if (!this.membership.joined) return ['has not joined the consumer group yet'];
    return this.partitions.flatMap(({ fault }) => fault ?? []);
  }

  /** What is owned now, for the status page and the gauges. */
  get partitions(): OwnedPartition[] {
    return [...this.owned.values()];
  }

  private takeUp(place: TopicPartition, committed: CommittedOf): void {
    const runtime = this.runtimesByTopic.get(place.topic);
    if (runtime === undefined) return;
    const owned = new OwnedPartition(runtime, place);
    this.owned.set(topicPartitionKey(place), owned);
    void this.restore(owned, committed);
  }

  private async restore(owned: OwnedPartition, committed: CommittedOf): Promise<void> {
    const signal = owned.givenUp;
    while (!signal.aborted) {
      try {
        await this.restoreOnce(owned, committed, signal);
        return;
      } catch (error) {
        if (signal.aborted) return;
        const isFinal = error instanceof LogGapError;
        this.options.metrics.restoreFailed(owned.source);
        owned.restoreFailed(error instanceof Error ? error.message : 'unknown', isFinal);
        this.options.log.error('partition_restore_failed', { ...owned.place, ...errorFields(error) });
        if (isFinal) return;
        await delay(RESTORE_RETRY_MS);
        committed = this.committedOnce();
      }
    }
  }

  private async restoreOnce(owned: OwnedPartition, committedOf: CommittedOf, signal: AbortSignal): Promise<void> {
    const { reader, checkpoints, log } = this.options;
    const { runtime, place } = owned;
    // P3: calls of a former ownership in this same process end first.
    while (runtime.delivery.isLeaving(place.partition)) await delay(20);
    const committed = (await committedOf(place.topic)).get(place.partition);
    const { topic, partition } = place;
    const startedAt = performance.now();
    const { state, swapped, records } = await restorePartition({
      reader,
      topics: runtime.topics,
      partition: place.partition,
      committed,
      eventsBounds: {
        partition,
        start: await reader.startOffset(topic, partition),
        end: await reader.endOffset(topic, partition),
      },
      identity: this.identityOf(place),
      windows: runtime.windows,
      checkpoint: await checkpoints.read(place),
      signal,
      log,
    });
    // A stop that an operator has asked for holds for those who come later, too: nothing is called before it is known.
    await runtime.controlKnown.reached(signal);
    signal.throwIfAborted();
    this.options.metrics.restoreFinished(runtime.id, (performance.now() - startedAt) / 1_000, records);
    const driver = runtime.own(place.partition, state);
    if (committed !== undefined) driver.commitAcknowledged(committed);
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
    const { reader, log } = this.options;
    const from = { topic: runtime.topics.deletions, partition: place.partition };
    try {
      await readDeletions({ reader, log, signal: givenUp }, from, toOffset(0), (notice) =>
        deletions.note([notice], (offset) => driver.state.frontier.isFinished(offset)),
      );
    } catch (error) {
      // A figure less; what is delivered does not go by it.
      if (!givenUp.aborted) log.warn('open_deletions_not_counted', { ...place, ...errorFields(error) });
    }
  }

  /** The committed offsets of a topic, asked once for all of its partitions that are taken up together. */
  private committedOnce(): CommittedOf {
    const asked = new Map<string, ReturnType<CommittedOf>>();
    return (topic) => {
      const answer = asked.get(topic) ?? this.options.committedOffsets(topic);
      asked.set(topic, answer);
      return answer;
    };
  }

  private giveUp(key: string, owned: OwnedPartition): void {
    owned.giveUp();
    this.owned.delete(key);
  }

  private async writeCheckpoint(owned: OwnedPartition): Promise<void> {
    const { runtime, place, driver } = owned;
    if (driver?.committedOffset === undefined) return;
    await this.readBack(runtime, driver);
    driver.state.expire();
    const startedAt = performance.now();
    const bytes = writeCheckpoint(driver.state, this.identityOf(place), driver.committedOffset);
    if (await this.options.checkpoints.write(place, bytes)) {
      owned.checkpointed();
      this.options.log.debug('checkpoint_written', {
        ...place,
        bytes: bytes.length,
        durationMs: Math.round(performance.now() - startedAt),
      });
    }
  }

  /** A former owner's last outcomes may have arrived after the restore; a checkpoint must know them, or its readers never would. */
  private async readBack(runtime: SourceRuntime, driver: PartitionDriver): Promise<void> {
    const { reader, log } = this.options;
    const outcomes: Logged<Outcome>[] = [];
    const place = { topic: runtime.topics.outcomes, partition: driver.partition };
    const { next } = await readOutcomes({ reader, log }, place, driver.state.outcomesNext, (fact, appendedAt) =>
      outcomes.push({ fact, appendedAt }),
    );
    driver.outcomesRead(outcomes, next);
    runtime.schedulePump();
  }

  private identityOf({ topic, partition }: TopicPartition): CheckpointIdentity {
    return { topic, partition, cluster: this.options.cluster, hashKey: this.options.hashKeyDigest };
  }

  private toLogRecord(place: TopicPartition, message: RawRecord): LogRecord {
    const record = decodeLogRecord(message);
    if (!('kind' in record)) return record;
    this.options.log.warn('record_undecodable', { ...place, offset: toOffset(record.offset), reason: record.reason });
    return standInFor(message);
  }
}
