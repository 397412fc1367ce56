import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startLocalKafka } from '../../tools/local-kafka/local-kafka.mjs';
import { ensureBuilt } from '../../tools/stack/lib/build.mjs';
import { Interrupted } from '../../tools/stack/lib/errors.mjs';
import { ensureInstalled } from '../../tools/stack/lib/install.mjs';
import { listenForInterruption } from '../../tools/stack/lib/interruption.mjs';
import { freePort } from '../../tools/stack/lib/ports.mjs';
import { createProgress } from '../../tools/stack/lib/progress.mjs';
import { machine } from './machine.mjs';
import { ROOT } from './places.mjs';
import { SCALES } from './scale.mjs';

const USAGE = `npm run bench                     everything, as in bench/README.md (about 40 minutes)
npm run bench -- --quick          the same in a few minutes
npm run bench -- --only SECTION   one section (again for more)
npm run bench -- --contestant ID  of the contestants only this one (again for more)
npm run bench -- --against DIR    beside this version of the apps, the built one of another checkout (an absolute path)
npm run bench -- --node-arg=ARG   starts our processes with it, such as a flag of V8's (again for more)
npm run bench -- --profile        with a CPU profile of each of our processes under .data/bench/profiles (see bench/flame-graph.mjs)
npm run bench -- --write          puts the tables into bench/README.md`;

/** `npm run bench`. Returns the exit code. */
export async function main(args) {
  const options = readOptions(args);
  if (options === undefined) {
    console.error(USAGE);
    return 2;
  }
  const progress = createProgress();
  const signal = listenForInterruption(() => process.exit(130));
  signal.addEventListener('abort', () => process.exit(130));
  try {
    if (!options.built) {
      await ensureInstalled({ root: ROOT, progress, signal });
      await ensureBuilt({ root: ROOT, progress, signal });
    }
    // Only now: the sections are made of what has just been built.
    const { runSections } = await import('./run-sections.mjs');
    return await withBroker(progress, options, (brokers, folder) =>
      runSections({ ...options, brokers, folder, progress, machine: machine() }),
    );
  } catch (error) {
    if (!(error instanceof Interrupted)) console.error(error.stack ?? error);
    return 1;
  }
}

async function withBroker(progress, { brokers, keep }, work) {
  const folder = join(ROOT, '.data', 'bench', String(process.pid));
  mkdirSync(folder, { recursive: true });
  const broker = brokers === undefined ? await ownBroker(progress, folder) : undefined;
  try {
    return await work(brokers ?? broker.brokers, folder);
  } finally {
    await broker?.stop();
    if (!keep) rmSync(folder, { recursive: true, force: true });
  }
}

async function ownBroker(progress, folder) {
  const port = await freePort();
  return progress.step('start a broker', (detail) =>
    startLocalKafka({ port, dataDir: join(folder, 'kafka'), heapMb: 768, log: detail }),
  );
}

function readOptions(args) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        quick: { type: 'boolean', default: false },
        smoke: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true },
        contestant: { type: 'string', multiple: true },
        brokers: { type: 'string' },
        rounds: { type: 'string' },
        against: { type: 'string' },
        'node-arg': { type: 'string', multiple: true },
        profile: { type: 'boolean', default: false },
        built: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
      },
    });
    const name = values.smoke ? 'smoke' : values.quick ? 'quick' : 'full';
    return { ...values, scaleName: name, scale: withRounds(SCALES[name], values.rounds) };
  } catch {
    return undefined;
  }
}

function withRounds(scale, rounds) {
  if (rounds === undefined) return scale;
  const count = Math.max(1, Math.floor(Number(rounds)));
  return Object.fromEntries(
    Object.entries(scale).map(([name, value]) => [name, value?.rounds === undefined ? value : { ...value, rounds: count }]),
  );
}
