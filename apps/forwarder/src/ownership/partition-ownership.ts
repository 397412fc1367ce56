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
  SESSION_TIMEOUT_MS,
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
import { ArrivalTimes } from '../status/arrival-times.ts';
import { OpenDeletions } from '../status/open-deletions.ts';
import type { OwnershipMetrics } from '../status/ownership-metrics.ts';
import type { LogTransport } from '../transport/log-transport.ts';
import type { AssignedMessage } from '../transport/patterns.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import type { FollowedPartition } from './deletions-follower.ts';
import type { MemberFile } from './member-file.ts';
import { restorePartition } from './restore-partition.ts';

/** Sent nothing for this long before the coordinator could have given the partitions away. */
const LEASE_MARGIN_MS = 1_000;
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

/** Where an owned partition stands. */
export type OwnershipPhase = 'restoring' | 'delivering' | 'refused';

/** An owned partition as the status page and the gauges see it. */
export interface OwnedPartition {
  readonly source: string;
  readonly place: TopicPartition;
  readonly phase: OwnershipPhase;
  /** Absent until its state is restored. */
  readonly driver: PartitionDriver | undefined;
  readonly arrivals: ArrivalTimes;
  readonly deletions: OpenDeletions;
  /** Monotonic milliseconds: when its checkpoint was written, or it was taken up. */
  readonly checkpointAt: number;
}

interface Owned {
  readonly runtime: SourceRuntime;
  readonly place: TopicPartition;
  readonly giveUp: AbortController;
  readonly arrivals: ArrivalTimes;
  readonly deletions: OpenDeletions;
  checkpointAt: number;
  phase: OwnershipPhase;
  /** Why it is refused, or why its restore is taking long. */
  trouble?: string;
}

/**
 * Which partitions this process owns, from the group's word to the drivers: restores what it is given, drains and checkpoints what
 * it must give up, commits in between.
 */
export class PartitionOwnership {
  private readonly owned = new Map<string, Owned>();
  private readonly runtimesByTopic: ReadonlyMap<string, SourceRuntime>;
  /** Between an assignment and the next change of the group; only then does a confirmed membership mean that the partitions are ours. */
  private settled = false;
  private lastConfirmedAt = performance.now();
  private joined = false;
  /** Kafka's id of this member at the latest assignment. */
  private memberId: string | undefined;

  constructor(private readonly options: PartitionOwnershipOptions) {
    this.runtimesByTopic = new Map(options.runtimes.map((runtime) => [runtime.topics.events, runtime]));
  }

  /** The group is about to change: finish what is in flight, write it down, commit, and send nothing until the next assignment. */
  async beforeRebalance(): Promise<void> {
    const { runtimes, drainTimeoutMs, log } = this.options;
    this.settled = false;
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
    this.joined = true;
    this.settled = true;
    // A member that Kafka had given up (a frozen process, a broken connection) comes back under a new id. Whatever it owned may have been
    // another's meanwhile, who has delivered on: its drivers know nothing of that, so their partitions are restored like any other (P4, P8).
    const isSameMember = memberId === this.memberId;
    this.memberId = memberId;
    const now = new Set(partitions.map(topicPartitionKey));
    for (const [key, owned] of this.owned) if (!isSameMember || !now.has(key)) this.giveUp(key, owned);
    const committed = this.committedOnce();
    for (const place of partitions) {
      const staying = this.owned.get(topicPartitionKey(place));
      if (staying === undefined) this.takeUp(place, committed);
      else if (staying.phase === 'delivering') this.resumeIntake(staying);
    }
    this.membershipConfirmed(sentAt);
    this.options.member.remember(partitions, memberId);
    this.options.metrics.rebalanced();
    this.options.log.info('partitions_assigned', { count: partitions.length });
  }

  membershipConfirmed(sentAt: number): void {
    this.lastConfirmedAt = Math.max(this.lastConfirmedAt, sentAt);
    if (!this.settled) return;
    for (const runtime of this.options.runtimes) runtime.renewLease(sentAt + SESSION_TIMEOUT_MS - LEASE_MARGIN_MS);
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
    const due = [...this.owned.values()].flatMap(({ runtime, place }) => {
      const driver = runtime.delivery.driver(place.partition);
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
    return [...this.owned.values()].flatMap(({ runtime, place: { partition }, deletions }) => {
      const driver = runtime.delivery.driver(partition);
      if (driver === undefined) return [];
      return {
        topic: runtime.topics.deletions,
        partition,
        next: () => driver.state.deletionsNext,
        read: (notices, next, provenAt) => {
          // It may have been given up, and even taken up again, while the poll was under way.
          if (runtime.delivery.driver(partition) !== driver) return;
          deletions.note(
            notices.map(({ fact }) => fact),
            (offset) => driver.state.frontier.isFinished(offset),
          );
          runtime.deletionsRead(partition, notices, next, provenAt);
        },
      } satisfies FollowedPartition;
    });
  }

  /** Monotonic milliseconds: a heartbeat sent then was confirmed by the group's coordinator; the start of the process before the first. */
  get confirmedAt(): number {
    return this.lastConfirmedAt;
  }

  /** What keeps this process from being ready; empty if nothing does. */
  get faults(): string[] {
    if (!this.joined) return ['has not joined the consumer group yet'];
    return [...this.owned.values()]
      .filter(({ phase }) => phase !== 'delivering')
      .map(
        ({ place, phase, trouble }) =>
          `${place.topic} partition ${place.partition} is ${phase}${trouble === undefined ? '' : `: ${trouble}`}`,
      );
  }

  /** What is owned now, for the status page and the gauges. */
  get partitions(): OwnedPartition[] {
    return [...this.owned.values()].map(({ runtime, place, phase, arrivals, deletions, checkpointAt }) => ({
      source: runtime.id,
      place,
      phase,
      driver: runtime.delivery.driver(place.partition),
      arrivals,
      deletions,
      checkpointAt,
    }));
  }

  private takeUp(place: TopicPartition, committed: CommittedOf): void {
    const runtime = this.runtimesByTopic.get(place.topic);
    if (runtime === undefined) return;
    const owned: Owned = {
      runtime,
      place,
      giveUp: new AbortController(),
      arrivals: new ArrivalTimes(),
      deletions: new OpenDeletions(),
      checkpointAt: performance.now(),
      phase: 'restoring',
    };
    this.owned.set(topicPartitionKey(place), owned);
    void this.restore(owned, committed);
  }

  private async restore(owned: Owned, committed: CommittedOf): Promise<void> {
    const { signal } = owned.giveUp;
    while (!signal.aborted) {
      try {
        await this.restoreOnce(owned, committed, signal);
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.options.metrics.restoreFailed(owned.runtime.id);
        owned.trouble = error instanceof Error ? error.message : 'unknown';
        this.options.log.error('partition_restore_failed', { ...owned.place, ...errorFields(error) });
        if (error instanceof Error && error.name === 'LogGapError') {
          owned.phase = 'refused';
          return;
        }
        await delay(RESTORE_RETRY_MS);
        committed = this.committedOnce();
      }
    }
  }

  private async restoreOnce(owned: Owned, committedOf: CommittedOf, signal: AbortSignal): Promise<void> {
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
    owned.phase = 'delivering';
    delete owned.trouble;
    this.resumeIntake(owned);
    void this.countOpenDeletions(owned, driver);
  }

  /** A restore begins at the checkpoint; deletions that have been waiting since before it are counted from the topic's beginning. */
  private async countOpenDeletions({ runtime, place, deletions, giveUp }: Owned, driver: PartitionDriver): Promise<void> {
    const { reader, log } = this.options;
    const from = { topic: runtime.topics.deletions, partition: place.partition };
    try {
      await readDeletions({ reader, log, signal: giveUp.signal }, from, toOffset(0), (notice) =>
        deletions.note([notice], (offset) => driver.state.frontier.isFinished(offset)),
      );
    } catch (error) {
      // A figure less; what is delivered does not go by it.
      if (!giveUp.signal.aborted) log.warn('open_deletions_not_counted', { ...place, ...errorFields(error) });
    }
  }

  /** After a join the fetch position stands at the committed offset: go on where the driver stands instead. */
  private resumeIntake({ runtime, place }: Owned): void {
    const driver = runtime.delivery.driver(place.partition);
    if (driver === undefined) return;
    const { arrivedNext, paused } = driver.figures;
    if (paused) this.options.transport.seek(place, arrivedNext);
    else this.options.transport.resumeFrom(place, arrivedNext);
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

  private giveUp(key: string, owned: Owned): void {
    owned.giveUp.abort();
    owned.runtime.delivery.disown(owned.place.partition);
    this.owned.delete(key);
  }

  private async writeCheckpoint(owned: Owned): Promise<void> {
    const { runtime, place } = owned;
    const driver = runtime.delivery.driver(place.partition);
    if (driver?.committedOffset === undefined) return;
    await this.readBack(runtime, driver);
    driver.state.expire();
    const startedAt = performance.now();
    const bytes = writeCheckpoint(driver.state, this.identityOf(place), driver.committedOffset);
    if (await this.options.checkpoints.write(place, bytes)) {
      owned.checkpointAt = performance.now();
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
