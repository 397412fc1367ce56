import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort } from '../stack/lib/ports.mjs';
import { brokerProgram, refuseIfTaken, runBroker, untilItAnswers } from './broker-process.mjs';
import { clusterSettings } from './broker-settings.mjs';
import { LocalKafkaError } from './errors.mjs';
import { clusterIdOf, formatStorage, isFormatted, newClusterId, nodeFolder, writeServerProperties } from './storage.mjs';

const DEFAULT_HEAP_MB = 256;

/**
 * Starts a Kafka of as many nodes as there are `ports`, each of them broker and controller in a process of its own, and returns once all of them answer.
 *
 * Node n (from 1) listens on the n-th port and has its data in `dataDir/node-n`; a second start finds the records. A node that has ended is started again by
 * its own `start()`: same port, same data. The other options are those of `startLocalKafka`, `heapMb` that of each node.
 */
export async function startLocalKafkaCluster({
  ports,
  dataDir,
  log = () => {},
  heapMb = DEFAULT_HEAP_MB,
  settings = {},
  outlive = false,
  signal,
}) {
  const folder = resolve(dataDir);
  refuseSingleBroker(folder);
  const folders = ports.map((_, index) => nodeFolder(folder, index + 1));
  for (const [index, port] of ports.entries()) await refuseIfTaken(port, folders[index]);
  const program = await brokerProgram(log, signal);
  const controllerPorts = [];
  while (controllerPorts.length < ports.length) controllerPorts.push(await freePort());
  const clusterId = folders.map(clusterIdOf).find((id) => id !== undefined) ?? newClusterId();
  const nodes = ports.map((port, index) => {
    const nodeId = index + 1;
    const own = { ...clusterSettings(ports.length), ...settings };
    const serverProperties = writeServerProperties(folders[index], { port, nodeId, controllerPorts, settings: own });
    formatStorage(folders[index], { program, serverProperties, clusterId });
    return createNode({ nodeId, folder: folders[index], options: { program, port, serverProperties, heapMb, log, outlive } });
  });
  const ofAll = async (act) => void (await Promise.all(nodes.map(act)));
  try {
    await ofAll((node) => node.start(signal));
  } catch (error) {
    await ofAll((node) => node.kill());
    throw error;
  }
  return {
    brokers: nodes.map(({ address }) => address).join(','),
    nodes,
    dataDir: folder,
    stop: () => ofAll((node) => node.stop()),
    kill: () => ofAll((node) => node.kill()),
  };
}

/** One node of a cluster, which may end and be started again. */
function createNode({ nodeId, folder, options }) {
  let running;
  return {
    nodeId,
    address: `127.0.0.1:${options.port}`,
    port: options.port,
    dataDir: folder,
    /** The process that serves it; undefined when none does. */
    get pid() {
      return running?.pid;
    },
    get exited() {
      return running?.exited;
    },
    /** Starts it on what it has on disk; resolves when it answers for a cluster that works, so not before a majority of the nodes runs. */
    async start(signal) {
      running ??= runBroker(folder, options);
      await untilItAnswers(running, signal);
      if (options.outlive) running.release();
    },
    async stop() {
      await running?.stop();
      running = undefined;
    },
    async kill() {
      await running?.kill();
      running = undefined;
    },
  };
}

/** The data directories below `dataDir` that have a broker each: those of a cluster's nodes, else `dataDir` itself. */
export function brokerFolders(dataDir) {
  const folder = resolve(dataDir);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^node-\d+$/.test(name)) : [];
  return names.length === 0 ? [folder] : names.sort().map((name) => join(folder, name));
}

function refuseSingleBroker(dataDir) {
  if (!isFormatted(dataDir)) return;
  throw new LocalKafkaError(
    'OTHER_LAYOUT',
    `${dataDir} holds the records of a single broker. Start it without --brokers, choose another directory (--data), or delete that one.`,
  );
}
