import { answers } from './ports.mjs';

/**
 * Whether a Kafka at `host:port` works: it knows its controller, and a consumer group can find its coordinator.
 *
 * The second takes longer, on the very first start above all (the first question has the offsets topic made), and a kafkajs consumer that joins too early fails
 * with "the coordinator is loading" instead of waiting.
 */
export async function clusterAnswers(hostAndPort) {
  const [host, port] = hostAndPort.split(':');
  if (!(await answers(host, Number(port)))) return false; // The client's own way to find that out is slower.
  // Not imported above: this file is loaded before the packages are installed.
  const { default: kafkajs } = await import('kafkajs');
  const client = new kafkajs.Kafka({
    brokers: [hostAndPort],
    logLevel: kafkajs.logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 3_000,
    retry: { retries: 0 },
  });
  const admin = client.admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    if (cluster.brokers.length === 0 || cluster.controller === null) return false;
    await admin.fetchOffsets({ groupId: 'readiness-probe' });
    return true;
  } finally {
    await admin.disconnect();
  }
}
