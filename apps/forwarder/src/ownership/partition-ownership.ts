import type { LogRecord, Membership } from '#delivery';
import {
  decodeLogRecord,
  rightMissingIn,
  standInFor,
  topicPartitionKey,
  type ConsumedRecords,
  type PartitionReader,
  type RawRecord,
  type TopicPartition,
  type UndecodableRecords,
} from '#event-log';
import type { Logger } from '#observability';
import { readClock } from '../clock.ts';
import type { SourceRuntime } from '../delivery/source-runtime.ts';
import type { OwnershipMetrics } from '../status/ownership-metrics.ts';
import type { LogTransport } from '../transport/log-transport.ts';
import type { AssignedMessage } from '../transport/patterns.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { Commits } from './commits.ts';
import type { FollowedPartition } from './deletions-follower.ts';
import { LogWatch } from './log-watch.ts';
import type { MemberFile } from './member-file.ts';
import { OwnedPartition } from './owned-partition.ts';
import type { PartitionRestorer } from './partition-restorer.ts';

export interface PartitionOwnershipOptions {
  readonly runtimes: readonly SourceRuntime[];
  readonly transport: Pick<LogTransport, 'seek' | 'resumeFrom' | 'pause'>;
  readonly reader: PartitionReader;
  readonly membership: Membership;
  readonly restorer: PartitionRestorer;
  readonly commits: Commits;
  readonly checkpoints: Checkpoints;
  readonly member: MemberFile;
  readonly drainTimeoutMs: number;
  readonly metrics: OwnershipMetrics;
  readonly undecodable: UndecodableRecords;
  readonly log: Logger;
}

/**
 * Which partitions this process owns, from the group's word to the drivers: has restored what it is given, drains and checkpoints
 * what it must give up, commits in between.
 */
export class PartitionOwnership {
  private readonly owned = new Map<string, OwnedPartition>();
  private readonly runtimesByTopic: ReadonlyMap<string, SourceRuntime>;
  private readonly watch: LogWatch;

  constructor(private readonly options: PartitionOwnershipOptions) {
    this.runtimesByTopic = new Map(options.runtimes.map((runtime) => [runtime.topics.events, runtime]));
    this.watch = new LogWatch(options, (owned) => this.restoreAnew(owned));
    for (const runtime of options.runtimes) runtime.logs.changed = (partition) => this.logAccepted(runtime, partition);
  }

  /**
   * The group is about to change: finish what is in flight, write it down, commit, and send nothing until the next assignment.
   *
   * @returns false if something was still under way when DRAIN_TIMEOUT was over
   */
  async beforeRebalance(): Promise<boolean> {
    this.options.membership.changing();
    if (this.owned.size === 0) return true;
    const isDrained = await this.drain();
    await this.commit();
    return isDrained;
  }

  /** Gives up what is gone, goes on with what stays, and takes up what is new. */
  assigned({ partitions, memberId, generation, sentAt }: AssignedMessage): void {
    const { membership, transport, restorer, member, metrics, log } = this.options;
    const isContinued = membership.assigned({ memberId, generation });
    const now = new Set(partitions.map(topicPartitionKey));
    // What was another's meanwhile may have been delivered on, which its drivers do not know: restored like any other (P4, P8).
    for (const [key, owned] of this.owned) if (!isContinued || !now.has(key)) this.giveUp(key, owned);
    for (const owned of this.owned.values()) {
      if (owned.phase !== 'delivering') continue;
      owned.arrived.interrupted();
      owned.resumeIntake(transport);
    }
    restorer.restore(partitions.flatMap((place) => this.takeUp(place) ?? []));
    membership.confirmed(sentAt);
    member.remember(partitions, memberId);
    metrics.rebalanced();
    log.info('partitions_assigned', { count: partitions.length });
  }

  membershipConfirmed(sentAt: number): void {
    this.options.membership.confirmed(sentAt);
  }

  recordsArrived(place: TopicPartition, read: ConsumedRecords): void {
    const owned = this.owned.get(topicPartitionKey(place));
    // A fetch that was under way when the partition was paused for its restore: it is fetched again from the restored offset.
    if (owned?.phase !== 'delivering') return;
    this.watch.take(owned, read, ({ from, messages, next }) => {
      owned.arrivals.note(messages);
      const records = messages.map((message) => this.toLogRecord(place, message));
      if (!owned.runtime.recordsArrived(place.partition, { from, records, next })) owned.resumeIntake(this.options.transport);
    });
  }

  /**
   * The consumer cannot read on in a partition: if that is because its log does not hold what comes next, it is restored anew, and its restore tells why. If it is because
   * we may not, or its topic or leader is away, or somebody's transaction is open, it is tried again.
   */
  async partitionFailed(place: TopicPartition, failure: Error): Promise<void> {
    const owned = this.owned.get(topicPartitionKey(place));
    if (owned?.phase !== 'delivering') return;
    const lacking = rightMissingIn(failure)?.message;
    if (lacking === undefined) return this.watch.failed(owned, failure);
    if (owned.fault !== lacking) this.options.log.warn('right_missing', { ...place, reasons: [lacking] });
    owned.arrived.interrupted();
    owned.reading.met(lacking, 0, readClock().monotonicMs);
  }

  /** Commits every frontier that has moved. */
  async commit(): Promise<void> {
    await this.options.commits.commit(this.partitions);
  }

  /** Writes a checkpoint of every delivering partition, having looked whether its log is still the same. */
  async checkpoint(): Promise<void> {
    for (const owned of this.partitions) if (owned.phase === 'delivering') void this.watch.check(owned);
    await this.options.checkpoints.write(this.partitions);
  }

  /** The end: nothing is sent any more; finish, commit, checkpoint. @returns as {@link beforeRebalance} */
  async shutDown(): Promise<boolean> {
    const isDrained = await this.beforeRebalance();
    await this.checkpoint();
    for (const [key, owned] of this.owned) this.giveUp(key, owned);
    await Promise.all(this.options.runtimes.map((runtime) => runtime.close()));
    return isDrained;
  }

  /** The deletions partitions to follow now. */
  followed(): FollowedPartition[] {
    return this.partitions.flatMap(({ followed }) => followed ?? []);
  }

  /** Monotonic milliseconds: a heartbeat sent then was confirmed by the group's coordinator; the start of the process before the first. */
  get confirmedAt(): number {
    return this.options.membership.confirmedAt;
  }

  /** What keeps this process from being ready; empty if nothing does. */
  get faults(): string[] {
    if (!this.options.membership.joined) return ['has not joined the consumer group yet'];
    return this.partitions.flatMap(({ fault }) => fault ?? []);
  }

  /** What is owned now. */
  get partitions(): OwnedPartition[] {
    return [...this.owned.values()];
  }

  /** Stops calling and waits until what is in flight has ended and is written, for as long as may be. */
  private async drain(): Promise<boolean> {
    const { runtimes, drainTimeoutMs, metrics, log } = this.options;
    const startedAt = readClock().monotonicMs;
    const quiet = await Promise.all(runtimes.map((runtime) => runtime.drain(drainTimeoutMs)));
    metrics.drained((readClock().monotonicMs - startedAt) / 1_000);
    const isDrained = quiet.every(Boolean);
    if (!isDrained) log.warn('drain_incomplete', { count: runtimes.reduce((sum, { delivery }) => sum + delivery.inDoubt, 0) });
    return isDrained;
  }

  /** Undefined if it is owned already, or of no source of ours. */
  private takeUp(place: TopicPartition): OwnedPartition | undefined {
    const key = topicPartitionKey(place);
    const runtime = this.runtimesByTopic.get(place.topic);
    if (runtime === undefined || this.owned.has(key)) return undefined;
    const owned = new OwnedPartition(runtime, place);
    this.owned.set(key, owned);
    return owned;
  }

  /** An operator has said something about a log. A restore that has begun without knowing it begins again. */
  private logAccepted(runtime: SourceRuntime, partition: number): void {
    const owned = this.owned.get(topicPartitionKey({ topic: runtime.topics.events, partition }));
    if (owned?.isRestoreBegun !== true) return;
    const isKnown = owned.driver?.state.breaks.log === runtime.logs.breaksOf(partition).log;
    if (!isKnown) void this.restoreAnew(owned);
  }

  private async restoreAnew(owned: OwnedPartition): Promise<void> {
    const { place } = owned;
    const key = topicPartitionKey(place);
    await this.options.commits.commit([owned]);
    if (this.owned.get(key) !== owned) return;
    this.giveUp(key, owned);
    this.options.restorer.restore([this.takeUp(place)].filter((taken) => taken !== undefined));
  }

  private giveUp(key: string, owned: OwnedPartition): void {
    owned.giveUp();
    this.owned.delete(key);
  }

  private toLogRecord(place: TopicPartition, message: RawRecord): LogRecord {
    const record = decodeLogRecord(message);
    if (!('kind' in record)) return record;
    this.options.undecodable.met(place, record);
    return standInFor(message);
  }
}
