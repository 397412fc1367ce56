import { parentPort, workerData } from 'node:worker_threads';

/** How many schedules between two words of progress. */
const REPORT_EVERY = 1_000;

const { module, first, step, last } = workerData;
const { simulate, shrink } = await import(module);

let run = 0;
for (let seed = first; seed <= last; seed += step) {
  const broken = simulate(seed);
  run++;
  if (broken.length > 0) parentPort.postMessage({ run, failure: { seed, broken: shrink(seed, broken).slice(0, 5) } });
  else if (run % REPORT_EVERY === 0) parentPort.postMessage({ run });
  else continue;
  run = 0;
}
parentPort.postMessage({ run });
