import 'reflect-metadata';
import { ConfigError, loadConsoleSettings, type ConsoleSettings } from '#config';
import { createLogger, endAfterDrain, endProcess, errorFields } from '#observability';
import { runConsole, type RunningConsole } from './run-console.ts';

// Its index is for its own user alone.
process.umask(0o077);
const settings = readSettings();
const log = createLogger({ app: 'console', level: settings.logLevel });
// A bug. The console holds nothing that the topics do not; a fresh one begins where the index was last kept.
process.on('uncaughtException', (error) => {
  log.error('uncaught_exception', errorFields(error));
  void endProcess(1);
});

let running: RunningConsole | undefined;
process.once('SIGTERM', () => void stop('SIGTERM'));
process.once('SIGINT', () => void stop('SIGINT'));
try {
  running = await runConsole(settings, log);
} catch (error) {
  log.error('start_failed', errorFields(error));
  if (error instanceof Error) process.stderr.write(`${error.message}\n`);
  await endProcess(1);
}

async function stop(signal: string): Promise<void> {
  log.info('console_stopping', { signal });
  endAfterDrain(0, log);
  await running?.stop();
  log.info('console_stopped');
  await endProcess(0);
}

function readSettings(): ConsoleSettings {
  try {
    // eslint-disable-next-line no-restricted-properties -- the one place where this app's configuration enters
    return loadConsoleSettings(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
