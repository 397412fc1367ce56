/**
 * Puts the figures of the chaos suite's last run into docs/promises.md, between its two marks.
 *
 *     npm run test:chaos && node tools/chaos/publish-figures.mjs
 *
 * Reads `.cache/chaos-figures.jsonl`, to which each `figure:` line of a run is added; of a figure that was measured several times the last one counts.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const FIGURES = join(ROOT, '.cache/chaos-figures.jsonl');
const PAGE = join(ROOT, 'docs/promises.md');
const MARKS = ['<!-- figures of the chaos suite: begin -->', '<!-- figures of the chaos suite: end -->'];

/** Facts about a line, not values that it measured. */
const FACTS = new Set(['file', 'figure', 'unit', 'bound', 'scale', 'at']);

const figures = lastOfEach(
  readFileSync(FIGURES, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line)),
);
const page = readFileSync(PAGE, 'utf8');
const [before, rest] = page.split(MARKS[0]);
const after = rest?.split(MARKS[1])[1];
if (after === undefined) throw new Error(`docs/promises.md lacks the marks ${MARKS.join(' and ')}`);
writeFileSync(PAGE, `${before}${MARKS[0]}\n${sectionOf(figures)}\n${MARKS[1]}${after}`);
console.log(`${figures.length} figures written to docs/promises.md`);

function lastOfEach(lines) {
  const byName = new Map();
  for (const line of lines) byName.set(`${line.file} ${line.figure}`, line);
  return [...byName.values()].sort((a, b) => a.file.localeCompare(b.file));
}

function sectionOf(lines) {
  const days = lines.map(({ at }) => at.slice(0, 10)).sort();
  const rows = lines.map(
    (line) => `| ${[line.file.replace('.chaos.ts', ''), line.figure, measured(line), bound(line), line.scale].join(' | ')} |`,
  );
  return [
    `Measured ${[...new Set([days[0], days.at(-1)])].join(' to ')}; the last column is CHAOS_SCALE, 1 being the full run.`,
    '',
    '| file in `test/chaos` | figure | measured | bound | scale |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function measured(line) {
  return Object.entries(line)
    .filter(([name]) => !FACTS.has(name))
    .map(([name, value]) => `${name} ${value}${line.unit === undefined ? '' : ` ${line.unit}`}`)
    .join(', ');
}

function bound({ bound: most, unit }) {
  return most === undefined ? '' : `${most}${unit === undefined ? '' : ` ${unit}`}`;
}
