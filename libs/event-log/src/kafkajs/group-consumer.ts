import type { Consumer, Kafka } from 'kafkajs';
import { nextOffset, toOffset, type Offset } from '#segment';
import {
  HEARTBEAT_INTERVAL_MS,
  SESSION_TIMEOUT_MS,
  type ConsumedRecords,
  type GroupConsumer,
  type GroupConsumerOptions,
} from '../group/group-consumer.ts';
import { metadataOf, type PartitionCommit } from '../group/commit.ts';
import type { TopicPartition } from '../group/topic-partition.ts';
import type { RawRecord } from '../records/raw-record.ts';
import type { Right } from '../topics/rights.ts';
import type { ConsumedBatch } from './around-group.ts';
import { beforeJoin, generationOf } from './before-join.ts';
import { IDLE_WAIT_MS, paceFetches } from './fetch-pace.ts';
import { hearWhileChanging, heartbeatBegunAt, sendHeartbeatsBeside } from './heartbeats.ts';
import { keepMemberIdOverRestarts } from './keep-member-id.ts';
import { namingRights, needing, onGroup, onTopic } from './missing-right.ts';
import { keepFetching } from './steady-fetches.ts';
import { createStickyAssigner } from './sticky-assigner.ts';

/**
 * One fetch hands over at most this much of one partition, or one batch of its producer: what a partition may overshoot its bound by. kafkajs holds an
 * answer two times over while it decodes it, so that large ones make up most of the process's memory.
 */
const MAX_BYTES_PER_PARTITION = 128 * 1_024;
const MAX_BYTES = 2 * 1_024 * 1_024;
const MIN_REBALANCE_TIMEOUT_MS = 60_000;
/** For writing down what a drain has left, and for joining. */
const REBALANCE_MARGIN_MS = 30_000;
/** A topic that was away is found again after this long. */
const METADATA_MAX_AGE_MS = 30_000;

/**
 * A member of the consumer group: the kafkajs consumer with its quirks behind it (no auto-commit, awaited revocation, sticky
 * assignment, an explicit word on what is committed).
 */
export class KafkajsGroupConsumer implements GroupConsumer {
  private readonly consumer: Consumer;
  private removeHooks: (() => void) | undefined;
  /** When the latest join was begun (monotonic milliseconds). kafkajs's own figure goes by the wall clock, which may step. */
  private joinBegunAt = 0;

  constructor(
    kafka: Kafka,
    private readonly options: GroupConsumerOptions,
  ) {
    this.consumer = kafka.consumer({
      groupId: options.groupId,
      sessionTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_INTERVAL_MS,
      // While a member drains, the others wait for it.
      rebalanceTimeout: Math.max(MIN_REBALANCE_TIMEOUT_MS, options.drainTimeoutMs + REBALANCE_MARGIN_MS),
      metadataMaxAge: METADATA_MAX_AGE_MS,
      maxWaitTimeInMs: IDLE_WAIT_MS,
      maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
      maxBytes: MAX_BYTES,
      partitionAssigners: [createStickyAssigner(options.member)],
      // A broker outage of any length is waited out; the delivery core holds still meanwhile.
      retry: { initialRetryTime: 200, maxRetryTime: 2_000, retries: 5, restartOnFailure: () => Promise.resolve(true) },
    });
  }

  async start(): Promise<void> {
    const { consumer, options } = this;
    const { events } = options;
    sendHeartbeatsBeside(options.monotonicNow);
    keepMemberIdOverRestarts();
    paceFetches();
    const removeListener = keepFetching(options.groupId, {
      partitionFailed: (partition, failure) => events.partitionFailed(partition, failure),
      passedOver: (batch) => void events.records(batch, consumed(batch, [])),
    });
    const removeHook = beforeJoin(options.groupId, async () => {
      await events.beforeRebalance();
      this.joinBegunAt = options.monotonicNow();
    });
    const stopHearing = hearWhileChanging(options.groupId, (sentAt) => events.membershipConfirmed(sentAt));
    this.removeHooks = () => [removeListener, removeHook, stopHearing].forEach((remove) => remove());
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      const { memberAssignment, memberId } = payload;
      const generation = generationOf(options.groupId) ?? -1;
      events.assigned({ partitions: partitionsOf(memberAssignment), memberId, generation, sentAt: this.joinBegunAt });
    });
    consumer.on(consumer.events.HEARTBEAT, () => {
      const sentAt = heartbeatBegunAt(options.groupId);
      if (sentAt !== undefined) events.membershipConfirmed(sentAt);
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) events.crashed(namingRights(payload.error, ...this.needed));
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [...options.topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      // Resolving only moves the local fetch position; what is committed is said by `commit`.
      eachBatchAutoResolve: true,
      partitionsConsumedConcurrently: 1,
      eachBatch: ({ batch }) => events.records(batch, consumed(batch as unknown as ConsumedBatch, batch.messages)),
    });
  }

  async stop(): Promise<void> {
    await this.consumer.disconnect();
    this.removeHooks?.();
  }

  pause(partition: TopicPartition): void {
    this.consumer.pause([{ topic: partition.topic, partitions: [partition.partition] }]);
  }

  resume(partition: TopicPartition): void {
    this.consumer.resume([{ topic: partition.topic, partitions: [partition.partition] }]);
  }

  seek(partition: TopicPartition, offset: Offset): void {
    this.consumer.seek({ ...partition, offset: String(offset) });
  }

  async commit(commits: readonly PartitionCommit[]): Promise<void> {
    const offsets = commits.map((commit) => {
      const { topic, partition, offset } = commit;
      return { topic, partition, offset: String(offset), metadata: metadataOf(commit) };
    });
    await needing(this.needed, () => this.consumer.commitOffsets(offsets));
  }

  private get needed(): Right[] {
    return [onGroup('READ', this.options.groupId), ...this.options.topics.map((topic) => onTopic('READ', topic))];
  }
}

function consumed(batch: ConsumedBatch, messages: readonly RawRecord[]): ConsumedRecords {
  return { from: toOffset(batch.fetchedOffset), messages, next: nextOffset(toOffset(batch.lastOffset())) };
}

function partitionsOf(assignment: Record<string, readonly number[]>): TopicPartition[] {
  return Object.entries(assignment).flatMap(([topic, partitions]) => partitions.map((partition) => ({ topic, partition })));
}
