/* global AbortController */
/**
 * Shows that the tests bite: breaks the core of the delivery in one way after the other, in a copy, and runs its specs against each.
 *
 *     node tools/mutations/run.mjs [--simulations 1000] [words of a mutation's name]
 *
 * Prints a table (markdown) and ends with 1 if the tests have let a mutation through.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MUTATIONS } from './mutations.mjs';
import { runSpecs } from './run-specs.mjs';
import { Workspace } from './workspace.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { simulations: { type: 'string', default: '1000' } },
});
const wanted = MUTATIONS.filter(({ name }) => name.includes(positionals.join(' ')));
const simulations = Number(values.simulations);

const workspace = new Workspace(ROOT);
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interruption.abort());
try {
  process.exitCode = await run();
} catch (error) {
  if (!interruption.signal.aborted) throw error;
  process.exitCode = 130;
} finally {
  workspace.remove();
}

async function run() {
  // All of them first: a mutation that no longer fits the code is told before minutes have passed.
  for (const mutation of wanted) workspace.apply(mutation)();
  const sound = await runSpecs(workspace.directory, simulations, interruption.signal);
  if (isFound(sound)) {
    console.log(
      `the specs fail without any mutation: ${sound.failedTests.map(({ spec, title }) => `${spec}: ${title}`).join('; ')}`,
    );
    return 1;
  }
  console.log('| mutation | promise | unit tests that fail | the first of them | simulation: after how many schedules |');
  console.log('|---|---|---|---|---|');
  const survivors = [];
  for (const mutation of wanted) {
    const undo = workspace.apply(mutation);
    const result = await runSpecs(workspace.directory, simulations, interruption.signal);
    undo();
    if (!isFound(result)) survivors.push(mutation.name);
    console.log(rowOf(mutation, result));
  }
  console.log(`\n${wanted.length - survivors.length} of ${wanted.length} mutations found`);
  for (const name of survivors) console.log(`not found: ${name}`);
  return survivors.length === 0 ? 0 : 1;
}

function isFound({ timedOut, failedTests, simulation }) {
  return timedOut || failedTests.length > 0 || simulation !== undefined;
}

function rowOf({ name, promise }, { timedOut, failedTests, simulation }) {
  if (timedOut) return `| ${name} | ${promise} | did not end in time | | |`;
  const [first] = failedTests;
  const unit = first === undefined ? '' : `${first.spec}: ${first.title}`;
  const simulated =
    simulation === undefined ? '' : `${simulation.schedules ?? 'a regression'} (${simulation.violation ?? 'an error'})`;
  return `| ${name} | ${promise} | ${failedTests.length} | ${unit} | ${simulated} |`;
}
