import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** A mutation that makes a test run for ever, or take all the memory, is found by that. */
const TIMEOUT_MS = 120_000;
const MOST_MEMORY_MB = 1_024;

/**
 * Runs the specs of libs/delivery in `directory`. `signal` ends them early.
 *
 * @returns the first unit test that failed and how many did, after how many schedules the simulation did, and whether nothing ended
 *   in time.
 */
export async function runSpecs(directory, simulations, signal) {
  const report = join(directory, 'report.json');
  rmSync(report, { force: true });
  const jest = join(directory, 'node_modules/jest/bin/jest.js');
  const args = ['--testPathPatterns=libs/delivery', '--maxWorkers=1', '--json', `--outputFile=${report}`];
  const child = spawn(process.execPath, ['--experimental-vm-modules', `--max-old-space-size=${MOST_MEMORY_MB}`, jest, ...args], {
    cwd: directory,
    env: { ...process.env, NODE_OPTIONS: '', SIMULATIONS: String(simulations) },
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  });
  const overdue = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  let complaints = '';
  child.stderr.on('data', (chunk) => (complaints = `${complaints}${chunk}`.slice(-4_000)));
  const [, killedBy] = await once(child, 'close');
  clearTimeout(overdue);
  if (killedBy === null && !existsSync(report)) throw new Error(`jest did not run: ${complaints}`);
  return existsSync(report) ? summaryOf(JSON.parse(readFileSync(report, 'utf8'))) : { timedOut: true, failedTests: [] };
}

function summaryOf({ testResults }) {
  const failed = testResults.flatMap(({ name, assertionResults, status, message }) => {
    const spec = name.split('libs/delivery/src/')[1] ?? name;
    // A spec that can't even be loaded has no assertions.
    if (status === 'failed' && assertionResults.length === 0) return [{ spec, title: 'does not load', message }];
    return assertionResults
      .filter((assertion) => assertion.status === 'failed')
      .map(({ title, failureMessages }) => ({ spec, title, message: failureMessages.join('\n') }));
  });
  const simulation = failed.filter(({ spec }) => spec === 'simulation.spec.ts');
  const schedules = simulation.map(({ message }) => /after (\d+) schedules/.exec(message)?.[1]).find(Boolean);
  const violation = simulation.map(({ message }) => /"([\w]+: [^"]*) \(seed/.exec(message)?.[1]).find(Boolean);
  return {
    timedOut: false,
    failedTests: failed.filter(({ spec }) => spec !== 'simulation.spec.ts'),
    simulation: simulation.length > 0 ? { schedules, violation } : undefined,
  };
}
