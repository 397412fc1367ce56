import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { clusterAnswers } from '../stack/lib/cluster-answers.mjs';
import { logTail } from '../stack/lib/log-tail.mjs';
import { isSameProcess, processStart } from '../stack/lib/process-identity.mjs';
import { guardOrphan } from '../stack/lib/orphan-guard.mjs';
import { freePort, isPortFree } from '../stack/lib/ports.mjs';
import { waitFor } from '../stack/lib/wait-for.mjs';
import { removeBrokerRecord, runningBroker, writeBrokerRecord } from './broker-record.mjs';
import { LocalKafkaError } from './errors.mjs';
import { kafkaJars } from './jars.mjs';
import { findJava } from './java.mjs';
import { formatStorage, writeServerProperties } from './storage.mjs';

const READY_TIMEOUT_MS = 60_000;
/** A clean stop flushes and closes every log; a start after an unclean one reads them again instead. */
const STOP_TIMEOUT_MS = 30_000;
const DEFAULT_HEAP_MB = 512;

/**
 * Starts a single-node Kafka on the loopback and returns once it answers a metadata request.
 *
 * `dataDir` is made and formatted when it is new; a second start finds its records. `log(text)` is told about each slow step. `settings` are further broker
 * properties. `outlive: true` leaves the broker running when this process ends (the command line's `start`). An aborted `signal` gives up the
 * start, and leaves nothing running.
 */
export async function startLocalKafka({
  port,
  dataDir,
  log = () => {},
  heapMb = DEFAULT_HEAP_MB,
  settings = {},
  outlive = false,
  signal,
}) {
  const folder = resolve(dataDir);
  await refuseIfTaken(port, folder);
  const java = findJava();
  requireInstalled();
  const classPath = join(await kafkaJars(log, signal), '*');
  const serverProperties = writeServerProperties(folder, { port, controllerPort: await freePort(), settings });
  formatStorage(folder, { java, classPath, serverProperties });

  const logPath = join(folder, 'broker.log');
  const output = openSync(logPath, 'w');
  const child = spawn(java, [...jvmOptions(heapMb), '-cp', classPath, 'kafka.Kafka', serverProperties], {
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

  const broker = {
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
  };

  try {
    const died = exited.then((end) => {
      throw new LocalKafkaError(
        'BROKER_DIED',
        `The broker ended while it was starting (${end.signal ?? `exit code ${end.code}`}).\n${logTail(logPath)}`,
      );
    });
    await waitFor(() => clusterAnswers(broker.brokers), {
      timeoutMs: READY_TIMEOUT_MS,
      describe: `the broker on port ${port}`,
      until: died,
      signal,
    });
  } catch (error) {
    await broker.stop();
    throw error;
  }
  if (outlive) child.unref();
  return broker;
}

/** Stops the broker that serves `dataDir`, whoever started it there. Returns its pid, or undefined when none runs. */
export async function stopLocalKafka({ dataDir, log = () => {} }) {
  const folder = resolve(dataDir);
  const running = runningBroker(folder);
  if (running === undefined) return undefined;
  const identity = { pid: running.pid, start: processStart(running.pid) };
  const gone = waitFor(() => !isSameProcess(identity), {
    timeoutMs: STOP_TIMEOUT_MS + 5_000,
    describe: `the broker (pid ${running.pid}) to end`,
  });
  await endProcess(running.pid, gone, log);
  removeBrokerRecord(folder);
  return running.pid;
}

/** `{pid, port, answering}` of the broker that serves `dataDir`, or undefined when none runs. */
export async function localKafkaStatus({ dataDir }) {
  const running = runningBroker(resolve(dataDir));
  if (running === undefined) return undefined;
  const answering = await clusterAnswers(`127.0.0.1:${running.port}`).catch(() => false);
  return { ...running, answering };
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

async function refuseIfTaken(port, dataDir) {
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

function requireInstalled() {
  try {
    import.meta.resolve('kafkajs');
  } catch {
    throw new LocalKafkaError('NOT_INSTALLED', 'The packages are not installed: run npm ci first.');
  }
}

async function endProcess(pid, gone, log) {
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

function sendSignal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
