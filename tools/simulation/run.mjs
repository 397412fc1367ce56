/**
 * The core in its simulated world, many schedules at once.
 *
 *     npm run simulate                             20,000 schedules
 *     npm run simulate -- --schedules 1000000      as long as you like; --from N begins at another seed
 *     npm run simulate -- --seed 17738             one schedule; --records M for a smaller one of its kind
 *
 * Ends with 1 if a promise was broken: the seed is printed with the smallest schedule of its kind that breaks it too.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createProgress } from '../stack/lib/progress.mjs';
import { compileSimulation } from './compile.mjs';
import { SCHEDULES, simulateMany } from './simulate.mjs';

const ROOT = join(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: String(SCHEDULES) },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    records: { type: 'string' },
  },
});

process.exitCode = values.seed === undefined ? await many() : await one(Number(values.seed));

async function many() {
  const schedules = Number(values.schedules);
  const failures = await createProgress().step(`${schedules} simulated schedules`, (detail) =>
    simulateMany({ root: ROOT, schedules, from: Number(values.from), ran: (total) => detail(`${total} of ${schedules}`) }),
  );
  for (const { seed, broken } of failures) console.log(`seed ${seed}:\n  ${broken.join('\n  ')}`);
  return failures.length === 0 ? 0 : 1;
}

async function one(seed) {
  const { simulate } = await import(await compileSimulation(ROOT));
  const broken = simulate(seed, values.records === undefined ? undefined : Number(values.records));
  console.log(broken.length === 0 ? `seed ${seed} keeps its promises` : broken.join('\n'));
  return broken.length === 0 ? 0 : 1;
}
