import { toOffset, type Position } from '#segment';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Epoch milliseconds of `2026-11-24T18:00:00Z`, or of so long ago: `90m`, `6h`, `2d`. Undefined if it is neither. */
export function parseTime(text: string, nowMs: number): number | undefined {
  const ago = parseDuration(text);
  if (ago !== undefined) return nowMs - ago;
  // Only what begins like a date: JavaScript takes many a word and number for a time.
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** Milliseconds of a length of time: `90m`, `6h`, `2d`. Undefined if it is none. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  return match === null ? undefined : Number(match[1]) * (UNITS[match[2] ?? ''] ?? 0);
}

/** A position as operators write it, `partition:offset`. Undefined if it is none. */
export function parsePosition(text: string): Position | undefined {
  const match = /^(\d{1,9}):(\d{1,15})$/.exec(text);
  return match === null ? undefined : { partition: Number(match[1]), offset: toOffset(Number(match[2])) };
}

/** A whole number of 0 or more. Undefined if it is none. */
export function parseWholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
