import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSameProcess, processStart } from '../stack/lib/process-identity.mjs';

/** The file in a data directory that says which process serves it: `{pid, start, port}`. */
function recordPath(dataDir) {
  return join(dataDir, 'broker.json');
}

export function writeBrokerRecord(dataDir, { pid, port }) {
  writeFileSync(recordPath(dataDir), `${JSON.stringify({ pid, start: processStart(pid), port })}\n`);
}

/** `{pid, port}` of the broker that serves `dataDir` now; undefined when there is none. A record left behind by a `kill -9` or a reboot is removed. */
export function runningBroker(dataDir) {
  let record;
  try {
    record = JSON.parse(readFileSync(recordPath(dataDir), 'utf8'));
  } catch {
    return undefined;
  }
  if (isSameProcess(record)) return { pid: record.pid, port: record.port };
  removeBrokerRecord(dataDir);
  return undefined;
}

export function removeBrokerRecord(dataDir) {
  rmSync(recordPath(dataDir), { force: true });
}
