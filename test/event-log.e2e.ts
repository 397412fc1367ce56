import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ConfigResourceTypes } from 'kafkajs';
import {
  checkTopics,
  committedOffsets,
  createKafka,
  decodeLogRecord,
  encodeTombstone,
  ensureTopics,
  LogUnavailableError,
  LogWriter,
  OffsetOutOfRangeError,
  partitionFor,
  PartitionFollower,
  PartitionReader,
  RecordTooLargeError,
  repairTopicConfigs,
  topicBounds,
  TopicMismatchError,
  topicSpecs,
  topicsOf,
  type EncodedRecord,
  type LogClient,
  type LogSink,
  type TopicOptions,
} from '#event-log';
import { toOffset, type Offset, type Position, type SubjectKey } from '#segment';
import { waitFor } from '../tools/stack/lib/wait-for.mjs';
import { sharedBrokers, startOwnBroker, withAdmin } from './support/test-kafka.ts';

jest.setTimeout(60_000);

const silent: LogSink = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const SOURCE = 'acme';

function kafkaAt(brokers: string): LogClient {
  return createKafka({ brokers: [brokers], clientId: 'event-log-test', ssl: false }, silent);
}

function optionsFor(prefix: string, partitions = 3): TopicOptions {
  return { prefix, partitions, replication: 1, eventsRetentionMs: 86_400_000, dedupWindowMs: 86_400_000 };
}

function record(key: string, value: string): EncodedRecord {
  return { key, value: Buffer.from(value), headers: { schema: '1' } };
}

describe('the event log on a real broker', () => {
  const kafka = kafkaAt(sharedBrokers());
  const reader = new PartitionReader({ kafka, log: silent });
  let prefix: string;
  const open: LogWriter[] = [];

  function writer(options: Partial<ConstructorParameters<typeof LogWriter>[0]> = {}): LogWriter {
    const made = new LogWriter({ kafka, log: silent, ...options });
    open.push(made);
    return made;
  }

  async function eventsTopic(partitions = 3): Promise<string> {
    await ensureTopics(kafka, topicSpecs(optionsFor(prefix, partitions), { id: SOURCE, afterDeletion: 'accept' }), silent);
    return topicsOf(prefix, SOURCE).events;
  }

  /** Gives a topic these settings and no others, as an administrator would. */
  async function configure(topic: string, settings: Readonly<Record<string, string>>): Promise<void> {
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }];
    await withAdmin((admin) => admin.alterConfigs({ validateOnly: false, resources }));
  }

  async function valuesOf(topic: string, partition: number): Promise<string[]> {
    const end = await reader.endOffset(topic, partition);
    const values: string[] = [];
    for await (const batch of reader.readFrom(topic, partition, toOffset(0))) {
      values.push(...batch.records.map(({ value }) => String(value)));
      if (batch.nextOffset >= end) return values;
    }
    return values;
  }

  beforeEach(() => {
    prefix = `t${randomUUID().slice(0, 8)}.`;
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((made) => made.close()));
  });
  afterAll(() => reader.close());

  describe('topics', () => {
    it('are created by several processes at once without harm, and then agree with their specs', async () => {
      const specs = topicSpecs(optionsFor(prefix), { id: SOURCE, afterDeletion: 'accept' });
      await Promise.all([1, 2, 3].map(() => ensureTopics(kafkaAt(sharedBrokers()), specs, silent)));
      expect(await checkTopics(kafka, specs)).toEqual([]);
    });

    it('with another partition count are a refusal, and nothing is created beside them', async () => {
      await ensureTopics(kafka, topicSpecs(optionsFor(prefix, 3), { id: SOURCE, afterDeletion: 'accept' }).slice(0, 1), silent);
      const other = topicSpecs(optionsFor(prefix, 4), { id: SOURCE, afterDeletion: 'accept' });
      await expect(ensureTopics(kafka, other, silent)).rejects.toThrow(TopicMismatchError);
      expect(await withAdmin((admin) => admin.listTopics())).not.toContain(topicsOf(prefix, SOURCE).outcomes);
    });

    it('with another configuration are a refusal until they are repaired, which keeps what others set', async () => {
      const topic = await eventsTopic();
      const specs = topicSpecs(optionsFor(prefix), { id: SOURCE, afterDeletion: 'accept' });
      await configure(topic, { 'retention.ms': '1000', 'flush.messages': '1234' });
      await expect(ensureTopics(kafka, specs, silent)).rejects.toThrow('npx bridge topics ensure --repair');
      await repairTopicConfigs(kafka, specs, silent);
      expect(await checkTopics(kafka, specs)).toEqual([]);
      const { resources } = await withAdmin((admin) =>
        admin.describeConfigs({
          includeSynonyms: false,
          resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: ['flush.messages'] }],
        }),
      );
      expect(resources[0]?.configEntries[0]?.configValue).toBe('1234');
    });
  });

  describe('the writer', () => {
    it('answers with the position of each record, in the order of the calls, by the partition of its key', async () => {
      const topic = await eventsTopic();
      const log = writer();
      const keys = Array.from({ length: 2_000 }, (_, i) => `user-${i % 37}`);
      const positions = await Promise.all(keys.map((key, i) => log.append(topic, record(key, String(i)))));
      positions.forEach(({ partition }, i) => expect(partition).toBe(partitionFor(keys[i]!, 3)));
      for (const partition of [0, 1, 2]) {
        const own = positions.flatMap((position, i) =>
          position.partition === partition ? [{ i, offset: position.offset }] : [],
        );
        expect(own.map(({ offset }) => offset)).toEqual(own.map((_, index) => index));
        expect(await valuesOf(topic, partition)).toEqual(own.map(({ i }) => String(i)));
      }
    });

    it('writes a deletion as a true tombstone', async () => {
      const topic = await eventsTopic();
      const tombstone = { subject: 'u1' as SubjectKey, messageId: 'm1', receivedAt: '2026-01-01T00:00:00.000Z' };
      const { partition, offset } = await writer().append(topic, encodeTombstone(tombstone));
      const { records } = await reader.fetch(topic, partition, offset);
      expect(records[0]?.value).toBeNull();
      expect(decodeLogRecord(records[0]!)).toEqual({ offset, type: 'delete', value: null, ...tombstone });
    });

    it("tells the brokers' time of the append, the same that a reader sees", async () => {
      const topic = await eventsTopic();
      const { partition, offset, appendedAt } = await writer().append(topic, record('u1', 'v'));
      const { records } = await reader.fetch(topic, partition, offset);
      expect(Number(records[0]?.timestamp)).toBe(appendedAt);
      expect(Math.abs(appendedAt - Date.now())).toBeLessThan(60_000);
    });

    it('takes 20,000 records in seconds', async () => {
      const topic = await eventsTopic(12);
      const log = writer({ deadlineMs: 20_000 });
      const body = 'x'.repeat(400);
      const startedAt = performance.now();
      const positions = await Promise.all(Array.from({ length: 20_000 }, (_, i) => log.append(topic, record(`user-${i}`, body))));
      expect(positions).toHaveLength(20_000);
      expect(performance.now() - startedAt).toBeLessThan(15_000);
      expect(log.queued).toBe(0);
      expect(log.queuedBytes).toBe(0);
    });

    it('refuses at once what no request may hold and what the queue has no room for', async () => {
      const topic = await eventsTopic();
      const log = writer({ maxQueuedBytes: 1_000, maxBatchBytes: 900 });
      await expect(log.append(topic, record('k', 'x'.repeat(2_000)))).rejects.toThrow(RecordTooLargeError);
      const first = log.append(topic, record('k', 'x'.repeat(700)));
      await expect(log.append(topic, record('k', 'x'.repeat(700)))).rejects.toMatchObject({ code: 'log_queue_full' });
      await expect(first).resolves.toMatchObject({ offset: 0 });
    });

    it('refuses only what the broker refuses of a request, and writes the rest of it once', async () => {
      const topic = await eventsTopic();
      await configure(topic, { 'max.message.bytes': '2000', 'message.timestamp.type': 'LogAppendTime' });
      const log = writer();
      await log.append(topic, record('k', 'before'), 0);
      const large = log.append(topic, record('k', 'x'.repeat(5_000)), 1);
      const others = [0, 2].map((partition) => log.append(topic, record('k', 'small'), partition));
      await expect(large).rejects.toThrow('MESSAGE_TOO_LARGE');
      expect(await Promise.all(others)).toMatchObject([
        { partition: 0, offset: 1 },
        { partition: 2, offset: 0 },
      ]);
      expect(await Promise.all([0, 1, 2].map((partition) => reader.endOffset(topic, partition)))).toEqual([2, 0, 1]);
    });

    it('flushes what waits when it is closed', async () => {
      const topic = await eventsTopic();
      const log = writer({ lingerMs: 50 });
      const appended = log.append(topic, record('k', 'last'), 1);
      await log.close();
      await expect(appended).resolves.toMatchObject({ partition: 1, offset: 0 });
      await expect(log.append(topic, record('k', 'late'))).rejects.toThrow(LogUnavailableError);
    });

    it('gives up on a topic that does not exist at its deadline, and stays available for the others', async () => {
      const topic = await eventsTopic();
      const log = writer({ deadlineMs: 1_000 });
      await log.connect();
      const lost = log.append(`${prefix}nowhere`, record('k', 'v'), 0);
      await expect(lost).rejects.toMatchObject({ code: 'log_unavailable' });
      await expect(log.append(topic, record('k', 'v'))).resolves.toMatchObject({ offset: 0 });
      expect(log.available).toBe(true);
    });
  });

  describe('the reader', () => {
    it('waits for a record at the end of the log, without holding up other reads', async () => {
      const topic = await eventsTopic();
      const log = writer();
      const patient = new PartitionReader({ kafka, log: silent, maxWaitMs: 3_000 });
      try {
        await patient.connect();
        const begunAt = performance.now();
        const waiting = patient.fetch(topic, 0, toOffset(0));
        const startedAt = performance.now();
        await log.append(topic, record('k', 'other'), 1);
        expect((await patient.fetch(topic, 1, toOffset(0))).records).toHaveLength(1);
        await log.append(topic, record('k', 'awaited'), 0);
        const batch = await waiting;
        const awaitedAt = performance.now();
        expect(performance.now() - startedAt).toBeLessThan(2_500);
        expect(batch.records.map(({ value }) => String(value))).toEqual(['awaited']);
        expect(batch.highWatermark).toBe(1);
        expect(batch.sentAt).toBeGreaterThanOrEqual(begunAt);
        expect(batch.sentAt).toBeLessThanOrEqual(awaitedAt);
      } finally {
        await patient.close();
      }
    });

    it('follows many partitions, tells of those that have nothing, and since when it knows all of each', async () => {
      const topic = await eventsTopic();
      await writer().append(topic, record('k', 'v'), 2);
      const next = new Map([0, 1, 2].map((partition) => [partition, toOffset(0)]));
      const complete = new Set<number>();
      const values: string[] = [];
      const startedAt = performance.now();
      const follower = new PartitionFollower({
        kafka,
        log: silent,
        positions: () => [...next].map(([partition, offset]) => ({ topic, partition, offset })),
        read: ({ partition, batch, from, completeAt }) => {
          if (next.get(partition) !== from) return;
          next.set(partition, batch.nextOffset);
          values.push(...batch.records.map(({ value }) => String(value)));
          if (completeAt !== undefined && completeAt >= startedAt) complete.add(partition);
        },
        failed: ({ failure }) => {
          throw failure;
        },
        waitMs: { first: 100, settled: 1_000 },
      });
      follower.start();
      try {
        await waitFor(() => complete.size === 3, { describe: 'the ends' });
        await writer().append(topic, record('k', 'w'), 0);
        await waitFor(() => values.length === 2, { describe: 'what came then' });
        expect(values).toEqual(['v', 'w']);
      } finally {
        await follower.stop();
      }
    });

    it('is stopped by nothing that is another topic’s or another partition’s (P6)', async () => {
      const topic = await eventsTopic(1);
      const gone = `${prefix}gone`;
      const failed = new Set<string>();
      let next = toOffset(0);
      const follower = new PartitionFollower({
        kafka,
        log: silent,
        positions: () => [
          { topic, partition: 0, offset: next },
          { topic, partition: 7, offset: toOffset(0) },
          { topic: gone, partition: 0, offset: toOffset(0) },
        ],
        read: ({ batch }) => (next = batch.nextOffset),
        failed: (failure) => void failed.add(`${failure.topic}/${failure.partition}`),
        waitMs: { first: 100, settled: 1_000 },
      });
      follower.start();
      try {
        await waitFor(() => failed.size === 2, { describe: 'what cannot be read' });
        const log = writer();
        for (let n = 1; n <= 20; n++) {
          await log.append(topic, record('k', String(n)), 0);
          const sentAt = performance.now();
          await waitFor(() => next === n, { intervalMs: 5, describe: `record ${n}` });
          expect(performance.now() - sentAt).toBeLessThan(1_000);
        }
        expect([...failed].sort()).toEqual([`${gone}/0`, `${topic}/7`]);
      } finally {
        await follower.stop();
      }
    });

    it('says what there is when an offset is out of range', async () => {
      const topic = await eventsTopic();
      const log = writer();
      for (let i = 0; i < 5; i++) await log.append(topic, record('k', String(i)), 0);
      await withAdmin(async (admin) => {
        // kafkajs deletes records only of a topic that it has looked up before.
        await admin.fetchTopicOffsets(topic);
        await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '3' }] });
      });
      const outOfRange = expect.objectContaining({ code: 'offset_out_of_range', start: 3, end: 5 }) as OffsetOutOfRangeError;
      await expect(reader.fetch(topic, 0, toOffset(1))).rejects.toEqual(outOfRange);
      await expect(reader.fetch(topic, 0, toOffset(9))).rejects.toEqual(outOfRange);
      expect(await topicBounds(kafka, topic)).toContainEqual({ partition: 0, start: 3, end: 5 });
      expect(await valuesFrom(topic, toOffset(3))).toEqual(['3', '4']);
    });

    async function valuesFrom(topic: string, offset: Offset): Promise<string[]> {
      return (await reader.fetch(topic, 0, offset)).records.map(({ value }) => String(value));
    }

    it('passes the gaps that compaction leaves', async () => {
      const topic = `${prefix}compacted`;
      const config = {
        'cleanup.policy': 'compact',
        'segment.ms': '100',
        'min.cleanable.dirty.ratio': '0.01',
        'max.compaction.lag.ms': '100',
      };
      await withAdmin((admin) =>
        admin.createTopics({
          waitForLeaders: true,
          topics: [
            {
              topic,
              numPartitions: 1,
              replicationFactor: 1,
              configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
            },
          ],
        }),
      );
      const log = writer();
      for (let i = 0; i < 30; i++) await log.append(topic, record(`key-${i % 3}`, String(i)), 0);
      // A segment is closed, and so cleaned, only when another record comes after its time; each nudge has its own key.
      let nudges = 0;
      const read = async (): Promise<{ offsets: number[]; end: number }> => {
        await log.append(topic, record(`nudge-${(nudges += 1)}`, 'nudge'), 0);
        const offsets: number[] = [];
        for await (const batch of reader.readFrom(topic, 0, toOffset(0))) {
          offsets.push(...batch.records.map((entry) => Number(entry.offset)));
          if (batch.nextOffset >= batch.highWatermark) return { offsets, end: batch.nextOffset };
        }
        return { offsets, end: 0 };
      };
      let last = await read();
      await waitFor(
        async () => {
          last = await read();
          return !last.offsets.includes(0);
        },
        { intervalMs: 500, timeoutMs: 50_000, describe: 'the compaction' },
      );
      expect(last.offsets).toEqual([...last.offsets].sort((a, b) => a - b));
      expect(last.offsets).toEqual(expect.arrayContaining([27, 28, 29]));
      expect(last.end).toBe(30 + nudges);
      // An offset that compaction has taken is not out of range: what comes after it is there.
      expect((await reader.fetch(topic, 0, toOffset(1))).records[0]?.offset).toBe(
        String(last.offsets.find((offset) => offset >= 1)),
      );
    });

    it('says where a group stands', async () => {
      const topic = await eventsTopic();
      const groupId = `${prefix}group`;
      await withAdmin((admin) => admin.setOffsets({ groupId, topic, partitions: [{ partition: 1, offset: '0' }] }));
      expect(await committedOffsets(kafka, groupId, topic)).toEqual(new Map([[1, 0]]));
    });
  });
});

describe('P1: the event log over an outage of its broker', () => {
  it('refuses while the broker is away, heals without traffic, and has lost nothing that it acknowledged', async () => {
    const broker = await startOwnBroker();
    const kafka = kafkaAt(broker.brokers);
    const topic = topicsOf('', SOURCE).events;
    await ensureTopics(kafka, topicSpecs(optionsFor(''), { id: SOURCE, afterDeletion: 'accept' }), silent);
    const log = new LogWriter({ kafka, log: silent, deadlineMs: 2_000 });
    const reader = new PartitionReader({ kafka, log: silent });
    try {
      await log.connect();
      const acknowledged: Position[] = [];
      for (let i = 0; i < 20; i++) acknowledged.push(await log.append(topic, record('user', String(i))));

      await broker.kill9();
      const refused = await Promise.allSettled(
        Array.from({ length: 50 }, (_, i) => log.append(topic, record('user', `away-${i}`))),
      );
      expect(refused.every((result) => result.status === 'rejected' && result.reason instanceof LogUnavailableError)).toBe(true);
      expect(log.available).toBe(false);
      // What was under way counts until its request has come to its end.
      await waitFor(() => log.queued === 0, { intervalMs: 20, describe: 'the queue to empty' });

      await broker.start();
      await waitFor(() => log.available, { intervalMs: 50, timeoutMs: 30_000, describe: 'the writer to find the broker again' });
      const after = await log.append(topic, record('user', 'back'));
      const { records } = await reader.fetch(topic, after.partition, toOffset(0));
      const values = records.map(({ value }) => String(value));
      expect(values.slice(0, 20)).toEqual(acknowledged.map((_, i) => String(i)));
      expect(values.at(-1)).toBe('back');
      // What was refused and still waiting when its deadline passed must not be written afterwards.
      expect(values.filter((value) => value.startsWith('away-'))).toEqual([]);
    } finally {
      await log.close();
      await reader.close();
    }
  });
});
