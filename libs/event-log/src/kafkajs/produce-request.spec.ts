import { createRequire } from 'node:module';
import fc from 'fast-check';
import type { EncodedRecord } from '../records/encoded-record.ts';
import { encodeProduceRequest } from './produce-request.ts';
import { encodedRecords } from '../records/testing/encoded-records.ts';

const require = createRequire(import.meta.url);
/** kafkajs's own encoder of the same request: the bytes must be those that it makes, but for what is said to differ. */
const kafkajs = require('kafkajs/src/protocol/requests/produce/v3/request') as (request: object) => {
  encode(): Promise<{ buffer: Buffer }>;
};
const Decoder = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => KafkaDecoder;
const decodeBatch = require('kafkajs/src/protocol/recordBatch/v0/decoder') as (decoder: KafkaDecoder) => Promise<{
  records: { key: Buffer; value: Buffer | null; headers: Record<string, Buffer>; offset: string; timestamp: string }[];
  producerEpoch: number;
}>;
const checksum = require('kafkajs/src/protocol/recordBatch/crc32C') as (bytes: Buffer) => number;

interface KafkaDecoder {
  readInt16(): number;
  readInt32(): number;
  readInt64(): bigint;
  readString(): string;
  readBytes(): Buffer;
}

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

function encode(topic: string, partitions: { partition: number; records: EncodedRecord[] }[]): Buffer {
  return encodeProduceRequest({ topic, partitions, timeoutMs: 4_000, now: NOW, checksum });
}

/** Reads a request back with kafkajs's decoders, which check nothing of the checksum: that is done here. */
async function decode(bytes: Buffer) {
  const decoder = new Decoder(bytes);
  const head = { transactionalId: decoder.readString(), acks: decoder.readInt16(), timeout: decoder.readInt32() };
  expect(decoder.readInt32()).toBe(1);
  const topic = decoder.readString();
  const partitions = [];
  for (let left = decoder.readInt32(); left > 0; left--) {
    const partition = decoder.readInt32();
    const batch = decoder.readBytes();
    expect(batch.readUInt32BE(17)).toBe(checksum(batch.subarray(21)));
    expect(batch.readInt32BE(8)).toBe(batch.length - 12);
    const { records } = await decodeBatch(new Decoder(Buffer.concat([batch, Buffer.alloc(0)])));
    partitions.push({ partition, records });
  }
  return { ...head, topic, partitions };
}

describe('a produce request', () => {
  it('holds every record as kafkajs reads it, in order, with a checksum that is right', async () => {
    const partitions = fc.uniqueArray(
      fc.record({ partition: fc.nat(1_000), records: fc.array(encodedRecords, { minLength: 1, maxLength: 80 }) }),
      { minLength: 1, maxLength: 4, selector: ({ partition }) => partition },
    );
    await fc.assert(
      fc.asyncProperty(partitions, async (given) => {
        const request = await decode(encode('segment.events.default', given));
        expect(request).toMatchObject({ acks: -1, timeout: 4_000, topic: 'segment.events.default' });
        expect(request.partitions.map(({ partition }) => partition)).toEqual(given.map(({ partition }) => partition));
        request.partitions.forEach(({ records }, index) => {
          const asGiven = given[index]?.records.map(({ key, value, headers }, offset) => ({
            offset: String(offset),
            timestamp: String(NOW),
            key,
            value,
            // Kafka's text is UTF-8, which has no lone surrogates.
            headers: Object.entries(headers).map(([name, said]) => [name, Buffer.from(said).toString()]),
          }));
          const asRead = records.map(({ key, value, headers, offset, timestamp }) => ({
            offset,
            timestamp,
            key: key.toString(),
            value,
            headers: Object.entries(headers).map(([name, said]) => [name, said.toString()]),
          }));
          expect(asRead).toEqual(asGiven);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('is byte for byte what kafkajs makes, but for the epoch and the sequence that a producer without an id has none of', async () => {
    const records = [
      { key: 'ann', value: Buffer.from('{"a":1}'), headers: { type: 'track', schema: '1' } },
      { key: 'bob', value: null, headers: {} },
    ];
    const theirs = await kafkajs({
      acks: -1,
      timeout: 4_000,
      topicData: [{ topic: 't', partitions: [{ partition: 7, messages: records.map((r) => ({ ...r, timestamp: NOW })) }] }],
    }).encode();
    const ours = encode('t', [{ partition: 7, records }]);
    expect(ours.length).toBe(theirs.buffer.length);
    const comparable = (bytes: Buffer): string => {
      const batch = 2 + 2 + 4 + 4 + 3 + 4 + 4 + 4;
      const copy = Buffer.from(bytes);
      // The leader's epoch, the checksum, and the producer's epoch and sequence.
      copy
        .fill(0, batch + 12, batch + 16)
        .fill(0, batch + 17, batch + 21)
        .fill(0, batch + 51, batch + 57);
      return copy.toString('hex');
    };
    expect(comparable(ours)).toBe(comparable(theirs.buffer));
  });
});
