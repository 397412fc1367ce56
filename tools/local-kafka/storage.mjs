import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BROKER_SETTINGS } from './broker-settings.mjs';
import { LocalKafkaError } from './errors.mjs';

/** Writes the broker's configuration into `dataDir`; returns its path. Everything listens on the loopback only. */
export function writeServerProperties(dataDir, { port, controllerPort, settings = {} }) {
  mkdirSync(dataDir, { recursive: true });
  const properties = {
    ...BROKER_SETTINGS,
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    // The address, not `localhost`: a client that tries ::1 first would be refused.
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': logsFolder(dataDir),
    ...settings,
  };
  const path = join(dataDir, 'server.properties');
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${escaped(value)}`);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** Formats the storage of a new data directory; one that is formatted keeps its records. */
export function formatStorage(dataDir, { java, classPath, serverProperties }) {
  if (existsSync(join(logsFolder(dataDir), 'meta.properties'))) return;
  const args = ['-Xmx128m', '-XX:TieredStopAtLevel=1', '-cp', classPath, 'kafka.tools.StorageTool'];
  const { status, stdout, stderr } = spawnSync(
    java,
    [...args, 'format', '-t', newClusterId(), '-c', serverProperties, '--ignore-formatted'],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new LocalKafkaError('FORMAT_FAILED', `Kafka could not format its storage:\n${stdout}${stderr}`);
}

function logsFolder(dataDir) {
  return join(dataDir, 'logs');
}

/** A Kafka Uuid: 16 random bytes in URL-safe base64. One that begins with a dash would be read as an option. */
function newClusterId() {
  for (;;) {
    const id = randomBytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}

function escaped(value) {
  return String(value).replaceAll('\\', '\\\\');
}
