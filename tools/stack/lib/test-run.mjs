import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SCHEDULES, simulateMany } from '../../simulation/simulate.mjs';
import { audit } from './audit.mjs';
import { ensureBuilt } from './build.mjs';
import { runQuietly } from './command.mjs';
import { Interrupted, StackError } from './errors.mjs';
import { ensureInstalled } from './install.mjs';
import { listenForInterruption } from './interruption.mjs';
import { runJest } from './jest-stage.mjs';
import { licenceFaults } from './licences.mjs';
import { ltsStage } from './lts-stage.mjs';
import { createProgress } from './progress.mjs';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');
const CACHE = join(ROOT, '.cache');
const STAGES = ['lint', 'types', 'licences', 'audit', 'build', 'simulation', 'unit', 'e2e', 'lts'];

const USAGE = `npm test                        everything
npm test -- --only STAGE        one stage (again for more): ${STAGES.join(', ')}
npm test -- PATTERN             the unit and end-to-end tests whose path matches`;

/** `npm test`: every stage, whatever the ones before it said; the last line is the count. */
export async function main(args) {
  const progress = createProgress();
  const signal = listenForInterruption(() => process.exit(130));
  try {
    const { stages, patterns } = selection(args);
    await ensureInstalled({ root: ROOT, progress, signal });
    const results = await runStages(stages, { patterns, progress, signal });
    report(results, progress);
  } catch (error) {
    process.exitCode = error instanceof Interrupted ? 130 : 1;
    if (error instanceof Interrupted) return;
    progress.note(error instanceof StackError ? error.message : error.stack);
    progress.note('0 passed, 1 failed');
  }
}

function selection(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { only: { type: 'string', multiple: true } },
    });
    const unknown = values.only?.find((stage) => !STAGES.includes(stage));
    if (unknown !== undefined) throw new Error(`There is no stage ${unknown}.`);
    const usual = positionals.length > 0 ? ['build', 'unit', 'e2e'] : STAGES;
    return { stages: values.only ?? usual, patterns: positionals };
  } catch (error) {
    throw new StackError(`${error.message}\n\n${USAGE}`);
  }
}

/** `{name, passed, failures[]}` of each stage; a failure is a text that names it. */
async function runStages(stages, { patterns, progress, signal }) {
  mkdirSync(CACHE, { recursive: true });
  const results = [];
  const run = async (name, stage) => {
    if (stages.includes(name)) results.push({ name, ...(await stage()) });
  };
  const jest = (project, extra) =>
    runJest({ root: ROOT, project, patterns, extra, outputFile: join(CACHE, `jest-${project}.json`), progress, signal });
  let isBuilt;
  const build = () => (isBuilt ??= check('build', () => ensureBuilt({ root: ROOT, progress, signal }), { progress, signal }));
  const otherLooks = async () => {
    for (const project of ['tsconfig.json', 'apps/console/web/tsconfig.json']) {
      await run('types', () =>
        tool(`types (tsc -p ${project})`, ['typescript', 'bin', 'tsc'], ['--noEmit', '-p', project], { progress, signal }),
      );
    }
    await run('licences', () => licencesStage({ progress, signal }));
    await run('audit', () => auditStage({ progress, signal }));
    await run('build', build);
  };

  // ESLint takes as long as all the other looks at the code, and a core of its own.
  await Promise.all([
    run('lint', () => tool('lint (eslint)', ['eslint', 'bin', 'eslint.js'], ['.', '--max-warnings', '0'], { progress, signal })),
    otherLooks(),
  ]);
  await run('simulation', () => simulationStage({ progress, signal }));
  // Jest would leave one core to itself, of two.
  await run('unit', () => jest('unit', ['--maxWorkers=100%']));
  // The apps under test are the built ones: tests of an older build would say nothing about this one.
  await run('e2e', async () => {
    const built = await build();
    return built.failures.length > 0
      ? { passed: 0, failures: ['e2e: not run, because the build failed'] }
      : jest('e2e', ['--maxWorkers=3']);
  });
  await run('lts', () => ltsStage({ root: ROOT, build, progress, signal }));
  return results.sort((a, b) => STAGES.indexOf(a.name) - STAGES.indexOf(b.name));
}

function licencesStage({ progress, signal }) {
  const name = 'licences of production packages';
  return check(
    name,
    () =>
      progress.step(name, async () => {
        const faults = licenceFaults(ROOT);
        if (faults.length > 0) throw new StackError(`Not in the list of allowed licences:\n${faults.join('\n')}`);
      }),
    { progress, signal },
  );
}

/** The core in its simulated world; the stage counts as one test. */
async function simulationStage({ progress, signal }) {
  const name = `simulation (${SCHEDULES} schedules)`;
  let broken = [];
  const result = await check(
    name,
    () =>
      progress.step(name, async (detail) => {
        broken = await simulateMany({ root: ROOT, schedules: SCHEDULES, signal, ran: (total) => detail(`${total}`) });
      }),
    { progress, signal },
  );
  for (const { seed, broken: promises } of broken) progress.note(`  seed ${seed}: ${promises.join('; ')}`);
  if (broken.length === 0) return result;
  return { passed: 0, failures: broken.map(({ seed }) => `simulation: npm run simulate -- --seed ${seed}`) };
}

/** Without an answer of the registry nothing is known, which must stop nobody who works offline, and must not look like an all-clear. */
async function auditStage({ progress, signal }) {
  const { kind, lines } = await progress.step('audit of production packages (npm audit)', () => audit({ root: ROOT, signal }));
  if (kind === 'unavailable') {
    progress.note(`  skipped: the registry offers no audit (${lines.join()})`);
    return { passed: 0, failures: [], skipped: 1 };
  }
  for (const line of lines) progress.note(`  ${line}`);
  return kind === 'clean' ? { passed: 1, failures: [] } : { passed: 0, failures: ['audit: known vulnerabilities'] };
}

async function tool(name, path, args, { progress, signal }) {
  const script = join(ROOT, 'node_modules', ...path);
  return check(
    name,
    () =>
      progress.step(name, () =>
        runQuietly(process.execPath, [script, ...args], { cwd: ROOT, signal, what: name, maxLines: 200 }),
      ),
    { progress, signal },
  );
}

/** One check that either passes or fails as a whole. */
async function check(name, work, { progress, signal }) {
  try {
    await work();
    return { passed: 1, failures: [] };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    progress.note(error.message);
    return { passed: 0, failures: [name] };
  }
}

function report(results, progress) {
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failures = results.flatMap((result) => result.failures);
  progress.note('');
  for (const { name, passed: count, failures: failed, skipped = 0 } of results) {
    progress.note(
      `${name.padEnd(8)} ${count} passed${failed.length > 0 ? `, ${failed.length} failed` : ''}${skipped > 0 ? `, ${skipped} skipped` : ''}`,
    );
  }
  for (const failure of failures) progress.note(`  ✘ ${failure}`);
  if (passed + failures.length === 0) {
    progress.note('No test ran at all: nothing matched.');
    failures.push('nothing ran');
  }
  process.exitCode = failures.length > 0 ? 1 : 0;
  progress.note(`${passed} passed, ${failures.length} failed`);
}
