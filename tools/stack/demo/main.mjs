import { parseArgs } from 'node:util';
import { Interrupted, StackError } from '../lib/errors.mjs';
import { listenForInterruption } from '../lib/interruption.mjs';
import { createProgress } from '../lib/progress.mjs';
import { demoCases } from './cases.mjs';
import { watchOutcomes } from './outcome-watch.mjs';
import { startOwnStack } from './own-stack.mjs';
import { printReport, rowOf } from './report.mjs';
import { createSender } from './sender.mjs';
import { receivedOf } from './simulator.mjs';
import { demoTarget, isRunning } from './target.mjs';
import { faultsOf } from './verdict.mjs';

const OUTCOME_TIMEOUT_MS = 30_000;

const USAGE = `npm run demo                    sends the documented examples and shows what Extole received of them
npm run demo -- --json          the same as JSON on stdout (progress goes to stderr): npm run --silent demo -- --json
npm run demo -- --help          this

It uses the stack that npm start has started, if it runs, and starts and stops one of its own otherwise.
It never sends to a real Extole: where EXTOLE_ACCESS_TOKEN is set it refuses to run.
Exit code: 0 if every case came out as documented, 1 if not.`;

/** `npm run demo`. */
export async function main(args) {
  // A reader that went away (a pipe into head) is no reason to leave everything running.
  process.stdout.on('error', () => {});
  const progress = createProgress(process.stderr);
  const signal = listenForInterruption(() => process.exit(130));
  try {
    const { json, help } = optionsOf(args);
    if (help) return void process.stdout.write(`${USAGE}\n`);
    const { run, results } = await runDemo(progress, signal);
    if (json) printJson(run, results);
    else printReport(results);
    process.exitCode = results.every(({ faults }) => faults.length === 0) ? 0 : 1;
  } catch (error) {
    process.exitCode = error instanceof Interrupted ? 130 : 1;
    if (error instanceof Interrupted) return;
    progress.note(error instanceof StackError || error.name === 'ConfigError' ? error.message : error.stack);
  }
}

function optionsOf(args) {
  try {
    return parseArgs({ args, options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } }).values;
  } catch (error) {
    throw new StackError(`${error.message}\n\n${USAGE}`);
  }
}

async function runDemo(progress, signal) {
  const target = demoTarget();
  if (await isRunning(target)) {
    progress.note(`using the stack that runs at ${target.ingestUrl}`);
    return sendAll(target, progress, signal);
  }
  progress.note('no stack runs: starting one for the demo');
  const stack = await startOwnStack({ note: progress.note, signal });
  try {
    return await sendAll(target, progress, signal);
  } finally {
    await stack.stop();
  }
}

/** Sends every case and returns how each came out. */
async function sendAll(target, progress, signal) {
  // Never the same again, and as short as that can be.
  const run = Date.now().toString(36);
  const outcomes = await watchOutcomes(target.env);
  const sender = await createSender(target);
  try {
    const results = await progress.step('the documented examples', (detail) =>
      sendCases(demoCases(run), { target, outcomes, sender, signal, detail }),
    );
    return { run, results };
  } finally {
    await Promise.all([sender.close(), outcomes.close()]);
  }
}

async function sendCases(cases, means) {
  const results = [];
  for (const [index, { title, userId, rounds }] of cases.entries()) {
    means.detail(`${index + 1} of ${cases.length}`);
    const result = await sendCase({ userId, rounds }, means);
    // Where the simulator hears of nothing, nobody knows who does.
    if (index === 0 && result.received.length === 0) throw new StackError(nothingArrived(result, means.target));
    results.push({ title, userId, ...result });
  }
  return results;
}

async function sendCase({ userId, rounds }, { target, outcomes, sender, signal }) {
  const results = [];
  const refusals = [];
  try {
    for (const steps of rounds) {
      signal.throwIfAborted();
      const ids = await sender.sendRound(userId, steps);
      const found = await outcomes.find(ids, OUTCOME_TIMEOUT_MS, signal);
      results.push(...steps.map((step, index) => ({ step, id: ids[index], outcome: found[index] })));
    }
  } catch (error) {
    if (!(error instanceof StackError)) throw error;
    refusals.push(error.message);
  }
  const received = await receivedOf(target.simulatorUrl, userId);
  const steps = results.map((result) => ({ ...result, received: received.find((call) => isOf(result, call)) }));
  return { steps, received, rows: steps.map(rowOf), faults: [...refusals, ...faultsOf({ results, received })] };
}

/** Whether a call to Extole was made for this step. */
function isOf({ step, id }, { erasure, eventId }) {
  return step.call === 'delete' ? erasure === true : eventId === id.messageId;
}

function nothingArrived({ faults }, { simulatorUrl }) {
  return [
    `Nothing of the first example has come to the simulator (${simulatorUrl}), so nothing more was sent.`,
    ...faults,
    'Does the forwarder run, and is this simulator its Extole?',
  ].join('\n');
}

function printJson(run, results) {
  const cases = results.map(({ title, userId, steps, faults }) => ({
    title,
    userId,
    asDocumented: faults.length === 0,
    faults,
    steps: steps.map(({ step: { call, event, sent }, outcome, received }) => ({ call, event, sent, received, outcome })),
  }));
  const passed = cases.filter(({ asDocumented }) => asDocumented).length;
  process.stdout.write(`${JSON.stringify({ run, cases, passed, failed: cases.length - passed }, undefined, 2)}\n`);
}
