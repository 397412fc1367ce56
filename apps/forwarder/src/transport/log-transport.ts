import { Injectable } from '@nestjs/common';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { GroupConsumer, LogClient, MemberFacts, PartitionCommit, TopicPartition } from '#event-log';
import type { Offset } from '#segment';
import { ASSIGNED, BEFORE_REBALANCE, MEMBERSHIP_CONFIRMED, PARTITION_FAILED, RECORDS, type AssignedMessage } from './patterns.ts';

export interface LogTransportOptions {
  readonly kafka: LogClient;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly member: () => MemberFacts;
  readonly drainTimeoutMs: number;
  readonly monotonicNow: () => number;
  readonly crashed: (error: Error) => void;
  /** Told when an intake could not be changed because the consumer is between two joins. */
  readonly betweenJoins: (error: unknown) => void;
}

/**
 * Nest's way into the forwarder: the consumer group as a custom transport strategy.
 *
 * `eachBatch` hands a batch to the `@EventPattern` handler and goes on; backpressure is pause and resume per partition, and what is
 * committed is said by {@link commit}. Nest's own Kafka transport cannot serve here: it calls one handler per message, commits by
 * itself and knows nothing of partitions being taken away.
 */
@Injectable()
export class LogTransport extends Server implements CustomTransportStrategy {
  private readonly consumer: GroupConsumer;

  constructor(private readonly options: LogTransportOptions) {
    super();
    this.consumer = options.kafka.consumer({
      ...options,
      events: {
        beforeRebalance: () => this.emit(BEFORE_REBALANCE, {}),
        assigned: (assignment) => this.assigned(assignment),
        records: ({ topic, partition }, read) => this.emit(RECORDS, { partition: { topic, partition }, read }),
        membershipConfirmed: (sentAt) => void this.emit(MEMBERSHIP_CONFIRMED, { sentAt }),
        partitionFailed: (partition, failure) => void this.emit(PARTITION_FAILED, { partition, failure }),
        crashed: options.crashed,
      },
    });
  }

  listen(callback: (error?: unknown) => void): void {
    this.consumer.start().then(() => callback(), callback);
  }

  async close(): Promise<void> {
    await this.consumer.stop();
  }

  on(): never {
    throw new Error('the log transport has no events of its own; use the patterns in transport/patterns.ts');
  }

  unwrap<T>(): T {
    return this.consumer as T;
  }

  pause(partition: TopicPartition): void {
    this.whileJoined(() => this.consumer.pause(partition));
  }

  resume(partition: TopicPartition): void {
    this.whileJoined(() => this.consumer.resume(partition));
  }

  /** Takes up a partition's intake, from `offset` on. */
  resumeFrom(partition: TopicPartition, offset: Offset): void {
    this.whileJoined(() => {
      this.consumer.seek(partition, offset);
      this.consumer.resume(partition);
    });
  }

  /** Moves a partition's position without taking up its intake. */
  seek(partition: TopicPartition, offset: Offset): void {
    this.whileJoined(() => this.consumer.seek(partition, offset));
  }

  async commit(offsets: readonly PartitionCommit[]): Promise<void> {
    await this.consumer.commit(offsets);
  }

  private assigned(message: AssignedMessage): void {
    const { partitions } = message;
    // Synchronously, before the first fetch: nothing arrives before the owner has restored its state, or said where it goes on.
    for (const partition of partitions) this.consumer.pause(partition);
    void this.emit(ASSIGNED, message);
  }

  /**
   * kafkajs throws while it restarts itself after a broker outage. Nothing is lost then: its next join is announced as an
   * assignment, with every partition paused, and the owner says again where each goes on.
   */
  private whileJoined(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.options.betweenJoins(error);
    }
  }

  private async emit(pattern: string, data: unknown): Promise<void> {
    const handler: MessageHandler | undefined = this.messageHandlers.get(pattern);
    if (handler === undefined) throw new Error(`no @EventPattern handler for '${pattern}'`);
    await handler(data);
  }
}
