import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder } from '../cached-folder.ts';
import { runCommand } from '../run-command.ts';

const POM = new URL('pom.xml', import.meta.url).pathname;
const FETCH_TIMEOUT_MS = 5 * 60_000;

/** A class path with the jars of Segment's SDK. */
export async function javaSdkClassPath(): Promise<string> {
  const folder = await cachedFolder({
    name: 'sdk-java',
    madeFrom: readFileSync(POM, 'utf8'),
    make: async (jars) => {
      const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${jars}`];
      await runCommand('mvn', ['-B', '-ntp', '-f', POM, ...goal], { timeoutMs: FETCH_TIMEOUT_MS });
    },
  });
  return join(folder, '*');
}
