import type { LogClient } from '../log-client.ts';
import type { ReadConnection } from './read-connection.ts';

const CLOSED = 'the partition reader is closed';

/**
 * Connections for reads that run side by side. A broker answers the requests of one connection one after another, so that a long poll would hold up every
 * other read: each read has a connection of its own while it lasts.
 */
export class ConnectionPool {
  private readonly idle: ReadConnection[] = [];
  private readonly all = new Set<ReadConnection>();
  private waiting: { readonly serve: (connection: ReadConnection) => void; readonly refuse: (error: Error) => void }[] = [];
  private isClosed = false;

  constructor(
    private readonly kafka: LogClient,
    private readonly maxConnections: number,
  ) {}

  /** Does `work` with a connection that nobody else uses meanwhile; waits for one if all are taken. */
  async use<T>(work: (connection: ReadConnection) => Promise<T>): Promise<T> {
    const connection = await this.take();
    try {
      return await work(connection);
    } finally {
      this.giveBack(connection);
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.waiting.forEach(({ refuse }) => refuse(new Error(CLOSED)));
    this.waiting = [];
    await Promise.all([...this.all].map((connection) => connection.close()));
  }

  private take(): Promise<ReadConnection> | ReadConnection {
    if (this.isClosed) throw new Error(CLOSED);
    const idle = this.idle.pop();
    if (idle !== undefined) return idle;
    if (this.all.size >= this.maxConnections) return new Promise((serve, refuse) => this.waiting.push({ serve, refuse }));
    const connection = this.kafka.reads();
    this.all.add(connection);
    return connection;
  }

  private giveBack(connection: ReadConnection): void {
    const next = this.waiting.shift();
    if (next === undefined) this.idle.push(connection);
    else next.serve(connection);
  }
}
