import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { loadConsoleSettings, type Environment } from '#config';
import { Metrics, silentLogger, type Logger } from '#observability';
import { tempFolder } from '../../../../test/support/temp-folder.ts';
import { ConsoleSources } from '../console-source.ts';
import { ConsoleModule } from '../console.module.ts';
import { createConsoleApp } from '../http/create-console-app.ts';
import { Guard } from '../http/guard.ts';
import { StaticFiles } from '../http/static-files.ts';
import { LiveService } from '../live/live.service.ts';

/** A route as the router has it. */
export interface DeclaredRoute {
  readonly method: string;
  /** With its parameters: `/api/deletions/:id`. */
  readonly url: string;
}

/** The console's HTTP app without Kafka: it has no sources, but all routes, files and the guard. */
export interface RunningConsoleApp {
  readonly url: string;
  /** Everything that the router knows, HEAD included. */
  readonly routes: readonly DeclaredRoute[];
  /** The routes of the requests that the guard has let through, as `GET /api/overview`. */
  readonly reached: Set<string>;
  close(): Promise<void>;
}

/** Characters by which a level of the router's plan stands further in. */
const INDENT = 4;
const PAGE_FILES = { 'index.html': '<!doctype html>', 'main.js': 'export {};', 'styles/base.css': 'body {}' };

/** @param env how one signs in: `CONSOLE_*` */
export async function startConsoleApp(env: Environment = {}, log: Logger = silentLogger): Promise<RunningConsoleApp> {
  const settings = loadConsoleSettings({
    EXTOLE_ACCESS_TOKEN: 'none',
    SUBJECT_HASH_KEY: 'described-but-never-run',
    ...env,
  });
  const guard = new Guard(settings, log);
  const opened = { sources: new ConsoleSources([]), live: liveOfNothing() };
  const module = ConsoleModule.of({ settings, log, guard, metrics: new Metrics({ app: 'console' }), opened });
  const app = await createConsoleApp(module, guard, new StaticFiles(pageFolder()));

  const reached = new Set<string>();
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  // Behind the guard's own hook, which lets nothing come here that it refuses.
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (!request.is404) reached.add(`${request.method} ${request.routeOptions.url}`);
    done();
  });
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), routes: routesOf(fastify), reached, close: () => app.close() };
}

/** The address of a route with its parameters filled in. */
export function addressOf(url: string, parameters: Readonly<Record<string, string>>): string {
  return url.replace(/:(\w+)/g, (_, name: string) => parameters[name] ?? name);
}

/** Of the router's own plan: wherever a route was declared, it stands in there. @throws if the plan has a line that is not understood */
function routesOf(fastify: FastifyInstance): DeclaredRoute[] {
  const above: string[] = [];
  return fastify
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const [, indent, part, methods] = /^([│ ]*)[├└]── (\S+)(?: \(([A-Z, -]+)\))?$/.exec(line) ?? [];
      if (indent === undefined || part === undefined) throw new Error(`a line of the router's plan is not understood: ${line}`);
      above.length = indent.length / INDENT;
      above.push(part);
      const url = above.join('');
      return methods?.split(', ').map((method) => ({ method, url })) ?? [];
    });
}

function pageFolder(): string {
  const folder = tempFolder('page');
  for (const [path, text] of Object.entries(PAGE_FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function liveOfNothing(): LiveService {
  return new LiveService({
    cluster: { look: () => Promise.reject(new Error('there is no cluster behind this')), close: () => Promise.resolve() },
    watches: new Map(),
    sourceOf: () => undefined,
    besides: () => ({ deadLetters: 0, openDeletions: 0, stop: undefined }),
    index: () => ({ caughtUp: true, behind: 0, outcomes: 0, bytes: 0 }),
    log: silentLogger,
  });
}
