import { randomUUID } from 'node:crypto';
import { Partitioners, type Message } from 'kafkajs';
import { readTopic } from './support/read-topic.ts';
import { startCluster } from './support/test-cluster.ts';
import { kafkaClient, startOwnBroker, withAdmin } from './support/test-kafka.ts';

async function createTopic(topic: string, brokers?: string): Promise<void> {
  await withAdmin(
    async (admin) => admin.createTopics({ topics: [{ topic, numPartitions: 3, replicationFactor: 1 }], waitForLeaders: true }),
    brokers,
  );
}

async function produce(topic: string, keys: readonly string[], brokers?: string): Promise<void> {
  await send(
    topic,
    keys.map((key) => ({ key, value: `value of ${key}` })),
    brokers,
  );
}

async function produceTombstone(topic: string, key: string): Promise<void> {
  await send(topic, [{ key, value: null }]);
}

async function send(topic: string, messages: Message[], brokers?: string): Promise<void> {
  const producer = kafkaClient(brokers).producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  try {
    await producer.send({ topic, acks: -1, messages });
  } finally {
    await producer.disconnect();
  }
}

const keysOf = async (topic: string, brokers?: string): Promise<(string | null)[]> =>
  (await readTopic(topic, brokers)).map((record) => record.key).sort();

describe('the broker of tools/local-kafka', () => {
  it('answers as one broker that is its own controller', async () => {
    const cluster = await withAdmin((admin) => admin.describeCluster());

    expect(cluster.brokers).toHaveLength(1);
    expect(cluster.controller).toBe(cluster.brokers[0]?.nodeId);
  });

  it('keeps what was produced, tombstones included, for whoever reads the topic', async () => {
    const topic = `smoke-${randomUUID()}`;
    await createTopic(topic);
    await produce(topic, ['a', 'b']);
    await produceTombstone(topic, 'c');

    const records = await readTopic(topic);
    expect(Object.fromEntries(records.map(({ key, value }) => [key, value]))).toEqual({
      a: 'value of a',
      b: 'value of b',
      c: null,
    });
  });

  it('makes no topic because somebody mistyped its name', async () => {
    const topic = `mistyped-${randomUUID()}`;

    await expect(produce(topic, ['a'])).rejects.toThrow();
    expect(await withAdmin((admin) => admin.listTopics())).not.toContain(topic);
  });

  it('finds its records again after a clean stop and after a kill -9', async () => {
    const broker = await startOwnBroker();
    await createTopic('kept', broker.brokers);
    await produce('kept', ['before the stop'], broker.brokers);

    await broker.stop();
    await broker.start();
    await produce('kept', ['before the kill'], broker.brokers);
    await broker.kill9();
    await broker.start();

    expect(await keysOf('kept', broker.brokers)).toEqual(['before the kill', 'before the stop']);
  }, 240_000);

  it('is, where three are asked for, a cluster that goes on without its controller and finds it again', async () => {
    const cluster = await startCluster();
    const topics = [{ topic: 'replicated', numPartitions: 3, replicationFactor: 3 }];
    // Not kafkajs's own wait for leaders: it fails when it asks a node that has not heard of the topic yet.
    await withAdmin(async (admin) => admin.createTopics({ topics, waitForLeaders: false }), cluster.brokers);
    await cluster.untilInSync();
    await produce('replicated', ['by three'], cluster.brokers);
    const gone = cluster.controller();

    await cluster.kill9(gone);
    await cluster.untilMovedFrom(gone, 'replicated');
    expect(cluster.controller()).not.toBe(gone);
    expect(await cluster.coordinatorOf('some-group')).not.toBe(gone);
    await produce('replicated', ['by two'], cluster.brokers);
    await cluster.start(gone);
    await cluster.untilInSync();

    expect(await keysOf('replicated', cluster.brokers)).toEqual(['by three', 'by two']);
  }, 240_000);
});
