import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { clusterAnswers } from '../stack/lib/cluster-answers.mjs';
import { logTail } from '../stack/lib/log-tail.mjs';
import { guardOrphan } from '../stack/lib/orphan-guard.mjs';
import { isPortFree } from '../stack/lib/ports.mjs';
import { waitFor } from '../stack/lib/wait-for.mjs';
import { removeBrokerRecord, runningBroker, writeBrokerRecord } from './broker-record.mjs';
import { LocalKafkaError } from './errors.mjs';
import { kafkaJars } from './jars.mjs';
import { findJava } from './java.mjs';

/** Three at a time on a busy machine of two cores take a minute. */
const READY_TIMEOUT_MS = 120_000;
/** A clean stop flushes and closes every log; a start after an unclean one reads them again instead. */
export const STOP_TIMEOUT_MS = 30_000;

/** What every broker is run with: `{java, classPath}`. Fetches the jars when they are not there yet. */
export async function brokerProgram(log, signal) {
  const java = findJava();
  requireInstalled();
  return { java, classPath: join(await kafkaJars(log, signal), '*') };
}

/** Starts the process of the broker that `serverProperties` describe, and returns before it answers. */
export function runBroker(
  folder,
  { program: { java, classPath }, port, serverProperties, heapMb, javaOptions = [], log, outlive },
) {
  const logPath = join(folder, 'broker.log');
  const output = openSync(logPath, 'w');
  const child = spawn(java, [...jvmOptions(heapMb), ...javaOptions, '-cp', classPath, 'kafka.Kafka', serverProperties], {
    stdio: ['ignore', output, output],
    detached: true,
  });
  closeSync(output);
  const exited = new Promise((done) => {
    child.once('error', () => done({ code: null, signal: null }));
    child.once('exit', (code, signal) => done({ code, signal }));
  });
  writeBrokerRecord(folder, { pid: child.pid, port });
  const endGuard = outlive ? () => {} : guardOrphan(child.pid);
  void exited.then(endGuard);

  return {
    brokers: `127.0.0.1:${port}`,
    pid: child.pid,
    port,
    dataDir: folder,
    logPath,
    /** Settles when the broker's process has ended, for whatever reason. */
    exited,
    /** Stops it cleanly and waits. Stopping twice changes nothing. */
    async stop() {
      await endProcess(child.pid, exited, log);
      removeBrokerRecord(folder);
    },
    /** Ends it as a power cut would (`kill -9`) and waits. */
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    /** Lets this process end without it. */
    release() {
      child.unref();
    },
  };
}

/** Waits until `broker` answers for a cluster that works; fails at once, with the last of its log, when it ends instead. */
export async function untilItAnswers(broker, signal) {
  const died = broker.exited.then((end) => {
    throw new LocalKafkaError(
      'BROKER_DIED',
      `The broker ended while it was starting (${end.signal ?? `exit code ${end.code}`}).\n${logTail(broker.logPath)}`,
    );
  });
  await waitFor(() => clusterAnswers(broker.brokers), {
    timeoutMs: READY_TIMEOUT_MS,
    describe: `the broker on port ${broker.port}`,
    until: died,
    signal,
  });
}

/** Throws when a broker serves `dataDir` already, or something listens on `port`. */
export async function refuseIfTaken(port, dataDir) {
  const running = runningBroker(dataDir);
  if (running !== undefined) {
    throw new LocalKafkaError(
      'ALREADY_RUNNING',
      `A broker already serves this data directory, on port ${running.port} (pid ${running.pid}). Use it with KAFKA_BROKERS=127.0.0.1:${running.port}, or stop it: node tools/local-kafka/local-kafka.mjs stop --data ${dataDir}`,
    );
  }
  if (!(await isPortFree(port))) {
    throw new LocalKafkaError(
      'PORT_TAKEN',
      `Port ${port} is taken. If a broker of yours listens there, use it with KAFKA_BROKERS=localhost:${port}; else choose another port (--port, or LOCAL_KAFKA_PORT for npm start).`,
    );
  }
}

/** SIGTERM, and SIGKILL when that does not help in time. `gone` settles when the process has ended. */
export async function endProcess(pid, gone, log) {
  sendSignal(pid, 'SIGTERM');
  let timer;
  const late = new Promise((done) => (timer = setTimeout(done, STOP_TIMEOUT_MS, 'late')));
  const outcome = await Promise.race([gone, late]);
  clearTimeout(timer);
  if (outcome !== 'late') return;
  log(`the broker did not stop within ${STOP_TIMEOUT_MS / 1000} s: killing it`);
  sendSignal(pid, 'SIGKILL');
  await gone;
}

function jvmOptions(heapMb) {
  // Errors go to broker.log; anything chattier would fill it with a healthy broker's news.
  return [
    `-Xmx${heapMb}m`,
    '-XX:+UseG1GC',
    '-XX:MaxGCPauseMillis=20',
    '-Djava.awt.headless=true',
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
  ];
}

function requireInstalled() {
  try {
    import.meta.resolve('kafkajs');
  } catch {
    throw new LocalKafkaError('NOT_INSTALLED', 'The packages are not installed: run npm ci first.');
  }
}

function sendSignal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
