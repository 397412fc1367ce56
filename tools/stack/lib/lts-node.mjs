import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from './command.mjs';
import { StackError } from './errors.mjs';

/** The version of Node that the image is built on: what people run. */
export function imageNodeVersion(root) {
  return /^FROM node:(\d+\.\d+\.\d+)-/m.exec(readFileSync(join(root, 'deploy/docker/Dockerfile'), 'utf8'))[1];
}

/** The Node of the image as an executable of this machine, out of what npm's package `node` installs; fetched into `.cache` once. Returns its path. */
export async function imageNode({ root, progress, signal }) {
  const version = imageNodeVersion(root);
  const folder = join(root, '.cache', `node-${version}`);
  // The package `node` would fetch this one by an install script, and such scripts are not run here (.npmrc).
  const name = `node-${process.platform}-${process.arch}`;
  const path = join(folder, 'node_modules', name, 'bin', 'node');
  if (releaseOf(path)?.version !== version) {
    mkdirSync(folder, { recursive: true });
    const args = [
      'install',
      '--prefix',
      folder,
      '--no-save',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      `${name}@${version}`,
    ];
    await progress.step(`Node ${version} (npm install ${name})`, () =>
      runQuietly('npm', args, { cwd: folder, signal, what: `the installation of Node ${version}` }),
    );
  }
  const release = releaseOf(path);
  if (release?.version !== version)
    throw new StackError(`${path} does not run as Node ${version}. Remove ${folder} to fetch it again.`);
  if (release.lts === undefined)
    throw new StackError(`Node ${version}, which deploy/docker/Dockerfile names, is no LTS: name one, in both of its stages.`);
  return path;
}

/** What an executable says of itself; undefined where there is none that runs. */
function releaseOf(path) {
  try {
    const script = 'JSON.stringify({ version: process.versions.node, lts: process.release.lts })';
    return JSON.parse(execFileSync(path, ['--print', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return undefined;
  }
}
