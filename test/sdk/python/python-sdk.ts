import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder } from '../cached-folder.ts';
import { runCommand } from '../run-command.ts';

const REQUIREMENTS = new URL('requirements.txt', import.meta.url).pathname;
const INSTALL_TIMEOUT_MS = 3 * 60_000;

/** The path of a Python that has Segment's SDK, in a virtual environment of the tests' own. */
export async function pythonWithSdk(): Promise<string> {
  const folder = await cachedFolder({
    name: 'sdk-python',
    madeFrom: readFileSync(REQUIREMENTS, 'utf8'),
    make: async (venv) => {
      await runCommand('python3', ['-m', 'venv', venv], { timeoutMs: INSTALL_TIMEOUT_MS });
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', REQUIREMENTS];
      await runCommand(pythonOf(venv), pip, { timeoutMs: INSTALL_TIMEOUT_MS });
    },
  });
  return pythonOf(folder);
}

function pythonOf(venv: string): string {
  return join(venv, 'bin', 'python');
}
