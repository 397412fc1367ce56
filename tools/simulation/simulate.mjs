import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { compileSimulation } from './compile.mjs';

/** Schedules of a usual run, that of `npm test` included. */
export const SCHEDULES = 20_000;
/** So many failing seeds are told; further ones would say the same. */
const MOST_FAILURES = 5;

/**
 * Runs the schedules of the seeds `from` to `from + schedules - 1`, on all cores.
 *
 * @param ran told how many have run so far.
 * @returns the failing seeds with what they broke, ascending; empty if all kept their promises.
 */
export async function simulateMany({ root, schedules, from = 1, signal, ran = () => undefined }) {
  const module = pathToFileURL(await compileSimulation(root, signal)).href;
  const threads = Math.min(availableParallelism(), schedules);
  const failures = [];
  let total = 0;
  const told = ({ run, failure }) => {
    ran((total += run));
    if (failure !== undefined) failures.push(failure);
    return failures.length < MOST_FAILURES;
  };
  const last = from + schedules - 1;
  // Seeds in turn, so that all threads have the same kind of work.
  const workers = Array.from({ length: threads }, (_, i) => startWorker({ module, first: from + i, step: threads, last }));
  try {
    await Promise.all(workers.map((worker) => ended(worker, told, signal)));
  } finally {
    // What has failed in one thread ends the others.
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return failures.sort((a, b) => a.seed - b.seed);
}

function startWorker(workerData) {
  return new Worker(new URL('./worker.mjs', import.meta.url), { workerData });
}

function ended(worker, told, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => void worker.terminate();
    signal?.addEventListener('abort', stop, { once: true });
    worker.on('message', (message) => {
      if (!told(message)) stop();
    });
    worker.on('error', reject);
    worker.on('exit', () => (signal?.aborted ? reject(signal.reason) : resolve()));
  });
}
