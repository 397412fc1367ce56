import 'reflect-metadata';
import { ConfigError, loadIngestSettings, type IngestSettings } from '#config';
import { createLogger, endAfterDrain, endProcess, errorFields } from '#observability';
import { fatalLine } from './fatal-line.ts';
import { DRAIN_TIMEOUT_MS, runIngest, type Ingest } from './run-ingest.ts';

const settings = readSettings();
const logger = createLogger({ app: 'ingest', level: settings.logLevel });
// A bug, also one of a promise that nobody awaits. What was acknowledged is in Kafka (P1); going on in an unknown state is covered by nothing.
process.on('uncaughtException', (error) => {
  process.stdout.write(fatalLine(error, new Date()));
  process.exit(1);
});

let ingest: Ingest | undefined;
process.once('SIGTERM', () => void stop('SIGTERM'));
process.once('SIGINT', () => void stop('SIGINT'));
try {
  ingest = await runIngest(settings, logger);
} catch (error) {
  logger.error('start_failed', errorFields(error));
  await endProcess(1);
}

async function stop(signal: string): Promise<void> {
  logger.info('ingest_stopping', { signal });
  endAfterDrain(DRAIN_TIMEOUT_MS, logger);
  await ingest?.stop();
  logger.info('ingest_stopped');
  await endProcess(0);
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
