import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalKafka, type LocalKafka } from '../../../tools/local-kafka/local-kafka.mjs';
import { atTestEnd } from '../../support/test-end.ts';
import { freePort } from '../../support/wait-for.ts';
import { TcpProxy, type LinkFilter } from './tcp-proxy.ts';

/** A broker of one test's own that has two doors: one to itself, and one through a proxy. */
export interface ChaosBroker {
  /** Straight to the broker: for the test itself, and for apps that are to be spared. */
  readonly brokers: string;
  /** The way through {@link proxy}; it stays on that way, since the broker advertises the proxy to whoever comes by it. */
  readonly proxiedBrokers: string;
  readonly proxy: TcpProxy;
  /** A clean stop. */
  stop(): Promise<void>;
  /** A power cut (`kill -9`). */
  kill9(): Promise<void>;
  /** Starts it again on what it has on disk; resolves when it answers. */
  start(): Promise<void>;
  /** Stops its clock (SIGSTOP): its connections stay open, and nobody answers. */
  suspend(): void;
  resume(): void;
}

/** Starts a broker that belongs to the test alone; it ends with the test, and its data goes. */
export async function startChaosBroker({
  heapMb = 384,
  filterOf,
}: { readonly heapMb?: number; readonly filterOf?: () => LinkFilter } = {}): Promise<ChaosBroker> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bridge-chaos-broker-'));
  const ports = { direct: await freePort(), behindProxy: await freePort(), controller: await freePort() };
  const proxy = await TcpProxy.start(ports.behindProxy, filterOf === undefined ? {} : { filterOf });
  const settings = {
    listeners: listenerList({ PLAINTEXT: ports.direct, PROXIED: ports.behindProxy, CONTROLLER: ports.controller }),
    'advertised.listeners': listenerList({ PLAINTEXT: ports.direct, PROXIED: proxy.port }),
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
  };
  let running: LocalKafka | undefined;
  const signal = (name: NodeJS.Signals): void => {
    if (running !== undefined) process.kill(running.pid, name);
  };
  const broker: ChaosBroker = {
    brokers: `127.0.0.1:${ports.direct}`,
    proxiedBrokers: `127.0.0.1:${proxy.port}`,
    proxy,
    async stop() {
      await running?.stop();
      running = undefined;
    },
    async kill9() {
      await running?.kill();
      running = undefined;
    },
    async start() {
      running ??= await startLocalKafka({ port: ports.direct, dataDir, heapMb, settings });
    },
    suspend: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
  };
  atTestEnd(async () => {
    broker.resume();
    await broker.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  await broker.start();
  return broker;
}

function listenerList(ports: Readonly<Record<string, number>>): string {
  return Object.entries(ports)
    .map(([name, port]) => `${name}://127.0.0.1:${port}`)
    .join(',');
}
