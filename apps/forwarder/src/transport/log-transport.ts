import { Injectable } from '@nestjs/common';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { Kafka } from 'kafkajs';
import { GroupConsumer, topicPartitionKey, type MemberFacts, type TopicPartition } from '#event-log';
import type { Offset } from '#segment';
import { ASSIGNED, BEFORE_REBALANCE, MEMBERSHIP_CONFIRMED, RECORDS, type AssignedMessage } from './patterns.ts';

export interface LogTransportOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly member: () => MemberFacts;
  readonly monotonicNow: () => number;
  readonly crashed: (error: Error) => void;
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
  private owned = new Set<string>();

  constructor(options: LogTransportOptions) {
    super();
    this.consumer = new GroupConsumer({
      ...options,
      events: {
        beforeRebalance: () => this.emit(BEFORE_REBALANCE, {}),
        assigned: (partitions, memberId, sentAt) => this.assigned({ partitions, memberId, sentAt }),
        records: (partition, messages) => this.emit(RECORDS, { partition, messages }),
        membershipConfirmed: (sentAt) => void this.emit(MEMBERSHIP_CONFIRMED, { sentAt }),
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
    this.consumer.pause(partition);
  }

  /** Takes up a partition's intake, from `offset` on. */
  resumeFrom(partition: TopicPartition, offset: Offset): void {
    this.consumer.seek(partition, offset);
    this.consumer.resume(partition);
  }

  seek(partition: TopicPartition, offset: Offset): void {
    this.consumer.seek(partition, offset);
  }

  resume(partition: TopicPartition): void {
    this.consumer.resume(partition);
  }

  async commit(offsets: readonly (TopicPartition & { readonly offset: Offset })[]): Promise<void> {
    await this.consumer.commit(offsets);
  }

  private assigned(message: AssignedMessage): void {
    const { partitions } = message;
    // Synchronously, before the first fetch: a new partition must not deliver before its state is restored.
    for (const partition of partitions) if (!this.owned.has(topicPartitionKey(partition))) this.consumer.pause(partition);
    this.owned = new Set(partitions.map(topicPartitionKey));
    void this.emit(ASSIGNED, message);
  }

  private async emit(pattern: string, data: unknown): Promise<void> {
    const handler: MessageHandler | undefined = this.messageHandlers.get(pattern);
    if (handler === undefined) throw new Error(`no @EventPattern handler for '${pattern}'`);
    await handler(data);
  }
}
