import { existsSync } from 'node:fs';
import { announced } from '../announced.ts';
import { runCommand } from '../run-command.ts';

const CHROMIUM = '/usr/bin/chromium';
const INSTALL_TIMEOUT_MS = 9 * 60_000;

/** The path of Chromium, installed from the system's packages when it is missing, which takes root. */
export async function ensureChromium(): Promise<string> {
  if (existsSync(CHROMIUM)) return CHROMIUM;
  if (process.getuid?.() !== 0)
    throw new Error(`The browser tests need Chromium at ${CHROMIUM}: run \`apt-get install chromium\` as root, then try again.`);
  await announced('installing chromium (apt-get)', async () => {
    const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: INSTALL_TIMEOUT_MS };
    await runCommand('apt-get', ['update', '-q'], options);
    await runCommand('apt-get', ['install', '-q', '-y', '--no-install-recommends', 'chromium'], options);
  });
  if (!existsSync(CHROMIUM)) throw new Error(`apt-get has installed chromium, but there is nothing at ${CHROMIUM}.`);
  return CHROMIUM;
}
