import 'reflect-metadata';
import { ConfigError, loadIngestSettings, type IngestSettings } from '#config';
import { createLogger, errorFields } from '#observability';
import { runIngest, type Ingest } from './run-ingest.ts';

const settings = readSettings();
const logger = createLogger({ app: 'ingest', level: settings.logLevel });
// Node's own report would print the error's message, which may quote what came in (P10).
process.on('uncaughtException', (error) => fail('crashed', error));

let ingest: Ingest | undefined;
process.once('SIGTERM', () => void stop('SIGTERM'));
process.once('SIGINT', () => void stop('SIGINT'));
try {
  ingest = await runIngest(settings, logger);
} catch (error) {
  fail('start_failed', error);
}

async function stop(signal: string): Promise<void> {
  logger.info('ingest_stopping', { signal });
  await ingest?.stop();
  logger.info('ingest_stopped');
  process.exit(0);
}

function readSettings(): IngestSettings {
  try {
    // eslint-disable-next-line no-restricted-properties -- the one place where this app's configuration enters
    return loadIngestSettings(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // For the person at the terminal, not for the log: there is no log level yet, and every fault needs its line.
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

function fail(event: string, error: unknown): never {
  logger.error(event, errorFields(error));
  process.exit(1);
}
