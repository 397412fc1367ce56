import { performance } from 'node:perf_hooks';
import type { Now } from '#delivery';

/** The one place where the forwarder reads the clocks. */
export function readClock(): Now {
  return { monotonicMs: performance.now(), wallMs: Date.now() };
}
