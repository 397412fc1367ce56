import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalKafka } from '../../tools/local-kafka/local-kafka.mjs';
import { freePort } from '../../tools/stack/lib/ports.mjs';

/** What the e2e run has for all of its tests: a folder, and a broker unless TEST_KAFKA_BROKERS already names one. */
const shared = { folder: undefined, broker: undefined };

export async function setUpSharedBroker() {
  shared.folder = mkdtempSync(join(tmpdir(), 'bridge-e2e-'));
  process.env.TEST_PROCESS_REGISTRY = join(shared.folder, 'processes.jsonl');
  writeFileSync(process.env.TEST_PROCESS_REGISTRY, '');
  if (process.env.TEST_KAFKA_BROKERS) return;
  shared.broker = await startLocalKafka({
    port: await freePort(),
    dataDir: join(shared.folder, 'kafka'),
    log: (text) => process.stderr.write(`${text}\n`),
  });
  process.env.TEST_KAFKA_BROKERS = shared.broker.brokers;
}

export async function tearDownSharedBroker() {
  await shared.broker?.stop();
  if (shared.folder !== undefined) rmSync(shared.folder, { recursive: true, force: true });
}
