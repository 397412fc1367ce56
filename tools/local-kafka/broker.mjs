import { existsSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { clusterAnswers } from '../stack/lib/cluster-answers.mjs';
import { isSameProcess, processStart } from '../stack/lib/process-identity.mjs';
import { freePort } from '../stack/lib/ports.mjs';
import { waitFor } from '../stack/lib/wait-for.mjs';
import { brokerProgram, endProcess, refuseIfTaken, runBroker, STOP_TIMEOUT_MS, untilItAnswers } from './broker-process.mjs';
import { removeBrokerRecord, runningBroker } from './broker-record.mjs';
import { LocalKafkaError } from './errors.mjs';
import { formatStorage, nodeFolder, writeServerProperties } from './storage.mjs';

const DEFAULT_HEAP_MB = 512;

/**
 * Starts a single-node Kafka on the loopback and returns once it answers a metadata request.
 *
 * `dataDir` is made and formatted when it is new; a second start finds its records. `log(text)` is told about each slow step. `settings` are further broker
 * properties; `listeners` further places to listen at, by name: `{ SECURE: { port, protocol: 'SASL_SSL' } }`, whose properties stand in `settings`;
 * `javaOptions` are the JVM's, `formatOptions` those of `kafka-storage format`, `classPath` further folders or jars of what `settings` name. `outlive: true` leaves the broker running when this process ends (the command line's `start`). An aborted `signal` gives up the
 * start, and leaves nothing running.
 */
export async function startLocalKafka({
  port,
  dataDir,
  log = () => {},
  heapMb = DEFAULT_HEAP_MB,
  settings = {},
  listeners = {},
  javaOptions = [],
  formatOptions = [],
  classPath = [],
  outlive = false,
  signal,
}) {
  const folder = resolve(dataDir);
  await refuseIfTaken(port, folder);
  refuseCluster(folder);
  const { java, classPath: ofKafka } = await brokerProgram(log, signal);
  const program = { java, classPath: [ofKafka, ...classPath].join(delimiter) };
  const serverProperties = writeServerProperties(folder, { port, controllerPorts: [await freePort()], settings, listeners });
  formatStorage(folder, { program, serverProperties, formatOptions });

  const broker = runBroker(folder, { program, port, serverProperties, heapMb, javaOptions, log, outlive });
  try {
    await untilItAnswers(broker, signal);
  } catch (error) {
    await broker.stop();
    throw error;
  }
  if (outlive) broker.release();
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

function refuseCluster(dataDir) {
  if (!existsSync(nodeFolder(dataDir, 1))) return;
  throw new LocalKafkaError(
    'OTHER_LAYOUT',
    `${dataDir} holds the records of a cluster. Start it with --brokers 3, choose another directory (--data), or delete that one.`,
  );
}
