import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { guardOrphan } from '../../tools/stack/lib/orphan-guard.mjs';
import { logTail } from '../../tools/stack/lib/log-tail.mjs';
import { waitFor } from '../../tools/stack/lib/wait-for.mjs';

/** The kernel counts CPU time in ticks of 10 ms (USER_HZ), whatever the machine. */
const TICK_MS = 10;
const STOP_TIMEOUT_MS = 60_000;

/**
 * A program under measurement: its own process, its output in a file, its CPU and memory as the kernel counts them.
 *
 * `env` is its whole environment but for PATH and HOME.
 */
export class MeasuredProcess {
  constructor({ name, command, args, env, logPath, cwd }) {
    mkdirSync(dirname(logPath), { recursive: true });
    const output = openSync(logPath, 'w');
    this.name = name;
    this.logPath = logPath;
    this.child = spawn(command, args, {
      cwd,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      stdio: ['ignore', output, output],
      detached: true,
    });
    closeSync(output);
    this.exited = new Promise((resolve) => {
      this.child.once('error', () => resolve({ code: null, signal: null }));
      this.child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    // Rejects if the process ends although nobody has asked it to.
    this.died = this.exited.then(({ code, signal }) => {
      if (this.isStopping) return;
      throw new Error(`${name} ended (${signal ?? `exit code ${code}`}):\n${logTail(logPath)}`);
    });
    this.died.catch(() => {});
    void this.exited.then(guardOrphan(this.child.pid));
  }

  get pid() {
    return this.child.pid;
  }

  /** CPU milliseconds that it has used so far, all threads, user and system. */
  get cpuMs() {
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces, so the fields are counted from its end: utime is the 14th of all, stime the 15th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  }

  /** Megabytes resident: now, and at most since its start. */
  get memory() {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    const megabytes = (field) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) / 1024;
    return { nowMb: megabytes('VmRSS'), peakMb: megabytes('VmHWM') };
  }

  get log() {
    return readFileSync(this.logPath, 'utf8');
  }

  /** Waits for `condition`; fails at once if the process ends meanwhile. */
  async until(condition, { timeoutMs = 60_000, intervalMs = 20, describe }) {
    try {
      return await waitFor(condition, { timeoutMs, intervalMs, describe, until: this.died });
    } catch (error) {
      throw new Error(`${error.message}\nThe last lines of ${this.name}:\n${logTail(this.logPath)}`, { cause: error });
    }
  }

  /** Waits until `url` answers 200. */
  async answering(url) {
    await this.until(async () => (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok, {
      describe: `${this.name} to answer at ${url}`,
    });
    return this;
  }

  /** SIGTERM, and SIGKILL if that is not enough; waits for the end. */
  async stop(signal = 'SIGTERM') {
    this.isStopping = true;
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await this.exited;
    clearTimeout(timer);
  }
}
