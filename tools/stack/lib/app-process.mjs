import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { StackError } from './errors.mjs';
import { logTail } from './log-tail.mjs';
import { guardOrphan } from './orphan-guard.mjs';
import { privateFolder } from './private-folder.mjs';
import { waitFor } from './wait-for.mjs';

/** An app drains first (DRAIN_TIMEOUT), and then has its log connections to close. */
const STOP_TIMEOUT_MS = 40_000;
const READY_TIMEOUT_MS = 60_000;

/**
 * Starts a built app, with its output in `logPath` (the output of the start before is kept beside it).
 *
 * Returns `{name, pid, exited, hasEnded(), stop(), kill(), ready(url, signal)}`; `exited` settles with a StackError that carries its last log lines, and never rejects.
 */
export function startApp({ name, entry, cwd, env, logPath }) {
  privateFolder(dirname(logPath));
  if (existsSync(logPath)) renameSync(logPath, `${logPath}.previous`);
  const output = openSync(logPath, 'w');
  // A process group of its own: a Ctrl-C in the terminal must reach us alone, or everything would end at once instead of in order.
  const child = spawn(process.execPath, [entry], { cwd, env, stdio: ['ignore', output, output], detached: true });
  closeSync(output);

  let gone = false;
  const exited = new Promise((resolve) => {
    const settle = (how) => {
      gone = true;
      resolve(new StackError(`${name} ended ${how}. Its last log lines (${logPath}):\n${logTail(logPath)}`));
    };
    child.once('error', (error) => settle(`before it began: ${error.message}`));
    child.once('exit', (code, signal) => settle(`unexpectedly (${signal ?? `exit code ${code}`})`));
  });
  if (child.pid !== undefined) void exited.then(guardOrphan(child.pid));

  return {
    name,
    pid: child.pid,
    exited,
    hasEnded: () => gone,

    /** Waits until `url` answers 200. Throws what the app said when it died instead, or why it is not ready. */
    async ready(url, signal) {
      let reasons = '';
      const answered = async () => {
        const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
        reasons = response.ok ? '' : ` It answers ${response.status}: ${(await response.text()).slice(0, 500)}`;
        return response.ok;
      };
      const ended = exited.then((error) => Promise.reject(error));
      try {
        await waitFor(answered, { timeoutMs: READY_TIMEOUT_MS, describe: url, until: ended, signal });
      } catch (error) {
        if (gone || signal?.aborted) throw error;
        throw new StackError(
          `${name} is not ready after ${READY_TIMEOUT_MS / 1000} s (${url}).${reasons} Its last log lines (${logPath}):\n${logTail(logPath)}`,
        );
      }
    },

    /** SIGTERM, then waits; an app that does not end in time is killed, and that is returned as false. */
    async stop() {
      if (gone) return true;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
      return child.signalCode !== 'SIGKILL';
    },

    kill() {
      child.kill('SIGKILL');
    },
  };
}
