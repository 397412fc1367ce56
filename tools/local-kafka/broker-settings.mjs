/**
 * How a Kafka of ours differs from Kafka's defaults, wherever it runs: here, and as the service `broker` of docker-compose.yml
 * (tools/stack/compose.spec.ts compares the two).
 */
export const BROKER_SETTINGS = Object.freeze({
  // Topics are made by `bridge topics ensure` and the apps, with the right partitions and retention; a typo must not make one.
  'auto.create.topics.enable': 'false',
  // One node starts alone: waiting for further consumers only delays every start and every test.
  'group.initial.rebalance.delay.ms': '0',
  'default.replication.factor': '1',
  'min.insync.replicas': '1',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '8',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  // The default of 128 MB is a quarter of the small heap that a broker gets here, for a cleaner that has little to clean.
  'log.cleaner.dedupe.buffer.size': '33554432',
});

/**
 * What a cluster of ours has besides: every record on every broker, acknowledged by two of three at least. The session is shorter than Kafka's 9 s, so that
 * a broker that died is told apart from a slow one sooner.
 */
export function clusterSettings(nodeCount) {
  const replicas = String(nodeCount);
  const inSync = String(nodeCount - 1);
  return {
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': inSync,
    'broker.session.timeout.ms': '6000',
  };
}
