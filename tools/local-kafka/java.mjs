import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { LocalKafkaError } from './errors.mjs';

/** Kafka 4 brokers need it. */
const MIN_JAVA = 17;

/** The java command to run, from JAVA_HOME or the PATH. Throws when there is none, or an old one. */
export function findJava(env = process.env) {
  const java = env.JAVA_HOME ? join(env.JAVA_HOME, 'bin', 'java') : 'java';
  const { error, stderr, stdout } = spawnSync(java, ['-version'], { encoding: 'utf8' });
  if (error) {
    throw new LocalKafkaError(
      'JAVA_MISSING',
      `Java was not found (${java}). Kafka needs Java ${MIN_JAVA} or newer: install it, or set KAFKA_BROKERS to a broker of yours.`,
    );
  }
  const version = javaMajorVersion(`${stderr}${stdout}`);
  if (version === undefined || version < MIN_JAVA) {
    throw new LocalKafkaError(
      'JAVA_TOO_OLD',
      `Kafka needs Java ${MIN_JAVA} or newer, but ${java} is ${version ?? 'of an unknown version'}. Install one and set JAVA_HOME, or set KAFKA_BROKERS to a broker of yours.`,
    );
  }
  return java;
}

/** 17 from `openjdk version "17.0.15"`, 8 from `"1.8.0_402"`; undefined from anything else. */
export function javaMajorVersion(output) {
  const match = /version "(?:1\.)?(\d+)/.exec(output);
  return match ? Number(match[1]) : undefined;
}
