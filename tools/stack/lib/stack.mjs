import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { startApp } from './app-process.mjs';
import { requireReachable, startBroker } from './broker-part.mjs';
import { ensureBuilt } from './build.mjs';
import { withDotEnv } from './dot-env.mjs';
import { Interrupted, StackError } from './errors.mjs';
import { ensureInstalled } from './install.mjs';
import { listenForInterruption } from './interruption.mjs';
import { planStack, takenPortFault } from './plan.mjs';
import { isPortFree } from './ports.mjs';
import { brokerFaults } from './prerequisites.mjs';
import { privateFolder } from './private-folder.mjs';
import { createProgress } from './progress.mjs';
import { keptSubjectHashKey } from './subject-hash-key.mjs';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');
const CONSOLE_ENTRY = join('apps', 'console', 'src', 'main');

/** `npm start`: brings the stack up, waits for the end, and takes down what it has started, in reverse order. */
export async function main() {
  // A reader that went away (a pipe into head) is no reason to leave everything running.
  process.stdout.on('error', () => {});
  const progress = createProgress();
  /** In the order of their start. */
  const running = [];
  const signal = listenForInterruption(() => {
    for (const part of running) part.kill();
    process.exit(1);
  });

  try {
    await bringUp({ progress, signal, running });
    await untilTheEnd(running, signal);
  } catch (error) {
    if (!(error instanceof Interrupted)) {
      process.exitCode = 1;
      progress.note(error instanceof StackError ? `\n${error.message}\n` : error.stack);
    }
  } finally {
    await takeDown(running, progress);
  }
}

async function bringUp({ progress, signal, running }) {
  const environment = withDotEnv(join(ROOT, '.env'), process.env);
  const dataDir = resolve(ROOT, environment.STACK_DATA_DIR || '.data');
  const hasConsole = existsSync(join(ROOT, `${CONSOLE_ENTRY}.ts`));
  const plan = planStack(environment, { hasConsole, stateDir: join(dataDir, 'state'), indexDir: join(dataDir, 'console') });
  await refuseFaults(plan);

  await ensureInstalled({ root: ROOT, progress, signal });
  await ensureBuilt({ root: ROOT, progress, signal });

  // Not the data folder itself: somebody may have named one that is shared.
  for (const name of ['state', 'console']) privateFolder(join(dataDir, name));
  const env = plan.env;
  if (!env.SUBJECT_HASH_KEY && !env.SUBJECT_HASH_KEY_FILE)
    env.SUBJECT_HASH_KEY = keptSubjectHashKey(join(dataDir, 'subject-hash-key'));

  if (plan.parts.broker)
    running.push(await startBroker({ root: ROOT, dataDir, port: plan.ports.broker, kind: env.STACK_BROKER, progress, signal }));

  for (const app of appsOf(plan)) {
    await progress.step(app.name, async () => {
      const logPath = join(dataDir, 'logs', `${app.name}.log`);
      const part = startApp({ name: app.name, entry: join(ROOT, 'dist', `${app.entry}.js`), cwd: ROOT, env, logPath });
      running.push(part);
      await part.ready(app.readyUrl, signal);
    });
  }
  for (const line of help(plan, relative(process.cwd(), join(dataDir, 'logs')))) progress.note(line);
}

/** Everything that a person can set right, in one message, and before anything is started. */
async function refuseFaults({ parts, ports, faults, env }) {
  const taken = await Promise.all(
    Object.entries(ports).map(async ([name, port]) => ((await isPortFree(port)) ? [] : [takenPortFault(name, port)])),
  );
  const all = [...faults, ...taken.flat(), ...(parts.broker ? brokerFaults(env) : [])];
  if (all.length > 0) throw new StackError(all.join('\n'));
  if (!parts.broker) await requireReachable(env.KAFKA_BROKERS);
}

/** The apps of the plan, in the order in which they start: each finds what it needs already there. */
function appsOf({ parts, ports }) {
  const local = (port, path) => `http://127.0.0.1:${port}${path}`;
  return [
    ...(parts.simulator
      ? [
          {
            name: 'simulator',
            entry: join('tools', 'extole-simulator', 'src', 'main'),
            readyUrl: local(ports.simulator, '/_control/health'),
          },
        ]
      : []),
    { name: 'ingest', entry: join('apps', 'ingest', 'src', 'main'), readyUrl: local(ports.ingestAdmin, '/health/ready') },
    {
      name: 'forwarder',
      entry: join('apps', 'forwarder', 'src', 'main'),
      readyUrl: local(ports.forwarderAdmin, '/health/ready'),
    },
    ...(parts.console ? [{ name: 'console', entry: CONSOLE_ENTRY, readyUrl: local(ports.console, '/health/ready') }] : []),
  ];
}

function help({ parts, ports, env }, logs) {
  const ingest = `http://localhost:${ports.ingest}`;
  const extole = parts.simulator ? `http://localhost:${ports.simulator}` : env.EXTOLE_BASE_URL || 'https://api.extole.io';
  const tryIt = [
    '',
    'Try it:',
    `  curl -u ${env.SEGMENT_WRITE_KEYS?.split(',')[0]}: -H 'content-type: application/json' \\`,
    `    -d '{"userId":"userId123","event":"Login Button Clicked"}' ${ingest}/v1/track`,
    `  curl ${extole}/_control/ledger        # what Extole has received`,
    `  curl -u ${env.DELETION_KEYS?.split(',')[0]}: -H 'content-type: application/json' -d '{"userId":"userId123"}' ${ingest}/v1/delete`,
  ];
  return [
    // Keys of a real account stay off the screen.
    ...(parts.simulator ? tryIt : []),
    '',
    `API description: ${ingest}/docs   Logs: ${logs}/   Ctrl-C stops everything that was started here.`,
    `ready ingest=${ingest} console=${parts.console ? `http://localhost:${ports.console}` : '-'} extole=${extole}`,
  ];
}

/** Settles when the person asks for the end, and throws when a part dies by itself. */
async function untilTheEnd(running, signal) {
  const interrupted = new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });
  // Without this, a stack whose parts are silent would end by itself: nothing else keeps the event loop busy for certain.
  const keepAlive = setInterval(() => {}, 60_000);
  try {
    throw await Promise.race([interrupted, ...running.map((part) => part.exited)]);
  } finally {
    clearInterval(keepAlive);
  }
}

async function takeDown(running, progress) {
  for (const part of running.toReversed()) {
    if (part.hasEnded?.() === true) continue;
    await progress.step(`stop ${part.name}`, async () => {
      if ((await part.stop()) === false) progress.note(`${part.name} did not end in time and was killed.`);
    });
  }
}
