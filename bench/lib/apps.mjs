import { join } from 'node:path';
import { freePort } from '../../tools/stack/lib/ports.mjs';
import { ROOT } from './places.mjs';
import { MeasuredProcess } from './process.mjs';

export const WRITE_KEY = 'bench-write-key';
/** So that hashes made by the benchmark meet those of the apps. */
export const SUBJECT_HASH_KEY = 'a key for the benchmarks alone';

/** The forwarder as `npm run start:forwarder` would run it, with its shipped settings but for what the benchmark is about. */
export async function startForwarder({
  brokers,
  topics,
  group,
  destination,
  concurrency,
  folder,
  name = 'forwarder',
  stateDir,
  nodeArgs = [],
  root = ROOT,
}) {
  const adminPort = await freePort();
  const forwarder = new MeasuredProcess({
    name,
    command: process.execPath,
    args: [...nodeArgs, join(root, 'dist/apps/forwarder/src/main.js')],
    env: {
      ...commonEnv(brokers, topics),
      FORWARDER_GROUP_ID: group,
      FORWARDER_ADMIN_PORT: String(adminPort),
      EXTOLE_BASE_URL: destination.url,
      EXTOLE_MAX_CONCURRENCY: String(concurrency),
      STATE_DIR: stateDir ?? join(folder, `${name}-state`),
    },
    logPath: join(folder, `${name}.log`),
    cwd: folder,
  });
  forwarder.adminUrl = `http://127.0.0.1:${adminPort}`;
  return forwarder;
}

/** Ingest likewise; ready when this resolves. */
export async function startIngest({ brokers, topics, folder, nodeArgs = [], root = ROOT }) {
  const [port, adminPort] = [await freePort(), await freePort()];
  const ingest = new MeasuredProcess({
    name: 'ingest',
    command: process.execPath,
    args: [...nodeArgs, join(root, 'dist/apps/ingest/src/main.js')],
    env: {
      ...commonEnv(brokers, topics),
      INGEST_HOST: '127.0.0.1',
      INGEST_PORT: String(port),
      INGEST_ADMIN_PORT: String(adminPort),
    },
    logPath: join(folder, 'ingest.log'),
    cwd: folder,
  });
  ingest.address = `127.0.0.1:${port}`;
  return ingest.answering(`http://127.0.0.1:${adminPort}/health/ready`);
}

/** What every program of ours is told. */
export function commonEnv(brokers, topics) {
  return {
    KAFKA_BROKERS: brokers,
    TOPIC_PREFIX: topics.prefix,
    TOPIC_PARTITIONS: String(topics.partitions),
    TOPIC_REPLICATION: '1',
    SEGMENT_WRITE_KEYS: WRITE_KEY,
    DELETION_KEYS: 'bench-deletion-key',
    EXTOLE_ACCESS_TOKEN: 'bench-token',
    SUBJECT_HASH_KEY,
  };
}
