import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterAnswers } from './cluster-answers.mjs';
import { StackError } from './errors.mjs';
import { guardOrphan } from './orphan-guard.mjs';
import { waitFor } from './wait-for.mjs';

/** The container, and the volume with its records: one of each per port, as there can be only one broker on it. */
const containerName = (port) => `segment-extole-bridge-broker-${port}`;
const PORT_IN_CONTAINER = 9092;

/** The container engine that answers, or undefined. A client without an engine behind it does not count. */
export function containerEngine() {
  return ['docker', 'podman'].find((engine) => spawnSync(engine, ['info'], { stdio: 'ignore', timeout: 5_000 }).status === 0);
}

/** Starts the service `broker` of docker-compose.yml alone, its port on the loopback and its records in a volume. */
export async function startContainerBroker({ engine, root, port, signal, log }) {
  const { default: YAML } = await import('yaml');
  const service = YAML.parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }).services.broker;
  log(`${engine} run ${service.image}`);
  const child = spawn(engine, containerArguments(service, port), { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk) => (errors = `${errors}${chunk}`.slice(-4_000)));
  const exited = new Promise((resolve) => {
    child.once('error', (error) => resolve(new StackError(`${engine} could not be run: ${error.message}`)));
    child.once('exit', (code) =>
      resolve(
        new StackError(
          `The broker's container ended (exit code ${code}).\n${errors}\nSTACK_BROKER=jvm starts it without ${engine}.`,
        ),
      ),
    );
  });
  // A SIGTERM to the client is passed on to the container.
  if (child.pid !== undefined) void exited.then(guardOrphan(child.pid));
  const stop = async () => {
    spawnSync(engine, ['stop', '--time', '30', containerName(port)], { stdio: 'ignore' });
    await exited;
  };
  const died = exited.then((error) => Promise.reject(error));
  try {
    await waitFor(() => clusterAnswers(`127.0.0.1:${port}`), {
      timeoutMs: 180_000,
      describe: `the broker's container on port ${port}`,
      until: died,
      signal,
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { exited, stop, kill: () => spawnSync(engine, ['kill', containerName(port)], { stdio: 'ignore' }) };
}

/** The arguments of `docker run` that mean what the compose service says, for a broker that only this machine reaches. */
export function containerArguments(service, port) {
  const environment = {
    ...service.environment,
    // The engine maps the port; clients must be told the outer one.
    KAFKA_ADVERTISED_LISTENERS: `HOST://127.0.0.1:${port},INTERNAL://localhost:19092`,
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
  };
  return [
    ...['run', '--rm', '--name', containerName(port)],
    ...['--publish', `127.0.0.1:${port}:${PORT_IN_CONTAINER}`],
    ...['--volume', `${containerName(port)}:${environment.KAFKA_LOG_DIRS}`],
    ...Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    service.image,
  ];
}
