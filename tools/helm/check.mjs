#!/usr/bin/env node
// npm run check:helm: lints the chart, and renders and checks it in every form of ci/, with a Helm that is built from its Go module into .cache when none is
// there (some minutes, once; takes Go). `npm test` runs the same checks, but for what needs Helm where .cache has none.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const VERSION = 'v3.19.5';
const ROOT = resolve(import.meta.dirname, '..', '..');
const FOLDER = join(ROOT, '.cache', 'helm');
const HELM = join(FOLDER, 'helm');

function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } });
  if (error !== undefined) console.error(`${command} could not be run: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync(HELM)) {
  console.error(`building helm ${VERSION} (go install), which takes some minutes once`);
  mkdirSync(FOLDER, { recursive: true });
  run('go', ['install', `helm.sh/helm/v3/cmd/helm@${VERSION}`], { GOBIN: FOLDER, GOFLAGS: '-mod=mod' });
}
run(HELM, ['lint', '--strict', 'deploy/helm/segment-extole-bridge']);
run(process.execPath, [
  '--experimental-vm-modules',
  join('node_modules', 'jest', 'bin', 'jest.js'),
  'tools/helm/',
  '--selectProjects',
  'unit',
]);
