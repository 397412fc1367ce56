import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from './command.mjs';
import { fingerprint, readStamp } from './fingerprint.mjs';

const SOURCES = [
  'apps',
  'libs',
  'tools',
  'package.json',
  'package-lock.json',
  'nest-cli.json',
  'tsconfig.json',
  'tsconfig.build.json',
];
const MUST_EXIST = ['dist/apps/ingest/src/main.js', 'dist/apps/forwarder/src/main.js', 'dist/apps/console/web/index.html'];

/** Builds the apps when what is in `dist` was built from other sources than those that stand there now. Returns whether it had to. */
export async function ensureBuilt({ root, progress, signal }) {
  const stampPath = join(root, 'dist', '.sources-stamp');
  const sources = fingerprint(root, SOURCES, (name) => !name.endsWith('.spec.ts') && !name.endsWith('.md'));
  if (readStamp(stampPath) === sources && MUST_EXIST.every((path) => existsSync(join(root, path)))) return false;
  await progress.step('build (nest build, console page)', () => build({ root, signal }));
  writeFileSync(stampPath, `${sources}\n`);
  return true;
}

async function build({ root, signal }) {
  // The CLI's own file instead of npx: half a second faster, and never a download.
  const nest = join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  await runQuietly(process.execPath, [nest, 'build'], { cwd: root, signal, what: 'nest build' });
  const page = join(root, 'apps', 'console', 'build-web.mjs');
  await runQuietly(process.execPath, [page], { cwd: root, signal, what: 'the build of the console page' });
}
