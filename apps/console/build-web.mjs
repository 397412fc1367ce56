import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';

/**
 * Builds the console's page: TypeScript to ES modules that browsers load as they are (no bundler), and the files that need no building beside
 * them, in dist/apps/console/web. `nest build` builds the rest.
 */
const ROOT = resolve(import.meta.dirname, '..', '..');
const WEB = join('apps', 'console', 'web');
const STATIC = ['.html', '.css', '.svg', '.png', '.ico', '.woff2'];

const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', join(WEB, 'tsconfig.build.json')], { cwd: ROOT, stdio: 'inherit' });
if (status !== 0) process.exit(1);

for (const entry of readdirSync(join(ROOT, WEB), { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !STATIC.includes(extname(entry.name))) continue;
  const source = join(entry.parentPath, entry.name);
  const target = join(ROOT, 'dist', source.slice(ROOT.length + 1));
  mkdirSync(dirname(target), { recursive: true });
  cpSync(source, target);
}
