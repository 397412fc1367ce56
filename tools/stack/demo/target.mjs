import { join, resolve } from 'node:path';
import { withDotEnv } from '../lib/dot-env.mjs';
import { StackError } from '../lib/errors.mjs';
import { planStack } from '../lib/plan.mjs';
import { answers } from '../lib/ports.mjs';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');

/** Where the demo is to send: `{env, ingestUrl, simulatorUrl, writeKey, deletionKey}` of the stack that these settings make. Refuses a real Extole. */
export function demoTarget(environment = withDotEnv(join(ROOT, '.env'), process.env)) {
  const { env, parts, ports, faults } = planStack(environment, { hasConsole: false, stateDir: '.data/state' });
  if (!parts.simulator) {
    throw new StackError(
      'A real Extole is configured (EXTOLE_ACCESS_TOKEN or SOURCES_FILE is set, in the shell or in .env). The demo sends made-up users and deletes one, so it runs against the simulator only: unset it.',
    );
  }
  if (environment.EXTOLE_BASE_URL) {
    throw new StackError('EXTOLE_BASE_URL is set, so events may go elsewhere than to the simulator. Unset it to run the demo.');
  }
  if (faults.length > 0) throw new StackError(faults.join('\n'));
  return {
    env,
    ingestUrl: `http://127.0.0.1:${ports.ingest}`,
    simulatorUrl: `http://127.0.0.1:${ports.simulator}`,
    writeKey: firstOf(env, 'SEGMENT_WRITE_KEYS'),
    deletionKey: firstOf(env, 'DELETION_KEYS'),
  };
}

/** Whether such a stack runs already. Half of one, or one with other keys, is refused: nobody knows where its events go. */
export async function isRunning({ ingestUrl, simulatorUrl, writeKey }) {
  const { port } = new URL(ingestUrl);
  if (!(await answers('127.0.0.1', Number(port)))) return false;
  const settings = await fetch(`${ingestUrl}/v1/projects/${encodeURIComponent(writeKey)}/settings`, {
    signal: AbortSignal.timeout(5_000),
  }).catch(() => undefined);
  if (settings?.ok !== true) {
    throw new StackError(
      `What listens at ${ingestUrl} is no ingest with the write key of these settings. Run the demo with the settings of the stack, or stop what is there.`,
    );
  }
  const simulator = await fetch(`${simulatorUrl}/_control/health`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  if (simulator?.ok !== true) {
    throw new StackError(
      `An ingest runs at ${ingestUrl}, but there is no Extole simulator at ${simulatorUrl}. The demo never sends to a real Extole: stop that stack, or start one with the simulator (npm start).`,
    );
  }
  return true;
}

function firstOf(env, name) {
  const [first] = (env[name] ?? '').split(',');
  if (first) return first.trim();
  throw new StackError(`${name} is not set itself (is ${name}_FILE?). The demo takes its keys from the environment only.`);
}
