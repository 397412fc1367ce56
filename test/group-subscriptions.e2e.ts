import { randomUUID } from 'node:crypto';
import { createKafka, type LogSink, type TopicPartition } from '#event-log';
import { atTestEnd } from './support/test-end.ts';
import { sharedBrokers, withAdmin } from './support/test-kafka.ts';
import { waitFor } from './support/wait-for.ts';

const QUIET: LogSink = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const PARTITIONS = 6;

describe('a rolling restart that adds a source', () => {
  const id = randomUUID();
  const [known, added] = [`group-${id}-a`, `group-${id}-b`];

  /** Joins the group with a subscription; tells what the member has been given, and leaves it when asked. */
  async function join(name: string, topics: readonly string[]) {
    let owned: readonly TopicPartition[] = [];
    const consumer = createKafka({ brokers: [sharedBrokers()], clientId: name, ssl: false }, QUIET).consumer({
      groupId: `group-${id}`,
      topics,
      member: () => ({ name, owned }),
      monotonicNow: () => performance.now(),
      events: {
        beforeRebalance: () => Promise.resolve(),
        assigned: (partitions) => void (owned = partitions),
        records: () => Promise.resolve(),
        membershipConfirmed: () => undefined,
        crashed: () => undefined,
      },
    });
    atTestEnd(() => consumer.stop());
    await consumer.start();
    return { count: (topic: string) => owned.filter((place) => place.topic === topic).length, leave: () => consumer.stop() };
  }

  it('gives the new source to those that know it, whoever leads the group, and evenly once all do', async () => {
    await withAdmin((admin) =>
      admin.createTopics({
        topics: [known, added].map((topic) => ({ topic, numPartitions: PARTITIONS })),
        waitForLeaders: true,
      }),
    );
    // The one that was there first leads the group, and does not know the new source.
    const old = await join('old', [known]);
    await waitFor(() => old.count(known) === PARTITIONS, { describe: 'the only member to own everything' });
    const renewed = await join('renewed', [known, added]);
    await waitFor(() => renewed.count(added) === PARTITIONS && renewed.count(known) === PARTITIONS / 2, {
      timeoutMs: 30_000,
      describe: () => `the one that knows it to own all of the new source (${renewed.count(added)}), and half of the other`,
    });
    expect([old.count(known), old.count(added)]).toEqual([PARTITIONS / 2, 0]);

    await old.leave();
    const again = await join('old', [known, added]);
    await waitFor(() => again.count(added) === PARTITIONS / 2 && renewed.count(added) === PARTITIONS / 2, {
      timeoutMs: 30_000,
      describe: () => `both to own half of it (${again.count(added)}, ${renewed.count(added)})`,
    });
    await withAdmin((admin) => admin.deleteTopics({ topics: [known, added] }));
  }, 90_000);
});
