import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import type { AsyncMicroserviceOptions } from '@nestjs/microservices';
import type { INestMicroservice } from '@nestjs/common';
import { ConfigError, loadForwarderSettings, type ForwarderSettings } from '#config';
import {
  clusterId,
  createKafka,
  ensureTopics,
  LogWriter,
  PartitionReader,
  requireRights,
  rightMissingIn,
  rightsOf,
  TopicMismatchError,
  topicSpecs,
  whatToCheck,
  withAdmin,
  type LogClient,
} from '#event-log';
import {
  AdminServer,
  createLogger,
  endAfterDrain,
  endProcess,
  errorFields,
  Metrics,
  startTracing,
  type Logger,
  type Tracing,
} from '#observability';
import { ForwarderModule } from './forwarder.module.ts';
import { ForwarderService } from './forwarder.service.ts';
import { MemberFile } from './ownership/member-file.ts';
import { advertisedUrl } from './status/advertised-url.ts';
import { ForwarderStatus } from './status/forwarder-status.ts';
import { Startup } from './status/startup.ts';
import { TokenCheck } from './status/token-check.ts';
import { TRACING } from './tokens.ts';
import { LogTransport } from './transport/log-transport.ts';

const BROKER_RETRY_MS = 2_000;
// What it keeps under STATE_DIR is for its own user alone.
process.umask(0o077);

/** Log in, Extole out. Configured by environment alone; SIGTERM drains and exits 0, or 1 if that was not done in time. */
async function main(): Promise<void> {
  const settings = readSettings();
  const log = createLogger({ app: 'forwarder', level: settings.logLevel });
  const metrics = new Metrics({ app: 'forwarder' });
  const startup = new Startup();
  let status: ForwarderStatus | Startup = startup;
  const admin = await openAdmin(settings, metrics, () => status);
  const kafka = createKafka(settings.kafka, log);
  await untilTopicsStand(kafka, settings, startup, log);

  const tracing = await startTracing('forwarder', settings.tracing, log);
  const module = ForwarderModule.register({
    settings,
    log,
    metrics,
    tracing,
    kafka,
    cluster: await clusterId(kafka),
    crashed: (error) => {
      // kafkajs has given up for good; only a new process helps, and an orchestrator starts one.
      log.error('consumer_crashed', errorFields(error));
      void endProcess(1);
    },
  });
  const app = await NestFactory.createMicroservice<AsyncMicroserviceOptions>(module, {
    logger: false,
    // Otherwise Nest ends the process without a word when a dependency cannot be made.
    abortOnError: false,
    useFactory: (transport: LogTransport) => ({ strategy: transport }),
    inject: [LogTransport],
  });
  await app.get(LogWriter).connect();
  await app.get(PartitionReader).connect();
  await leaveAsPredecessor(kafka, settings.groupId, app.get(MemberFile), log);
  status = app.get(ForwarderStatus);
  stopOnSignals(app, admin, settings, log);
  await app.listen();
  app.get(TokenCheck).start();
  log.info('started', { group: settings.groupId, port: admin.port });
}

/** Kafka may come up after us, and rights may be given late: wait for them, as ingest does. Topics that are not as they must be are an error at once. */
async function untilTopicsStand(kafka: LogClient, settings: ForwarderSettings, startup: Startup, log: Logger): Promise<void> {
  const { sources, topics, groupId } = settings;
  const specs = sources.flatMap((source) => topicSpecs(topics, source));
  const needed = rightsOf(['forwarder'], { prefix: topics.prefix, groupId, sourceIds: sources.map(({ id }) => id) });
  for (;;) {
    try {
      // Before anything is called: what could not be written down afterwards would be called again and again (P4).
      await requireRights(kafka, needed);
      await ensureTopics(kafka, specs, log);
      return;
    } catch (error) {
      if (error instanceof TopicMismatchError) throw error;
      const reasons = rightMissingIn(error)?.lines;
      if (reasons !== undefined) log.warn('right_missing', { reasons, retryAfterMs: BROKER_RETRY_MS });
      else log.warn('kafka_does_not_answer', { ...whatToCheck(error), retryAfterMs: BROKER_RETRY_MS, ...errorFields(error) });
      const { setting, reason } = whatToCheck(error);
      startup.waitsFor(reasons ?? [`it does not answer; check ${setting}${reason === undefined ? '' : `: ${reason}`}`]);
      await delay(BROKER_RETRY_MS);
    }
  }
}

function readSettings(): ForwarderSettings {
  // eslint-disable-next-line no-restricted-properties -- the one place where this app reads its environment
  return loadForwarderSettings(process.env);
}

/** Before anything is waited for: an orchestrator that gets no answer would start the process anew, and nobody be told what it waits for. */
async function openAdmin(
  settings: ForwarderSettings,
  metrics: Metrics,
  status: () => ForwarderStatus | Startup,
): Promise<{ server: AdminServer; port: number }> {
  const server = new AdminServer({
    host: settings.adminHost,
    // The console asks by what is advertised.
    names: [...settings.adminNames, new URL(advertisedUrl(settings)).hostname],
    port: settings.adminPort,
    portVariable: 'FORWARDER_ADMIN_PORT',
    metrics,
    live: () => status().live(),
    ready: () => status().ready(),
    routes: { '/status': () => status().status() },
  });
  return { server, port: await server.listen() };
}

/** After a `kill -9` the group still waits for the former run of this process; taking it out saves its session timeout. */
async function leaveAsPredecessor(kafka: LogClient, groupId: string, { formerMemberId }: MemberFile, log: Logger): Promise<void> {
  if (formerMemberId === undefined) return;
  try {
    await withAdmin(kafka, (admin) => admin.removeMember(groupId, formerMemberId));
    log.info('predecessor_left', { group: groupId });
  } catch (error) {
    // It has left by itself, or its session has ended: as good.
    log.debug('predecessor_gone', { group: groupId, ...errorFields(error) });
  }
}

function stopOnSignals(
  app: INestMicroservice,
  admin: { server: AdminServer },
  { drainTimeoutMs }: ForwarderSettings,
  log: Logger,
): void {
  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log.info('stopping', { signal });
    endAfterDrain(drainTimeoutMs, log);
    app.get(TokenCheck).stop();
    const isDrained = await app.get(ForwarderService).stop();
    await app.close();
    await app.get(PartitionReader).close();
    await app.get(LogWriter).close();
    await app.get<Tracing>(TRACING).close();
    await admin.server.close();
    log.info('stopped');
    await endProcess(isDrained ? 0 : 1);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stop(signal).catch((error: unknown) => {
        log.error('stop_failed', errorFields(error));
        void endProcess(1);
      });
    });
  }
}

process.on('uncaughtException', (error: Error) => {
  // A bug. What is in flight is in doubt, and P4 covers it; going on in an unknown state is not covered by anything.
  process.stderr.write(
    `${JSON.stringify({ level: 'fatal', app: 'forwarder', event: 'uncaught_exception', ...errorFields(error), stack: placesOf(error) })}\n`,
  );
  process.exit(1);
});

/** The stack's places alone: the first line is the message, which may quote a value (P10). */
function placesOf(error: Error): string {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .join('\n');
}

main().catch((error: unknown) => {
  // Before there is a logger, or where the operator has to act: the message says what to do.
  process.stderr.write(
    `${error instanceof ConfigError || error instanceof Error ? error.message : 'the forwarder could not start'}\n`,
  );
  void endProcess(1);
});
