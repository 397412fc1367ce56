import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from './command.mjs';
import { fingerprint, readStamp } from './fingerprint.mjs';

/** Installs the packages of package-lock.json when they are missing or when the lock has changed since. Returns whether it had to. */
export async function ensureInstalled({ root, progress, signal }) {
  const stampPath = join(root, 'node_modules', '.stamp');
  const wanted = fingerprint(root, ['package-lock.json']);
  if (readStamp(stampPath) === wanted) return false;

  // Somebody ran `npm ci` by hand: there is nothing to install, only to remember.
  const byHand = installedByHand(root);
  if (!byHand) {
    // Build and tests need the development packages, whatever NODE_ENV says.
    const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
    await progress.step('install packages (npm ci)', () => runQuietly('npm', args, { cwd: root, signal, what: 'npm ci' }));
  }
  writeFileSync(stampPath, `${wanted}\n`);
  return !byHand;
}

/** Whether npm's own record of what it installed agrees with the lock; packages for other platforms may be absent. */
function installedByHand(root) {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    return found === undefined ? entry.optional === true || entry.devOptional === true : found.version === entry.version;
  });
}

function packagesOf(lockPath) {
  try {
    return JSON.parse(readFileSync(lockPath, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
