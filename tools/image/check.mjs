#!/usr/bin/env node
// npm run check:image: builds the container image and holds it against test/built-image.e2e.ts; says so where there is no container engine to build it.
// What only this machine's engine needs goes into IMAGE_BUILD_ARGS, such as `--isolation chroot --network host --format docker` for podman inside of a container.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { containerEngine } from '../stack/lib/container-broker.mjs';
import { ensureInstalled } from '../stack/lib/install.mjs';
import { createProgress } from '../stack/lib/progress.mjs';

const ROOT = resolve(import.meta.dirname, '..', '..');
const IMAGE = 'localhost/segment-extole-bridge:check';

function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } });
  if (error !== undefined) console.error(`${command} could not be run: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

const engine = containerEngine();
if (engine === undefined) {
  console.log('check:image: skipped, since no container engine answers (docker info, podman info)');
  process.exit(0);
}
await ensureInstalled({ root: ROOT, progress: createProgress() });
console.log(`building ${IMAGE} with ${engine}`);
const args = (process.env.IMAGE_BUILD_ARGS ?? '').split(' ').filter((word) => word !== '');
run(engine, ['build', ...args, '--file', 'deploy/docker/Dockerfile', '--tag', IMAGE, '.']);
run(
  process.execPath,
  [
    ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', join('node_modules', 'jest', 'bin', 'jest.js')],
    ...['test/built-image.e2e.ts', '--selectProjects', 'e2e', '--coverage=false'],
  ],
  { CHECKED_IMAGE: IMAGE, CHECKED_IMAGE_ENGINE: engine },
);
