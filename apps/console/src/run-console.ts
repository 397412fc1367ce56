import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConsoleSettings } from '#config';
import { AuthenticationRefusedError, TokenUnavailableError, whatToCheck } from '#event-log';
import { errorFields, Metrics, type Logger } from '#observability';
import { measureConsole } from './console-metrics.ts';
import { ConsoleModule } from './console.module.ts';
import { createConsoleApp } from './http/create-console-app.ts';
import { Guard } from './http/guard.ts';
import { StaticFiles } from './http/static-files.ts';
import { openSources, type OpenSources } from './open-sources.ts';

/** The built page, beside the built program. */
const PAGE = join(import.meta.dirname, '..', 'web');
const KAFKA_RETRY_MS = 2_000;

export interface RunningConsole {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts the console; waits for Kafka, as the other apps do. @throws a system error if its port is taken */
export async function runConsole(settings: ConsoleSettings, log: Logger): Promise<RunningConsole> {
  const files = new StaticFiles(PAGE);
  const opened = await untilKafkaAnswers(settings, log);
  const guard = new Guard(settings, log);
  const metrics = new Metrics({ app: 'console' });
  measureConsole(metrics, opened.live);
  const app = await createConsoleApp(ConsoleModule.of({ settings, log, guard, metrics, opened }), guard, files);
  await app.listen(settings.port, settings.host);
  const port = Number(new URL(await app.getUrl()).port);
  log.info('console_listening', { host: settings.host, port });
  return {
    port,
    async stop() {
      await app.close();
      await opened.close();
    },
  };
}

async function untilKafkaAnswers(settings: ConsoleSettings, log: Logger): Promise<OpenSources> {
  for (;;) {
    try {
      return await openSources(settings, log);
    } catch (error) {
      if (!isOfKafka(error)) throw error;
      log.warn('kafka_does_not_answer', { ...whatToCheck(error), retryAfterMs: KAFKA_RETRY_MS, ...errorFields(error) });
      await delay(KAFKA_RETRY_MS);
    }
  }
}

function isOfKafka(error: unknown): boolean {
  if (error instanceof AuthenticationRefusedError || error instanceof TokenUnavailableError) return true;
  return error instanceof Error && error.name.startsWith('KafkaJS');
}
