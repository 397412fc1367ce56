import { SimulatorPortError, startSimulator } from './server.ts';
import { SettingError, readSettings } from './settings.ts';

type Level = 'info' | 'error';

function log(level: Level, event: string, fields: Readonly<Record<string, string | number>> = {}): void {
  process.stdout.write(
    `${JSON.stringify({ level, time: new Date().toISOString(), app: 'extole-simulator', event, ...fields })}\n`,
  );
}

async function main(): Promise<void> {
  // eslint-disable-next-line no-restricted-properties -- a tool imports none of our libraries, so this is where its settings enter
  const settings = readSettings(process.env);
  const simulator = await startSimulator(settings);
  log('info', 'listening', { host: settings.host, port: simulator.port });
  const stop = (signal: NodeJS.Signals) => {
    log('info', 'stopping', { signal });
    // Nothing else keeps the process alive, so it ends with 0 by itself.
    void simulator.close();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: unknown) => {
  if (!(error instanceof SettingError || error instanceof SimulatorPortError)) throw error;
  log('error', 'start_failed', { code: error.code, message: error.message });
  process.exitCode = 1;
});
