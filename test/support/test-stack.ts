import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { topicsOf, type SourceTopics } from '#event-log';
import type { Launch } from './container-image.ts';
import { AppProcess } from './app-process.ts';
import { readTopic, type TopicRecord } from './read-topic.ts';
import { SegmentClient } from './segment-client.ts';
import { SimulatorClient } from './simulator-client.ts';
import { presentEnd } from './test-end.ts';
import { sharedBrokers, withAdmin } from './test-kafka.ts';
import { freePort } from './wait-for.ts';

type Env = Readonly<Record<string, string>>;

export interface TestStackOptions {
  /** Of each of the three topics; default 3. */
  readonly partitions?: number;
  /** On top of every app's environment. */
  readonly env?: Env;
  /** On top of ingest's. */
  readonly ingestEnv?: Env;
  /** TOPIC_PREFIX; default: one that no other test has. */
  readonly prefix?: string;
  /** Default: the broker that all tests share. */
  readonly brokers?: string;
  /** How many forwarders to begin with; default 1. */
  readonly forwarders?: number;
  /** Where the built apps stand; default: this checkout. */
  readonly root?: string;
  /** How their `node` is started; default: ours. */
  readonly launch?: Launch;
}

/** A whole bridge of one test's own, on free ports and under a topic prefix of its own. */
export interface TestStack {
  /** TOPIC_PREFIX. */
  readonly prefix: string;
  /** The topics of its source. */
  readonly topics: SourceTopics;
  /** The environment that its apps have in common, for a CLI run or an app of the test's own. */
  readonly env: Env;
  readonly ingest: AppProcess;
  /** The base URL of ingest's public port. */
  readonly ingestUrl: string;
  /** The forwarders started so far, in order, ended ones included. */
  readonly forwarders: readonly AppProcess[];
  readonly simulator: AppProcess;
  /** Sends to ingest. */
  readonly segment: SegmentClient;
  /** Asks and instructs the simulated Extole. */
  readonly extole: SimulatorClient;
  /**
   * Starts one more forwarder (or one again after the last was ended) and waits until it is ready, unless it is not to be. The same `stateDir` means
   * the same machine.
   */
  startForwarder(options?: {
    readonly env?: Env;
    readonly stateDir?: string;
    readonly awaitReady?: boolean;
  }): Promise<AppProcess>;
  /** Starts ingest again, on the same ports, after the test has ended it. */
  restartIngest(env?: Env): Promise<AppProcess>;
  readEvents(): Promise<TopicRecord[]>;
  /** The outcomes, parsed, in the order of partition and offset. */
  readOutcomes(): Promise<Record<string, unknown>[]>;
}

/** Starts a simulator, ingest and forwarders, and returns once all of them are ready. Everything that it ever starts ends with the test (or file) that has started it. */
export async function startStack({
  partitions = 3,
  env = {},
  ingestEnv = {},
  prefix = newPrefix(),
  brokers = sharedBrokers(),
  forwarders: count = 1,
  root,
  launch,
}: TestStackOptions = {}): Promise<TestStack> {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-stack-'));
  const atEnd = presentEnd();
  atEnd(async () => {
    rmSync(folder, { recursive: true, force: true });
    // A broker of the test's own goes with everything in it, and may be down by now.
    if (brokers === process.env['TEST_KAFKA_BROKERS']) await deleteTopics(prefix, brokers);
  });

  const placed = { ...(root === undefined ? {} : { root }), ...(launch === undefined ? {} : { launch }) };
  const ports = { simulator: await freePort(), ingest: await freePort(), ingestAdmin: await freePort() };
  const keys = { write: newKey('write'), deletion: newKey('deletion'), extole: newKey('extole') };
  const common: Env = {
    KAFKA_BROKERS: brokers,
    TOPIC_PREFIX: prefix,
    TOPIC_PARTITIONS: String(partitions),
    TOPIC_REPLICATION: '1',
    FORWARDER_GROUP_ID: `${prefix}forwarder`,
    SEGMENT_WRITE_KEYS: keys.write,
    DELETION_KEYS: keys.deletion,
    SEGMENT_SHARED_SECRET: newKey('secret'),
    EXTOLE_ACCESS_TOKEN: keys.extole,
    EXTOLE_BASE_URL: `http://127.0.0.1:${ports.simulator}`,
    SUBJECT_HASH_KEY: randomBytes(16).toString('hex'),
    ...env,
  };

  const simulator = new AppProcess('simulator', {
    env: { EXTOLE_SIMULATOR_PORT: String(ports.simulator), SIMULATOR_TOKEN: keys.extole },
    readyUrl: `http://127.0.0.1:${ports.simulator}/_control/health`,
    atEnd,
    ...placed,
  });
  await simulator.ready();

  const startIngest = async (own: Env = {}): Promise<AppProcess> =>
    new AppProcess('ingest', {
      env: {
        ...common,
        INGEST_HOST: '127.0.0.1',
        INGEST_PORT: String(ports.ingest),
        INGEST_ADMIN_PORT: String(ports.ingestAdmin),
        ...ingestEnv,
        ...own,
      },
      readyUrl: `http://127.0.0.1:${ports.ingestAdmin}/health/ready`,
      atEnd,
      ...placed,
    }).ready();

  const forwarders: AppProcess[] = [];
  const startForwarder: TestStack['startForwarder'] = async (options = {}) => {
    const adminPort = await freePort();
    const stateDir = options.stateDir ?? join(folder, `state-${forwarders.length}`);
    const forwarder = new AppProcess('forwarder', {
      env: { ...common, FORWARDER_ADMIN_PORT: String(adminPort), STATE_DIR: stateDir, ...options.env },
      readyUrl: `http://127.0.0.1:${adminPort}/health/ready`,
      atEnd,
      ...placed,
    });
    forwarders.push(forwarder);
    return options.awaitReady === false ? forwarder : forwarder.ready();
  };

  let ingest = await startIngest();
  for (let started = 0; started < count; started++) await startForwarder();

  const ingestUrl = `http://127.0.0.1:${ports.ingest}`;
  const topics = topicsOf(prefix, 'default');
  return {
    prefix,
    topics,
    env: common,
    get ingest() {
      return ingest;
    },
    ingestUrl,
    forwarders,
    simulator,
    segment: new SegmentClient({ url: ingestUrl, writeKey: keys.write, deletionKey: keys.deletion }),
    extole: new SimulatorClient(`http://127.0.0.1:${ports.simulator}`),
    startForwarder,
    async restartIngest(own) {
      ingest = await startIngest(own);
      return ingest;
    },
    readEvents: () => readTopic(topics.events, brokers),
    async readOutcomes() {
      const records = await readTopic(topics.outcomes, brokers);
      return records.flatMap(({ value }) => (value === null ? [] : [JSON.parse(value) as Record<string, unknown>]));
    },
  };
}

/** A topic prefix that no other test has. */
export function newPrefix(): string {
  return `t${randomBytes(5).toString('hex')}.`;
}

function newKey(name: string): string {
  return `${name}-${randomBytes(12).toString('hex')}`;
}

/** A broker that many tests share slows down with every topic that is left behind. */
export async function deleteTopics(prefix: string, brokers: string): Promise<void> {
  await withAdmin(async (admin) => {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    if (topics.length > 0) await admin.deleteTopics({ topics });
  }, brokers);
}
