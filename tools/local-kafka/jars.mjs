import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalKafkaError } from './errors.mjs';

const POM = join(import.meta.dirname, 'pom.xml');
const CACHE = join(import.meta.dirname, '..', '..', '.cache');
const STAMP = '.pom-hash';

/** The Kafka version that the pom names. */
export const KAFKA_VERSION = /<kafka\.version>(.+?)</.exec(readFileSync(POM, 'utf8'))[1];

/** The folder with the broker's jars, fetched with Maven when it is not there yet (once per version of the pom). */
export async function kafkaJars(log, signal) {
  const { folder, pomHash } = jarsOfThePom();
  if (isComplete(folder, pomHash)) return folder;

  // Fetched aside and renamed, so that an interrupted fetch never looks like a complete one.
  const aside = `${folder}.${process.pid}.tmp`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  try {
    await copyDependencies(aside, log, signal);
    writeFileSync(join(aside, STAMP), pomHash);
    if (!isComplete(folder, pomHash)) {
      rmSync(folder, { recursive: true, force: true });
      renameSync(aside, folder);
    }
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return folder;
}

/** Whether they are there already, so that Maven is not needed. */
export function hasKafkaJars() {
  const { folder, pomHash } = jarsOfThePom();
  return isComplete(folder, pomHash);
}

function jarsOfThePom() {
  return {
    folder: join(CACHE, `kafka-${KAFKA_VERSION}`),
    pomHash: createHash('sha256').update(readFileSync(POM)).digest('hex'),
  };
}

function isComplete(folder, pomHash) {
  const stamp = join(folder, STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === pomHash;
}

async function copyDependencies(folder, log, signal) {
  log(`fetching Kafka ${KAFKA_VERSION} with Maven, once (about 43 MB)`);
  const startedAt = Date.now();
  const ticker = setInterval(() => {
    const jars = readdirSync(folder).length;
    log(`fetching Kafka: ${Math.round((Date.now() - startedAt) / 1000)} s${jars > 0 ? `, ${jars} jars in place` : ''}`);
  }, 5_000);
  try {
    await maven(['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`], signal);
  } finally {
    clearInterval(ticker);
  }
}

function maven(goals, signal) {
  return new Promise((resolve, reject) => {
    const child = spawn('mvn', ['-B', '-ntp', '-f', POM, ...goals], { signal, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', () => {
      if (signal?.aborted) return reject(signal.reason);
      reject(
        new LocalKafkaError(
          'MAVEN_MISSING',
          'Maven (mvn) was not found. It fetches the local broker, once: install it, start a container engine, or set KAFKA_BROKERS to a broker of yours.',
        ),
      );
    });
    child.on('close', (code) => {
      if (code === 0) return resolve();
      const errors = output
        .split('\n')
        .filter((line) => line.includes('ERROR'))
        .slice(0, 8)
        .join('\n');
      reject(
        new LocalKafkaError(
          'MAVEN_FAILED',
          `Maven could not fetch Kafka (exit code ${code}). Is its repository reachable from here?\n${errors || output.slice(-2_000)}`,
        ),
      );
    });
  });
}
