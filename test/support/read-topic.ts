import { randomUUID } from 'node:crypto';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import { waitFor } from '../../tools/stack/lib/wait-for.mjs';
import { kafkaClient, sharedBrokers, withAdmin } from './test-kafka.ts';

/** A record as it stands in a topic. */
export interface TopicRecord {
  readonly partition: number;
  readonly offset: string;
  readonly timestamp: string;
  readonly key: string | null;
  /** Null for a tombstone. */
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Reads everything that the topic holds now, by partition and offset. */
export async function readTopic(topic: string, brokers: string = sharedBrokers()): Promise<TopicRecord[]> {
  const ends = await withAdmin((admin) => admin.fetchTopicOffsets(topic), brokers);
  // The last offset may belong to no record any more (compaction, a control record), so "read" means that the position has come to the end.
  const missing = new Map(
    ends.filter(({ low, high }) => BigInt(low) < BigInt(high)).map(({ partition, high }) => [partition, BigInt(high)]),
  );
  if (missing.size === 0) return [];

  const records: TopicRecord[] = [];
  const consumer = kafkaClient(brokers).consumer({ groupId: `test-reader-${randomUUID()}`, maxWaitTimeInMs: 100 });
  const crashed = new Promise<never>((_, reject) => consumer.on('consumer.crash', ({ payload }) => reject(payload.error)));
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        const end = missing.get(batch.partition);
        if (end === undefined) return;
        records.push(
          ...batch.messages.filter(({ offset }) => BigInt(offset) < end).map((message) => recordOf(batch.partition, message)),
        );
        if (BigInt(batch.lastOffset()) + 1n >= end) missing.delete(batch.partition);
      },
    });
    await waitFor(() => missing.size === 0, { intervalMs: 20, describe: `the end of ${topic}`, until: crashed });
  } finally {
    // A group without commits vanishes with its last member.
    await consumer.disconnect();
  }
  return records.sort((a, b) => a.partition - b.partition || Number(BigInt(a.offset) - BigInt(b.offset)));
}

function recordOf(partition: number, { offset, timestamp, key, value, headers }: KafkaMessage): TopicRecord {
  return {
    partition,
    offset,
    timestamp,
    key: key?.toString() ?? null,
    value: value?.toString() ?? null,
    headers: textsOf(headers ?? {}),
  };
}

function textsOf(headers: IHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
