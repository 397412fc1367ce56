import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as pass } from 'node:timers/promises';
import { atTestEnd } from '../../support/test-end.ts';

/** What a connection lets through. Each chunk may be held back, changed, or end the connection (`cut`). */
export interface LinkFilter {
  toServer(chunk: Buffer): void;
  toClient(chunk: Buffer): Buffer | 'cut';
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
}

const LET_THROUGH: LinkFilter = { toServer: () => undefined, toClient: (chunk) => chunk };

/** A TCP proxy on a free port of the loopback that can be slow, frozen, or away. It ends with the test that started it. */
export class TcpProxy {
  /** Milliseconds that everything takes longer, in each direction. */
  delayMs = 0;
  private readonly links = new Set<Link>();
  private frozen = false;
  private server: Server | undefined;

  private constructor(
    private readonly targetPort: number,
    readonly port: number,
    private readonly filterOf: () => LinkFilter,
  ) {}

  /** @param filterOf asked for each new connection. */
  static async start(
    targetPort: number,
    { port = 0, filterOf = () => LET_THROUGH }: { readonly port?: number; readonly filterOf?: () => LinkFilter } = {},
  ): Promise<TcpProxy> {
    const probe = await listening(createServer(), port);
    const taken = (probe.address() as AddressInfo).port;
    await closed(probe);
    const proxy = new TcpProxy(targetPort, taken, filterOf);
    await proxy.open();
    atTestEnd(() => proxy.close());
    return proxy;
  }

  /** Lets nothing through any more, in either direction; connections stay open, as over a network that has gone silent. */
  freeze(): void {
    this.frozen = true;
    for (const { client, server } of this.links) {
      client.pause();
      server.pause();
    }
  }

  /** Lets through what has waited, and what comes. */
  thaw(): void {
    this.frozen = false;
    for (const { client, server } of this.links) {
      client.resume();
      server.resume();
    }
  }

  /** Ends all connections and refuses new ones. */
  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    const gone = closed(server);
    for (const link of this.links) end(link);
    await gone;
  }

  /** Takes connections again after {@link close}. */
  async open(): Promise<void> {
    this.server ??= await listening(
      createServer((client) => this.link(client)),
      this.port,
    );
  }

  private link(client: Socket): void {
    const link = { client, server: connect(this.targetPort, '127.0.0.1') };
    const { server } = link;
    const filter = this.filterOf();
    this.links.add(link);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      // A reset is how many of the connections here end.
      socket.on('error', () => end(link));
      socket.on('close', () => {
        end(link);
        this.links.delete(link);
      });
    }
    client.on('data', (chunk: Buffer) => {
      filter.toServer(chunk);
      void this.pass(chunk, server);
    });
    server.on('data', (chunk: Buffer) => {
      const rest = filter.toClient(chunk);
      if (rest === 'cut') end(link);
      else if (rest.length > 0) void this.pass(rest, client);
    });
    if (!this.frozen) return;
    client.pause();
    server.pause();
  }

  private async pass(chunk: Buffer, to: Socket): Promise<void> {
    // Timers of one length fire in the order of their start, so the bytes keep theirs.
    if (this.delayMs > 0) await pass(this.delayMs);
    if (to.writable) to.write(chunk);
  }
}

function end({ client, server }: Link): void {
  client.destroy();
  server.destroy();
}

function listening(server: Server, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
