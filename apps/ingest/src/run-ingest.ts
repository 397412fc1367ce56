import { setTimeout } from 'node:timers/promises';
import type { IngestSettings } from '#config';
import {
  createKafka,
  ensureTopics,
  LogWriter,
  requireRights,
  rightMissingIn,
  rightsOf,
  TopicMismatchError,
  topicSpecs,
  whatToCheck,
} from '#event-log';
import { AdminServer, errorFields, Metrics, startTracing, type Health, type Logger } from '#observability';
import { createIngestApp } from './create-ingest-app.ts';

/** How long open requests may take to finish during a shutdown, in milliseconds; compose and the chart kill after 40 s. */
export const DRAIN_TIMEOUT_MS = 20_000;
/** Between two attempts to reach Kafka at the start. */
const KAFKA_RETRY_MS = 2_000;

export interface Ingest {
  /** The ports that it listens on. */
  readonly port: number;
  readonly adminPort: number;
  /** Takes no more, finishes what is in flight, writes what waits, and closes everything. */
  stop(): Promise<void>;
}

/**
 * Starts ingest against Kafka. While Kafka does not answer it waits, not ready, for as long as it takes.
 *
 * @throws TopicMismatchError if the topics are not as a promise needs them; AdminPortError or a system error if a port is taken
 */
export async function runIngest(settings: IngestSettings, logger: Logger): Promise<Ingest> {
  const metrics = new Metrics({ app: 'ingest' });
  const tracing = await startTracing('ingest', settings.tracing, logger);
  const kafka = createKafka(settings.kafka, logger);
  const writer = new LogWriter({ kafka, log: logger, maxQueuedBytes: settings.logQueueBytes });
  measureLog(metrics, writer);

  let stage: 'starting' | 'running' | 'stopping' = 'starting';
  /** What it lacks to start. */
  let lacking: readonly string[] = [];
  const admin = new AdminServer({
    host: settings.adminHost,
    names: settings.adminNames,
    port: settings.adminPort,
    portVariable: 'INGEST_ADMIN_PORT',
    metrics,
    live: () => ({ ok: true, reasons: [] }),
    // What it may not write is one source's trouble, and the same for every replica: told, and no reason to be taken out.
    ready: () => ({
      ...healthOf([
        stage === 'running' ? undefined : stage,
        ...(writer.available ? [] : ['log_unavailable', kafka.lockedOut()]),
        ...lacking,
      ]),
      notices: writer.refused,
    }),
  });
  // First, so that an orchestrator sees a process that is alive while Kafka keeps it waiting.
  const adminPort = await admin.listen();

  const specs = settings.sources.flatMap((source) => topicSpecs(settings.topics, source));
  const sourceIds = settings.sources.map(({ id }) => id);
  const needed = rightsOf(['ingest'], { prefix: settings.topics.prefix, groupId: '', sourceIds });
  await untilKafkaAnswers(
    logger,
    async () => {
      await requireRights(kafka, needed);
      await ensureTopics(kafka, specs, logger);
      await writer.connect();
    },
    (lines) => (lacking = lines),
  );
  const app = await createIngestApp({ settings, appender: writer, logger, metrics, tracing });
  await app.listen(settings.port, settings.host);
  const port = Number(new URL(await app.getUrl()).port);
  stage = 'running';
  logger.info('ingest_listening', { host: settings.host, port });

  return {
    port,
    adminPort,
    async stop() {
      stage = 'stopping';
      const overdue = setTimeout(DRAIN_TIMEOUT_MS, undefined, { ref: false });
      void overdue.then(() => app.getHttpAdapter().getInstance().server.closeAllConnections());
      await app.close();
      // After the app: what its last requests wait for is still in the writer.
      await writer.close();
      await tracing.close();
      await admin.close();
    },
  };
}

/** Waiting beats exiting: an orchestrator would restart us at growing intervals, and so find Kafka later than we do. */
async function untilKafkaAnswers(
  logger: Logger,
  attempt: () => Promise<void>,
  lacks: (lines: readonly string[]) => void,
): Promise<void> {
  for (;;) {
    try {
      await attempt();
      return lacks([]);
    } catch (error) {
      if (error instanceof TopicMismatchError) throw error;
      const reasons = rightMissingIn(error)?.lines ?? [];
      lacks(reasons);
      if (reasons.length > 0) logger.warn('right_missing', { reasons, retryAfterMs: KAFKA_RETRY_MS });
      else logger.warn('kafka_does_not_answer', { ...whatToCheck(error), ...errorFields(error), retryAfterMs: KAFKA_RETRY_MS });
      await setTimeout(KAFKA_RETRY_MS);
    }
  }
}

/** What the way into the log looks like from here. */
export function measureLog(metrics: Metrics, writer: Pick<LogWriter, 'available' | 'queued' | 'queuedBytes'>): void {
  metrics.gauge({
    name: 'bridge_log_available',
    help: '1 while Kafka takes what is appended to it, 0 while it does not',
    collect: (gauge) => gauge.set(writer.available ? 1 : 0),
  });
  metrics.gauge({
    name: 'bridge_ingest_log_queue_records',
    help: 'Records that wait for their acknowledgement by Kafka.',
    collect: (gauge) => gauge.set(writer.queued),
  });
  metrics.gauge({
    name: 'bridge_ingest_log_queue_bytes',
    help: 'Bytes of the records that wait for their acknowledgement by Kafka.',
    collect: (gauge) => gauge.set(writer.queuedBytes),
  });
}

function healthOf(faults: readonly (string | undefined)[]): Health {
  const reasons = faults.filter((fault) => fault !== undefined);
  return { ok: reasons.length === 0, reasons };
}
