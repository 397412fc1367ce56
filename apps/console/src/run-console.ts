import { join } from 'node:path';
import type { ConsoleSettings } from '#config';
import type { Logger } from '#observability';
import { ConsoleModule } from './console.module.ts';
import { createConsoleApp } from './http/create-console-app.ts';
import { Guard } from './http/guard.ts';
import { StaticFiles } from './http/static-files.ts';

/** The built page, beside the built program. */
const PAGE = join(import.meta.dirname, '..', 'web');

export interface RunningConsole {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts the console. @throws a system error if its port is taken */
export async function runConsole(settings: ConsoleSettings, log: Logger): Promise<RunningConsole> {
  const guard = new Guard(settings.token);
  const app = await createConsoleApp(ConsoleModule.register(settings, log, guard), guard, new StaticFiles(PAGE));
  await app.listen(settings.port, settings.host);
  const port = Number(new URL(await app.getUrl()).port);
  log.info('console_listening', { host: settings.host, port });
  return { port, stop: () => app.close() };
}
