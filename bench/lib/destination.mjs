import { freePort } from '../../tools/stack/lib/ports.mjs';
import { waitFor } from '../../tools/stack/lib/wait-for.mjs';
import { MeasuredProcess } from './process.mjs';
import { goProgram } from './toolchain.mjs';

export const LATENCY_MS = 20;

/** The stand-in for Extole, as a process; it lives as long as the whole run. */
export class Destination {
  static async start({ progress, folder }) {
    const port = await freePort();
    const program = await goProgram('bench/destination', progress);
    const process = new MeasuredProcess({
      name: 'destination',
      command: program,
      args: ['-listen', `127.0.0.1:${port}`, '-latency', `${LATENCY_MS}ms`],
      // One core: it is not to take both from what it measures.
      env: { GOMAXPROCS: '1', GOGC: '400' },
      logPath: `${folder}/destination.log`,
    });
    const destination = new Destination(`http://127.0.0.1:${port}`, process);
    await process.answering(`${destination.url}/_summary`);
    return destination;
  }

  constructor(url, process) {
    this.url = url;
    this.process = process;
  }

  async reset() {
    await fetch(`${this.url}/_reset`, { method: 'POST' });
  }

  /** What it has received since the last reset. */
  async summary() {
    const response = await fetch(`${this.url}/_summary`);
    return response.json();
  }

  /**
   * Waits until `isEnough(summary)`, or until `limitMs` after the first call, and returns the summary.
   *
   * @throws if nothing new comes for half a minute: somebody is stuck
   */
  async until(isEnough, { by, limitMs = Number.POSITIVE_INFINITY, intervalMs = 50 }) {
    let last = { calls: -1, at: Date.now() };
    return waitFor(
      async () => {
        const summary = await this.summary();
        if (summary.calls !== last.calls) last = { calls: summary.calls, at: Date.now() };
        const isOver = summary.firstMs > 0 && Date.now() - summary.firstMs >= limitMs;
        const isStuck = Date.now() - last.at > 60_000;
        return (isEnough(summary) || isOver || isStuck) && { ...summary, isStuck };
      },
      { timeoutMs: 30 * 60_000, intervalMs, describe: `the calls of ${by.name}`, until: by.died },
    ).then(({ isStuck, ...summary }) => {
      if (isStuck) throw new Error(`${by.name} has made ${summary.calls} calls and no more for a minute: see ${by.logPath}`);
      return summary;
    });
  }

  async stop() {
    await this.process.stop();
  }
}
