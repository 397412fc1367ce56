import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SECTIONS } from '../sections/index.mjs';
import { Destination } from './destination.mjs';
import { ROOT } from './places.mjs';
import { Missing } from './toolchain.mjs';

const README = join(ROOT, 'bench', 'README.md');
const PROFILES = join(ROOT, '.data', 'bench', 'profiles');
const [BEGIN, END] = ['<!-- results: written by npm run bench -- --write -->', '<!-- end of results -->'];

/** Runs the chosen sections one after the other, prints their tables, and keeps them. Returns the exit code. */
export async function runSections({
  only,
  contestant,
  against,
  'node-arg': nodeArgs = [],
  profile,
  write,
  scale,
  scaleName,
  brokers,
  folder,
  progress,
  machine,
}) {
  const unknown = only?.find((id) => !SECTIONS.some((section) => section.id === id));
  if (unknown !== undefined) {
    console.error(`There is no section ${unknown}. There are: ${SECTIONS.map(({ id }) => id).join(', ')}.`);
    return 2;
  }
  const skipped = [];
  const bench = {
    scale,
    against,
    brokers,
    folder,
    progress,
    /** For the processes of this project. */
    nodeArgs: [...nodeArgs, ...(profile ? ['--cpu-prof', `--cpu-prof-dir=${PROFILES}`] : [])],
    /** Topics and groups of this run alone: the broker may be one that others use. */
    named: (name) => `bench-${process.pid}-${name}`,
    wants: (id) => contestant === undefined || contestant.includes(id),
    skip: (what) => {
      skipped.push(what);
      progress.note(`  skipped: ${what}`);
    },
  };
  try {
    bench.destination = await Destination.start({ progress, folder });
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    progress.note(`skipped: everything, because the destination cannot be built. ${error.message}`);
    return 0;
  }

  const parts = [];
  const at = new Date().toISOString();
  const origin = `Measured ${at.slice(0, 10)}: ${machine}. Scale: ${scaleName}.`;
  const results = { machine, scale: scaleName, at, skipped };
  try {
    for (const section of SECTIONS.filter(({ id }) => only === undefined || only.includes(id))) {
      progress.note(`\n${section.title}`);
      const skippedBefore = skipped.length;
      const result = await section.run(bench);
      results[section.id] = result;
      parts.push(`## ${section.title}\n\n${section.report(result)}\n\n${origin}${skips(skipped.slice(skippedBefore))}`);
      progress.note(`\n${parts.at(-1)}`);
      // What a smoke run measures is nothing. Kept after each section: so long a run may be interrupted.
      if (scaleName !== 'smoke') keep(parts.join('\n\n'), results);
    }
  } finally {
    await bench.destination.stop();
  }
  if (write && scaleName !== 'smoke') publish(parts);
  return 0;
}

function skips(skipped) {
  return skipped.length === 0 ? '' : ` Skipped: ${skipped.join('; ')}.`;
}

function keep(report, results) {
  const folder = join(ROOT, '.data', 'bench');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify(results, undefined, 1)}\n`);
  writeFileSync(join(folder, 'report.md'), `${report}\n`);
}

/** Puts the tables into the README, in the order of the sections; those of other sections stay as they are. */
function publish(parts) {
  const text = readFileSync(README, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const [present, after] = rest?.split(END) ?? [];
  if (after === undefined) throw new Error(`${README} has no place for the results`);
  const byTitle = new Map([...partsOf(present), ...parts].map((part) => [titleOf(part), part]));
  const ordered = SECTIONS.map(({ title }) => byTitle.get(title)).filter((part) => part !== undefined);
  writeFileSync(README, `${before}${BEGIN}\n\n${ordered.join('\n\n')}\n\n${END}${after}`);
}

function partsOf(report) {
  return report
    .split(/^(?=## )/m)
    .map((part) => part.trim())
    .filter((part) => part.startsWith('## '));
}

function titleOf(part) {
  return part.slice(3, part.indexOf('\n'));
}
