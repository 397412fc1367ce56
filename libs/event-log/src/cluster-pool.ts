import type { Cluster, Kafka } from 'kafkajs';
import { createCluster } from './kafkajs-cluster.ts';

const CLOSED = 'the partition reader is closed';

/**
 * Connections for reads that run side by side. kafkajs sends all fetches to a broker over one connection, and the broker answers them one
 * after another, so that a long poll would hold up every other read: each read has a connection of its own while it lasts.
 */
export class ClusterPool {
  private readonly idle: Cluster[] = [];
  private readonly all = new Set<Cluster>();
  private waiting: { readonly serve: (cluster: Cluster) => void; readonly refuse: (error: Error) => void }[] = [];
  private isClosed = false;

  constructor(
    private readonly kafka: Kafka,
    private readonly maxConnections: number,
  ) {}

  /** Does `work` with a connection that nobody else uses meanwhile; waits for one if all are taken. */
  async use<T>(work: (cluster: Cluster) => Promise<T>): Promise<T> {
    const cluster = await this.take();
    try {
      return await work(cluster);
    } finally {
      this.giveBack(cluster);
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.waiting.forEach(({ refuse }) => refuse(new Error(CLOSED)));
    this.waiting = [];
    await Promise.all([...this.all].map((cluster) => cluster.disconnect()));
  }

  private take(): Promise<Cluster> | Cluster {
    if (this.isClosed) throw new Error(CLOSED);
    const idle = this.idle.pop();
    if (idle !== undefined) return idle;
    if (this.all.size >= this.maxConnections) return new Promise((serve, refuse) => this.waiting.push({ serve, refuse }));
    const cluster = createCluster(this.kafka);
    this.all.add(cluster);
    return cluster;
  }

  private giveBack(cluster: Cluster): void {
    const next = this.waiting.shift();
    if (next === undefined) this.idle.push(cluster);
    else next.serve(cluster);
  }
}
