import { appendFileSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { chaosScale } from './scale.ts';

const FILE = join(import.meta.dirname, '../../../.cache/chaos-figures.jsonl');

export interface Figure {
  readonly name: string;
  /** What was measured, by name: `{ median: 31, max: 64 }`. */
  readonly values: Readonly<Record<string, number>>;
  /** Of the values; left out where they are counts. */
  readonly unit?: 'ms' | 's' | '%' | 'MB';
  /** What it may be at most, where something is promised. */
  readonly bound?: number;
}

/** Prints a figure, and keeps it in `.cache/chaos-figures.jsonl` for the page that publishes them. */
export function reportFigure({ name, values, unit, bound }: Figure): void {
  const rounded = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Math.round(value * 100) / 100]));
  const measured = Object.entries(rounded).map(([key, value]) => `${key} ${value}${unit === undefined ? '' : ` ${unit}`}`);
  const limit = bound === undefined ? '' : ` (bound ${bound}${unit === undefined ? '' : ` ${unit}`})`;
  process.stderr.write(`figure: ${name}, ${measured.join(', ')}${limit}\n`);
  const file = basename(expect.getState().testPath ?? '');
  const line = { file, figure: name, ...rounded, unit, bound, scale: chaosScale(), at: new Date().toISOString() };
  mkdirSync(dirname(FILE), { recursive: true });
  appendFileSync(FILE, `${JSON.stringify(line)}\n`);
}
