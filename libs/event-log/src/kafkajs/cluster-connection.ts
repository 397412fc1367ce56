import type { Broker, Cluster, Kafka } from 'kafkajs';
import { NobodyLeads, RightMissingError } from '../errors.ts';
import { isHidden } from './errors-of-kafka.ts';
import { createCluster } from './hidden-cluster.ts';
import { onTopic } from './missing-right.ts';
import { addressOf, mustAnswer, noteSilence, type WithBrokers } from './silent-brokers.ts';

/** A request of Kafka's protocol, as kafkajs takes it to a broker. */
export interface ProtocolRequest<Answer> {
  readonly request: object;
  readonly response: {
    readonly decode: (bytes: Buffer) => Promise<Answer>;
    /** kafkajs's own throw the first error that they find; what is sent here tells its parts apart itself. */
    readonly parse: (answer: Answer) => Promise<Answer>;
  };
  readonly requestTimeout?: number;
}

/** A broker that is connected with; what kafkajs's types leave out of it. */
export type ConnectedBroker = Broker & {
  readonly connectionPool: { send<Answer>(request: ProtocolRequest<Answer>): Promise<Answer> };
};

/** What of the cluster answers to a question about leaders, while nobody knows. */
const NOBODY = '-1';

/**
 * A connection to each broker of a cluster, and which of them leads which partition. A broker that is away is the trouble of its own partitions: what is
 * asked of the others goes on.
 */
export abstract class ClusterConnection {
  private readonly cluster: Cluster & WithBrokers;

  constructor(kafka: Kafka) {
    this.cluster = createCluster(kafka) as Cluster & WithBrokers;
  }

  /** Connects to any broker; rejects if none answers. */
  async connect(): Promise<void> {
    if (!this.cluster.isConnected()) await this.cluster.connect();
  }

  async close(): Promise<void> {
    await this.cluster.disconnect();
  }

  /** Learns about these topics what is not known of them yet. Rejects if no broker answers. */
  async know(topics: readonly string[]): Promise<void> {
    await this.connect();
    await this.cluster.addMultipleTargetTopics([...topics]);
  }

  /** Asks for the leaders anew. Rejects if no broker answers; the next one to ask begins with the configured brokers again. */
  async refresh(): Promise<void> {
    try {
      await this.connect();
      await this.cluster.refreshMetadata();
    } catch (error) {
      await this.cluster.disconnect();
      throw error;
    }
  }

  /** How many partitions the topic has; 0 if it is not there, or was not asked about. */
  protected countOf(topic: string): number {
    return this.partitionsOf(topic).length;
  }

  /** The broker that leads a partition; undefined if nobody does, or nobody knows. */
  leaderOf(topic: string, partition: number): string | undefined {
    const leader = this.partitionsOf(topic).find(({ partitionId }) => partitionId === partition)?.leader;
    return leader === undefined || String(leader) === NOBODY ? undefined : String(leader);
  }

  /** Why there is no leader to ask. */
  withoutLeader(topic: string, partition: number): Error {
    return this.isHidden(topic) ? new RightMissingError([onTopic('DESCRIBE', topic)]) : new NobodyLeads(topic, partition);
  }

  /** Whether the cluster does not tell us anything of the topic, not even whether it is there. */
  protected isHidden(topic: string): boolean {
    const known = this.cluster.brokerPool.metadata?.topicMetadata.find((entry) => entry.topic === topic);
    return known !== undefined && isHidden(known.topicErrorCode);
  }

  /** Whether the topic is known, and has no such partition. */
  protected isWithout(topic: string, partition: number): boolean {
    const partitions = this.partitionsOf(topic);
    return partitions.length > 0 && !partitions.some(({ partitionId }) => partitionId === partition);
  }

  /** What is known of this broker over all connections goes by it. */
  protected addressOf(nodeId: string): string {
    const broker = this.cluster.brokerPool.brokers[nodeId];
    return broker === undefined ? '' : addressOf(broker);
  }

  protected async ask<Answer>(nodeId: string, request: ProtocolRequest<Answer>): Promise<Answer> {
    const known = this.cluster.brokerPool.brokers[nodeId];
    try {
      await mustAnswer(known);
      const broker = (await this.cluster.findBroker({ nodeId })) as ConnectedBroker;
      return await broker.connectionPool.send(request);
    } catch (error) {
      noteSilence(known, error);
      // As kafkajs's own requests do: the next one is to begin with a new connection.
      if (error instanceof Error && error.name === 'KafkaJSConnectionClosedError') await known?.disconnect();
      throw error;
    }
  }

  private partitionsOf(topic: string): { readonly partitionId: number; readonly leader: number }[] {
    try {
      return this.cluster.findTopicPartitionMetadata(topic);
    } catch {
      // Nothing was asked yet.
      return [];
    }
  }
}
