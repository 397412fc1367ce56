import { askKafka, wire } from './kafka-request.ts';
import { withAdmin } from './test-kafka.ts';
import { waitFor } from './wait-for.ts';

/** Of Kafka's protocol, in the last versions without tagged fields. */
const API = { electLeaders: { key: 43, version: 0 }, alterClientQuotas: { key: 49, version: 0 } } as const;
const ELECTION_NOT_NEEDED = 84;
const TIMEOUT_MS = 10_000;

/** A quota of every client by itself, in bytes a second at each broker; what is left out is not limited. */
export interface ClientQuota {
  readonly producer_byte_rate?: number;
  readonly consumer_byte_rate?: number;
}

/** What `kafka-leader-election --election-type preferred --all-topic-partitions` does. @param address of any broker that runs */
export async function electPreferredLeaders(address: string): Promise<void> {
  const allPartitions = wire.int32(-1);
  const answer = await askKafka(address, API.electLeaders, Buffer.concat([allPartitions, wire.int32(TIMEOUT_MS)]));
  let at = 4;
  const take = (size: number): number => answer.readIntBE((at += size) - size, size);
  const skipText = (): void => {
    const length = take(2);
    at += Math.max(0, length);
  };
  for (let topics = take(4); topics > 0; topics--) {
    skipText();
    for (let partitions = take(4); partitions > 0; partitions--) {
      const [partition, code] = [take(4), take(2)];
      skipText();
      if (code !== 0 && code !== ELECTION_NOT_NEEDED)
        throw new Error(`no leader elected of partition ${partition}: error ${code}`);
    }
  }
}

/** What `kafka-configs --alter --entity-type clients --entity-default --add-config …` does. @param address of any broker that runs */
export async function setClientQuota(address: string, quota: ClientQuota): Promise<void> {
  const anyClient = wire.list([Buffer.concat([wire.text('client-id'), wire.text(null)])]);
  const changes = (['producer_byte_rate', 'consumer_byte_rate'] as const).map((name) => {
    const value = quota[name];
    return Buffer.concat([wire.text(name), wire.float64(value ?? 0), wire.int8(value === undefined ? 1 : 0)]);
  });
  const entries = wire.list([Buffer.concat([anyClient, wire.list(changes)])]);
  const answer = await askKafka(address, API.alterClientQuotas, Buffer.concat([entries, wire.int8(0)]));
  const code = answer.readInt16BE(8);
  if (code !== 0) throw new Error(`the quota was not taken: error ${code}`);
}

/**
 * What `kafka-reassign-partitions` does, for every partition of every topic; resolves when all of them have moved.
 *
 * @param replicasOf the brokers that are to have it, its preferred leader first
 */
export async function reassignAll(brokers: string, replicasOf: (partition: number) => readonly number[]): Promise<void> {
  await withAdmin(async (admin) => {
    const { topics } = await admin.fetchTopicMetadata({ topics: await admin.listTopics() });
    await admin.alterPartitionReassignments({
      topics: topics.map(({ name: topic, partitions }) => ({
        topic,
        partitionAssignment: partitions.map(({ partitionId: partition }) => ({
          partition,
          replicas: [...replicasOf(partition)],
        })),
      })),
    });
    await waitFor(async () => (await admin.listPartitionReassignments({})).topics.length === 0, {
      timeoutMs: 60_000,
      intervalMs: 100,
      describe: 'all partitions to have moved',
    });
  }, brokers);
}
