import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ConfigResourceTypes } from 'kafkajs';
import { createKafka, LogWriter, PartitionReader, type EncodedRecord, type LogSink } from '#event-log';
import { toOffset } from '#segment';
import { callsFor } from './support/extole-calls.ts';
import { numberedEvents, sendInBatches } from './support/numbered-events.ts';
import { sharedBrokers, withAdmin } from './support/test-kafka.ts';
import { startStack } from './support/test-stack.ts';
import { waitFor } from './support/wait-for.ts';

jest.setTimeout(120_000);

const silent: LogSink = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const CODECS = ['gzip', 'snappy', 'lz4', 'zstd'];

/** Adds one entry to a topic's configuration, as an administrator would, whose broker compresses from then on whatever comes. */
async function setCompression(topic: string, codec: string): Promise<void> {
  await withAdmin(async (admin) => {
    const resource = { type: ConfigResourceTypes.TOPIC, name: topic };
    const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [resource] });
    const own = (resources[0]?.configEntries ?? []).filter(({ configSource }) => Number(configSource) === 1);
    const configEntries = own.map(({ configName, configValue }) => ({ name: configName, value: configValue }));
    configEntries.push({ name: 'compression.type', value: codec });
    await admin.alterConfigs({ validateOnly: false, resources: [{ ...resource, configEntries }] });
  });
}

describe('topics that somebody compresses', () => {
  it.each(CODECS)('are read where the broker packs them by %s', async (codec) => {
    const topic = `compressed-${codec}-${randomUUID().slice(0, 8)}`;
    await withAdmin((admin) => admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 1 }] }));
    await setCompression(topic, codec);
    const kafka = createKafka({ brokers: [sharedBrokers()], clientId: 'compression', ssl: false }, silent);
    const writer = new LogWriter({ kafka, log: silent });
    const reader = new PartitionReader({ kafka, log: silent });
    try {
      // Of many blocks where a codec makes blocks, and of what does not pack at all.
      const values = Array.from({ length: 300 }, (_, n) => (n % 2 === 0 ? `${n} `.repeat(400) : randomUUID().repeat(20)));
      const records = values.map((value): EncodedRecord => ({ key: 'k', value: Buffer.from(value), headers: { h: 'v' } }));
      await Promise.all(records.map((record) => writer.append(topic, record, 0)));
      const read: string[] = [];
      for (let next = toOffset(0); read.length < values.length;) {
        const batch = await reader.fetch(topic, 0, next);
        read.push(...batch.records.map(({ value }) => String(value)));
        next = batch.nextOffset;
      }
      expect(read).toEqual(values);
    } finally {
      await Promise.all([writer.close(), reader.close()]);
    }
  });

  it('change nothing of what is delivered, erased and restored, whichever topic it is (P1, P4, P5)', async () => {
    const stack = await startStack({ partitions: 2 });
    const { events: eventsTopic, outcomes, deletions } = stack.topics;
    for (const [topic, codec] of Object.entries({ [eventsTopic]: 'zstd', [outcomes]: 'lz4', [deletions]: 'snappy' }))
      await setCompression(topic, codec);
    const before = numberedEvents({ total: 60, users: 10, prefix: 'before' });
    await sendInBatches(stack.segment, before, 20);
    await waitFor(async () => callsFor(before, await stack.extole.applied()).length === 60, { describe: 'all events' });
    expect((await stack.segment.deleteUser('before-1')).status).toBe(202);

    await stack.forwarders[0]?.terminate();
    await stack.startForwarder();
    const after = numberedEvents({ total: 60, users: 10, prefix: 'after' });
    await sendInBatches(stack.segment, after, 20);
    await waitFor(async () => callsFor(after, await stack.extole.applied()).length === 60, { describe: 'those after it' });
    expect(callsFor(before, await stack.extole.applied())).toHaveLength(60);
  });
});
