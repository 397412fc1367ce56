import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { startLocalKafka, type LocalKafka, type LocalKafkaOptions } from '../../tools/local-kafka/local-kafka.mjs';
import { freePort } from '../../tools/stack/lib/ports.mjs';
import { atTestEnd } from './test-end.ts';

/** The broker that the e2e run has started for all of its tests. */
export function sharedBrokers(): string {
  const brokers = process.env['TEST_KAFKA_BROKERS'];
  if (brokers === undefined || brokers === '')
    throw new Error('No shared broker: this test belongs to the e2e project (npm test -- --only e2e).');
  return brokers;
}

/** A client that fails fast: a test would rather know than wait. */
export function kafkaClient(brokers: string = sharedBrokers()): Kafka {
  return new Kafka({
    clientId: 'test',
    brokers: brokers.split(','),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    requestTimeout: 10_000,
    retry: { retries: 5 },
  });
}

/** Runs `use` with an admin client, and disconnects it whatever happens. */
export async function withAdmin<T>(use: (admin: Admin) => Promise<T>, brokers?: string): Promise<T> {
  const admin = kafkaClient(brokers).admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

/** A broker of one test's own, to be stopped, killed and started again: same port, same data. */
export interface OwnBroker {
  readonly brokers: string;
  /** A clean stop. */
  stop(): Promise<void>;
  /** A power cut (`kill -9`). */
  kill9(): Promise<void>;
  /** Starts it again on what it has on disk. */
  start(): Promise<void>;
}

/** What is unusual about a broker of a test's own. */
export type OwnBrokerOptions = Partial<Omit<LocalKafkaOptions, 'port' | 'dataDir'>>;

/** Starts a broker that belongs to the test alone; it ends with the test, and its data goes. */
export async function startOwnBroker({ heapMb = 256, ...options }: OwnBrokerOptions = {}): Promise<OwnBroker> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bridge-broker-'));
  const port = await freePort();
  let running: LocalKafka | undefined;
  atTestEnd(async () => {
    await running?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const own: OwnBroker = {
    brokers: `127.0.0.1:${port}`,
    async stop() {
      await running?.stop();
      running = undefined;
    },
    async kill9() {
      await running?.kill();
      running = undefined;
    },
    async start() {
      running ??= await startLocalKafka({ ...options, port, dataDir, heapMb });
    },
  };
  await own.start();
  return own;
}
