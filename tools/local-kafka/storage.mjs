import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { privateFolder } from '../stack/lib/private-folder.mjs';
import { BROKER_SETTINGS } from './broker-settings.mjs';
import { LocalKafkaError } from './errors.mjs';

/**
 * Writes the broker's configuration into `dataDir`; returns its path. Everything listens on the loopback only.
 *
 * `controllerPorts` are those of all nodes of its cluster, in the order of their ids, which count from 1. `listeners` are further ones.
 */
export function writeServerProperties(dataDir, { port, nodeId = 1, controllerPorts, settings = {}, listeners = {} }) {
  const controllerPort = controllerPorts[nodeId - 1];
  const clients = Object.entries({ PLAINTEXT: { port, protocol: 'PLAINTEXT' }, ...listeners });
  // The address, not `localhost`: a client that tries ::1 first would be refused.
  const addresses = clients.map(([name, listener]) => `${name}://127.0.0.1:${listener.port}`).join(',');
  privateFolder(dataDir);
  const properties = {
    ...BROKER_SETTINGS,
    'process.roles': 'broker,controller',
    'node.id': String(nodeId),
    'controller.quorum.voters': controllerPorts.map((voter, index) => `${index + 1}@127.0.0.1:${voter}`).join(','),
    'controller.listener.names': 'CONTROLLER',
    listeners: `${addresses},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': addresses,
    'listener.security.protocol.map': [
      ...clients.map(([name, { protocol }]) => `${name}:${protocol}`),
      'CONTROLLER:PLAINTEXT',
    ].join(','),
    'log.dirs': logsFolder(dataDir),
    ...settings,
  };
  const path = join(dataDir, 'server.properties');
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${escaped(value)}`);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** Where node `nodeId` of a cluster has its own data directory. */
export function nodeFolder(dataDir, nodeId) {
  return join(dataDir, `node-${nodeId}`);
}

/** Whether `dataDir` holds the storage of a broker. */
export function isFormatted(dataDir) {
  return existsSync(metaProperties(dataDir));
}

/** Formats the storage of a new data directory; one that is formatted keeps its records. */
export function formatStorage(
  dataDir,
  { program: { java, classPath }, serverProperties, clusterId = newClusterId(), formatOptions = [] },
) {
  if (isFormatted(dataDir)) return;
  const args = ['-Xmx128m', '-XX:TieredStopAtLevel=1', '-cp', classPath, 'kafka.tools.StorageTool'];
  const { status, stdout, stderr } = spawnSync(
    java,
    [...args, 'format', '-t', clusterId, '-c', serverProperties, '--ignore-formatted', ...formatOptions],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new LocalKafkaError('FORMAT_FAILED', `Kafka could not format its storage:\n${stdout}${stderr}`);
}

function metaProperties(dataDir) {
  return join(logsFolder(dataDir), 'meta.properties');
}

/** Kafka's own folder in a data directory. */
export function logsFolder(dataDir) {
  return join(dataDir, 'logs');
}

/** The id of the cluster that `dataDir` was formatted for; undefined when it is new. */
export function clusterIdOf(dataDir) {
  if (!isFormatted(dataDir)) return undefined;
  return /^cluster\.id=(.+)$/m.exec(readFileSync(metaProperties(dataDir), 'utf8'))?.[1];
}

/** A Kafka Uuid: 16 random bytes in URL-safe base64. One that begins with a dash would be read as an option. */
export function newClusterId() {
  for (;;) {
    const id = randomBytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}

function escaped(value) {
  return String(value).replaceAll('\\', '\\\\');
}
