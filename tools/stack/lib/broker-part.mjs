import { join } from 'node:path';
import { LocalKafkaError, startLocalKafka } from '../../local-kafka/local-kafka.mjs';
import { containerEngine, startContainerBroker } from './container-broker.mjs';
import { StackError } from './errors.mjs';
import { answers } from './ports.mjs';

/** Starts the stack's broker: in a container engine if one answers, else as a process (always that when `kind` is `jvm`). Returns `{name, exited, stop(), kill()}`. */
export async function startBroker({ root, dataDir, port, kind, progress, signal }) {
  const engine = kind === 'jvm' ? undefined : containerEngine();
  const where = engine === undefined ? 'local JVM' : engine;
  return progress.step(`broker on port ${port} (${where})`, async (detail) => {
    if (engine !== undefined)
      return { name: 'broker', ...(await startContainerBroker({ engine, root, port, signal, log: detail })) };
    try {
      const broker = await startLocalKafka({ port, dataDir: join(dataDir, 'kafka'), log: detail, signal });
      const exited = broker.exited.then(() => new StackError(`The broker ended unexpectedly. Its errors: ${broker.logPath}`));
      return { name: 'broker', exited, stop: broker.stop, kill: broker.kill };
    } catch (error) {
      throw error instanceof LocalKafkaError ? new StackError(error.message) : error;
    }
  });
}

/** Refuses a KAFKA_BROKERS where nobody listens. Whether its TLS and its credentials are right is for the apps to find out. */
export async function requireReachable(brokers) {
  const addresses = brokers.split(',').map((address) => address.trim());
  const reachable = await Promise.all(
    addresses.map((address) => {
      const colon = address.lastIndexOf(':');
      return answers(address.slice(0, colon), Number(address.slice(colon + 1)));
    }),
  );
  if (reachable.includes(true)) return;
  throw new StackError(
    `KAFKA_BROKERS is set, but nothing listens at ${addresses.join(', ')}. Start that broker, correct the address, or unset KAFKA_BROKERS to have one started here.`,
  );
}
