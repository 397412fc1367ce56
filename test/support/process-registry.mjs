import { appendFileSync, readFileSync } from 'node:fs';
import { isSameProcess, processStart } from '../../tools/stack/lib/process-identity.mjs';

/** Writes down a process that a test has started. Outside of an e2e run (no registry) this does nothing. */
export function registerProcess(registry, { pid, name }) {
  if (registry) appendFileSync(registry, `${JSON.stringify({ pid, name, start: processStart(pid) })}\n`);
}

/** Kills the registered processes that still run; returns their names with their pids. */
export function endSurvivors(registry) {
  const registered = readFileSync(registry, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const survivors = registered.filter(isSameProcess);
  for (const { pid } of survivors) process.kill(pid, 'SIGKILL');
  return survivors.map(({ name, pid }) => `${name} (pid ${pid})`);
}
