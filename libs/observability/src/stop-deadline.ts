import type { Logger } from './logger.ts';

/** For what comes after the drain: outcomes, commits, checkpoints, leaving the group. Shorter than the grace that compose and the chart give. */
const AFTER_DRAIN_MS = 15_000;

/**
 * Ends the process with 1 if it has not ended by itself 15 s after its drain had to be over: a stop may wait for a Kafka that is away, for as long as that is.
 * What is unfinished then is in doubt, as after a `kill -9` (P4), and nothing that was acknowledged is lost (P1).
 */
export function endAfterDrain(drainTimeoutMs: number, log: Logger): void {
  const limitMs = drainTimeoutMs + AFTER_DRAIN_MS;
  setTimeout(() => {
    log.error('stop_overdue', { durationMs: limitMs });
    process.exit(1);
  }, limitMs).unref();
}
