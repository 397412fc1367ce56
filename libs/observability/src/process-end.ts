import { logOutput, type Logger } from './logger.ts';

/** For what comes after the drain: outcomes, commits, checkpoints, leaving the group. Shorter than the grace that compose and the chart give. */
const AFTER_DRAIN_MS = 15_000;
/** How long the last lines of the log may take to be read. */
const LAST_LINES_MS = 1_000;

/**
 * Ends the process once its log is written. `process.exit` alone would never return where the log's reader is gone or has stalled: pino's exit hook repeats
 * a failed write for ever (sonic-boom 4.2.1, `flushSync`), and libuv waits at the exit for the thread that is writing.
 */
export async function endProcess(code: number): Promise<never> {
  process.exitCode = code;
  // A stalled reader: only the kernel can still end this process.
  if (!(await logOutput.settle(LAST_LINES_MS))) process.kill(process.pid, 'SIGKILL');
  process.exit(code);
}

/**
 * Ends the process with 1 if it has not ended by itself 15 s after its drain had to be over: a stop may wait for a Kafka that is away, for as long as that is.
 * What is unfinished then is in doubt, as after a `kill -9` (P4), and nothing that was acknowledged is lost (P1).
 */
export function endAfterDrain(drainTimeoutMs: number, log: Logger): void {
  const limitMs = drainTimeoutMs + AFTER_DRAIN_MS;
  setTimeout(() => {
    log.error('stop_overdue', { durationMs: limitMs });
    void endProcess(1);
  }, limitMs).unref();
}
