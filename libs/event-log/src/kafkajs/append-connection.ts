import { Partitioners, type Admin, type Kafka, type Producer, type RecordMetadata } from 'kafkajs';
import { toOffset } from '#segment';
import { failureOf } from '../kafka-errors.ts';
import type { LogSink } from '../log-sink.ts';
import type { AppendConnection, ProduceAnswer, ProducePartition } from '../write/append-connection.ts';
import { bundle, produceFailure } from './encode-produces-here.ts';

/** Long enough for a broker that is busy, short enough to answer a sender before it gives up (Segment's SDK waits 10 s). */
export const REQUEST_TIMEOUT_MS = 4_000;

/**
 * The producer and the admin client of a writer, connected when first needed and replaceable as a whole: after a long outage, or when the
 * brokers' addresses have changed, kafkajs may hold on to what is gone, while a fresh client starts from the configured brokers again.
 */
export class KafkajsAppendConnection implements AppendConnection {
  private clients: Promise<Clients> | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly log: LogSink,
  ) {}

  async send(topic: string, partitions: readonly ProducePartition[]): Promise<ProduceAnswer[]> {
    const { producer } = await this.connected();
    const answer = await producer.send({ topic, messages: partitions.map(bundle), acks: -1, timeout: REQUEST_TIMEOUT_MS });
    return answer.map(answerOf);
  }

  async partitionCount(topic: string): Promise<number> {
    const { admin } = await this.connected();
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]?.partitions.length ?? 0;
  }

  async probe(): Promise<void> {
    const { admin } = await this.connected();
    await admin.describeCluster();
  }

  renew(): void {
    const old = this.clients;
    this.clients = undefined;
    if (old !== undefined) void this.disconnect(old);
  }

  async close(): Promise<void> {
    const clients = this.clients;
    this.clients = undefined;
    if (clients !== undefined) await this.disconnect(clients);
  }

  private async connected(): Promise<Clients> {
    if (this.clients === undefined) {
      const clients = this.connect();
      this.clients = clients;
      // A connection that failed must not be remembered, or nothing would ever try again.
      clients.catch(() => {
        if (this.clients === clients) this.clients = undefined;
      });
    }
    return this.clients;
  }

  private async connect(): Promise<Clients> {
    const producer = this.kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      // kafkajs's idempotent mode lost acknowledged messages after request errors; repeats are absorbed by the dedup on messageId.
      idempotent: false,
      allowAutoTopicCreation: false,
      retry: { retries: 0 },
    });
    const admin = this.kafka.admin({ retry: { retries: 0 } });
    try {
      await producer.connect();
      await admin.connect();
      return { producer, admin };
    } catch (error) {
      void this.disconnect(Promise.resolve({ producer, admin }));
      throw error;
    }
  }

  private async disconnect(clients: Promise<Clients>): Promise<void> {
    try {
      const { producer, admin } = await clients;
      await Promise.all([producer.disconnect(), admin.disconnect()]);
    } catch (error) {
      this.log.debug('log_disconnect_failed', { reason: failureOf(error).name });
    }
  }
}

interface Clients {
  readonly producer: Producer;
  readonly admin: Admin;
}

function answerOf({ partition, baseOffset, errorCode, logAppendTime }: RecordMetadata): ProduceAnswer {
  if (baseOffset === undefined || baseOffset === '-1') return { partition, failure: produceFailure(errorCode) };
  return { partition, first: { partition, offset: toOffset(baseOffset), appendedAt: Number(logAppendTime) } };
}
