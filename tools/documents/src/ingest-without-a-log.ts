import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { loadIngestSettings } from '#config';
import { Metrics, silentLogger } from '#observability';
import { createIngestApp } from '../../../apps/ingest/src/create-ingest-app.ts';
import { measureLog } from '../../../apps/ingest/src/run-ingest.ts';

/** Ingest put together as when it runs, but for Kafka and its ports: to be asked what it offers, not to be sent to. */
export async function ingestWithoutALog(): Promise<{ readonly app: NestFastifyApplication; readonly metrics: Metrics }> {
  const metrics = new Metrics({ app: 'ingest' });
  measureLog(metrics, { available: false, queued: 0, queuedBytes: 0 });
  const app = await createIngestApp({
    settings: loadIngestSettings({ EXTOLE_ACCESS_TOKEN: 'none', SUBJECT_HASH_KEY: 'described-but-never-run' }),
    appender: { append: () => Promise.reject(new Error('there is no log behind this')) },
    logger: silentLogger,
    metrics,
  });
  return { app, metrics };
}
