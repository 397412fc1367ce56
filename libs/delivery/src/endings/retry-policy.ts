import type { Millis } from '../now.ts';

const FIRST_CEILING_MS = 1_000;
const LAST_CEILING_MS = 30_000;

/**
 * How long to wait before the next attempt: exponential with full jitter, ceilings 1, 2, 4, 8, 16, 30 s (wire.md 2.3), and never
 * less than the answer's `Retry-After`.
 *
 * @param attempt the number of attempts made, 1 or more.
 * @param random uniform in [0, 1).
 */
export function backoffMs(attempt: number, random: number, retryAfterMs = 0): Millis {
  const ceiling = Math.min(LAST_CEILING_MS, FIRST_CEILING_MS * 2 ** Math.min(attempt - 1, 10));
  return Math.max(retryAfterMs, Math.ceil(ceiling * random));
}
