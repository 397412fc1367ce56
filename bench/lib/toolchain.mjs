import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from '../../tools/stack/lib/command.mjs';
import { fingerprint } from '../../tools/stack/lib/fingerprint.mjs';
import { ROOT } from './places.mjs';

const CACHE = join(ROOT, '.cache', 'bench');

/** Something that the benchmark needs and this machine does not have: what to say about it, instead of a figure. */
export class Missing extends Error {
  name = 'Missing';
}

/** Builds a Go program of ours once and returns its path. @throws Missing without Go, or if its modules cannot be had. */
export async function goProgram(folder, progress) {
  if (!runs('go', ['version'])) throw new Missing('Go is not installed (1.24 or newer: https://go.dev)');
  return made(folder, progress, async (target) => {
    const program = join(target, 'program');
    await runQuietly('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', program, '.'], {
      cwd: join(ROOT, folder),
      what: `go build of ${folder}`,
    });
    return program;
  });
}

/** Fetches the jars of a folder's pom.xml once, compiles its Java, and returns the class path. @throws Missing without Maven or a JDK */
export async function javaClassPath(folder, progress) {
  if (!runs('javac', ['-version'])) throw new Missing('a JDK is not installed (17 or newer)');
  if (!runs('mvn', ['-v'])) throw new Missing('Maven is not installed');
  return made(folder, progress, async (target) => {
    const source = join(ROOT, folder);
    const jars = join(target, 'jars');
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${jars}`];
    await runQuietly('mvn', ['-B', '-q', '-f', join(source, 'pom.xml'), ...goal], { what: `the jars of ${folder}` });
    const classes = join(target, 'classes');
    await runQuietly('javac', ['-cp', join(jars, '*'), '-d', classes, join(source, 'Forward.java')], {
      what: `javac of ${folder}`,
    });
    return `${classes}:${join(jars, '*')}`;
  });
}

/** Makes something of the sources in `folder`, unless it was made of the same ones before. */
async function made(folder, progress, make) {
  const target = join(CACHE, folder.replaceAll('/', '-'));
  const stampPath = join(target, 'made.json');
  const sources = fingerprint(ROOT, [folder]);
  const known = existsSync(stampPath) ? JSON.parse(readFileSync(stampPath, 'utf8')) : undefined;
  if (known?.sources === sources) return known.result;
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  try {
    return await progress.step(`build ${folder}`, async () => {
      const result = await make(target);
      writeFileSync(stampPath, JSON.stringify({ sources, result }));
      return result;
    });
  } catch (error) {
    throw new Missing(`${folder} could not be built: ${error.message}`, { cause: error });
  }
}

function runs(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
