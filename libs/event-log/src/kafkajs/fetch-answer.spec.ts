import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { decodeFetchAnswer, type DecodeOtherRecords } from './fetch-answer.ts';
import type { EncodedRecord } from '../records/encoded-record.ts';
import { encodeProduceRequest } from './produce-request.ts';
import { encodedRecords } from '../records/testing/encoded-records.ts';

const require = createRequire(import.meta.url);
/** kafkajs's own decoder of the same answer: what is decoded here must be what it makes of it. */
const kafkajs = require('kafkajs/src/protocol/requests/fetch/v11/response') as { decode: (bytes: Buffer) => Promise<unknown> };

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const TOPIC = 'segment.events.default';
const notNeeded: DecodeOtherRecords = () => Promise.reject(new Error('these records are not compressed'));

interface BatchFacts {
  readonly records: readonly EncodedRecord[];
  readonly firstOffset?: number;
  readonly attributes?: number;
  readonly maxTimestamp?: number;
  readonly producerId?: number;
}

/** A batch as a broker keeps it: as it was produced, with its offset, and with what else differs. */
function batchOf({ records, firstOffset = 0, attributes = 0, maxTimestamp = NOW, producerId = -1 }: BatchFacts): Buffer {
  const request = encodeProduceRequest({
    topic: '',
    partitions: [{ partition: 0, records }],
    timeoutMs: 0,
    now: NOW,
    checksum: () => 0,
  });
  // Transactional id, acks, timeout, topics, topic, partitions, partition, size.
  const batch = request.subarray(2 + 2 + 4 + 4 + 2 + 4 + 4 + 4);
  batch.writeBigInt64BE(BigInt(firstOffset), 0);
  batch.writeInt16BE(attributes, 21);
  batch.writeBigInt64BE(BigInt(maxTimestamp), 35);
  batch.writeBigInt64BE(BigInt(producerId), 43);
  return batch;
}

interface PartitionFacts {
  readonly partition: number;
  readonly recordSet: Buffer;
  readonly aborted?: readonly { readonly producerId: number; readonly firstOffset: number }[] | undefined;
}

/** The body of a fetch answer of version 11. */
function answerOf(partitions: readonly PartitionFacts[], throttleMs = 0): Buffer {
  const int16 = (value: number): Buffer => bufferOf(2, (bytes) => bytes.writeInt16BE(value));
  const int32 = (value: number): Buffer => bufferOf(4, (bytes) => bytes.writeInt32BE(value));
  const int64 = (value: number): Buffer => bufferOf(8, (bytes) => bytes.writeBigInt64BE(BigInt(value)));
  const parts = partitions.flatMap(({ partition, recordSet, aborted }) => [
    ...[int32(partition), int16(0), int64(5_000), int64(4_999), int64(7)],
    ...[
      int32(aborted?.length ?? -1),
      ...(aborted ?? []).flatMap(({ producerId, firstOffset }) => [int64(producerId), int64(firstOffset)]),
    ],
    ...[int32(-1), int32(recordSet.length), recordSet],
  ]);
  return Buffer.concat([
    ...[int32(throttleMs), int16(0), int32(0), int32(1), int16(TOPIC.length), Buffer.from(TOPIC), int32(partitions.length)],
    ...parts,
  ]);
}

function bufferOf(size: number, write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(size);
  write(bytes);
  return bytes;
}

describe('a fetch answer', () => {
  const batch = fc.record({
    records: fc.array(encodedRecords, { minLength: 1, maxLength: 20 }),
    firstOffset: fc.nat(2 ** 40),
    // Append time, in a transaction, control.
    attributes: fc.constantFrom(0, 0x08, 0x10, 0x18, 0x30),
    maxTimestamp: fc.integer({ min: NOW, max: NOW + 10_000 }),
    producerId: fc.integer({ min: -1, max: 1_000 }),
  });

  it('is read as kafkajs reads it, cut off at any byte of its last batch', async () => {
    const partition = fc.record({
      partition: fc.nat(63),
      batches: fc.array(batch, { maxLength: 4 }),
      cut: fc.nat(300),
      aborted: fc.option(fc.array(fc.record({ producerId: fc.nat(9), firstOffset: fc.nat(9) }), { maxLength: 3 }), {
        nil: undefined,
      }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(partition, { maxLength: 3 }), fc.nat(9), async (partitions, throttleMs) => {
        const answer = answerOf(
          partitions.map(({ batches, cut, ...rest }) => {
            const whole = Buffer.concat(batches.map((facts) => batchOf(facts)));
            // Of less than this kafkajs makes an error of its own.
            return { ...rest, recordSet: whole.subarray(0, Math.max(17, whole.length - cut)) };
          }),
          throttleMs,
        );
        expect(await decodeFetchAnswer(answer, notNeeded)).toEqual(await kafkajs.decode(answer));
      }),
    );
  });

  it('gives a header that is there twice as both its values, and keeps one that is named as what every object has', async () => {
    const recordSet = batchOf({
      records: [{ key: 'k', value: null, headers: { aa: '1', ab: '2', __prota__: 'p', toString: 't' } }],
    });
    recordSet.write('aa', recordSet.indexOf('ab'));
    recordSet.write('__proto__', recordSet.indexOf('__prota__'));
    const { responses } = await decodeFetchAnswer(answerOf([{ partition: 0, recordSet }]), notNeeded);
    const headers = responses[0]?.partitions[0]?.messages[0]?.headers ?? {};
    expect(Object.entries(headers).map(([name, value]) => [name, [value].flat().map(String)])).toEqual([
      ['aa', ['1', '2']],
      ['__proto__', ['p']],
      ['toString', ['t']],
    ]);
  });

  it('leaves compressed records to the other decoder, with all of their partition', async () => {
    const [first, second] = [batchOf({ records: [{ key: 'a', value: null, headers: {} }] }), compressed('b', 1)];
    const recordSet = Buffer.concat([first, second]);
    const handed: Buffer[] = [];
    await decodeFetchAnswer(
      answerOf([
        { partition: 0, recordSet },
        { partition: 1, recordSet: first },
      ]),
      (bytes) => {
        handed.push(bytes);
        return Promise.resolve([]);
      },
    );
    expect(handed).toEqual([recordSet]);
  });

  it("leaves records of the formats before today's to the other decoder, however short they are", async () => {
    const old = Buffer.alloc(30);
    old.writeInt32BE(18, 8);
    old[16] = 1;
    const handed: Buffer[] = [];
    await decodeFetchAnswer(answerOf([{ partition: 0, recordSet: old }]), (bytes) => {
      handed.push(bytes);
      return Promise.resolve([]);
    });
    expect(handed).toEqual([old]);
  });

  it('is refused where a record or a batch does not fit', async () => {
    const record = { key: 'k', value: Buffer.from('v'), headers: {} };
    const longer = batchOf({ records: [record] });
    longer[61] = 126;
    const endless = batchOf({ records: [record] });
    endless.writeInt32BE(-12, 8);
    for (const recordSet of [longer, endless])
      await expect(decodeFetchAnswer(answerOf([{ partition: 0, recordSet }]), notNeeded)).rejects.toThrow(RangeError);
  });

  it('takes a batch of as many records as a request can hold', async () => {
    const records = Array.from({ length: 200_000 }, (_, n) => ({ key: String(n), value: null, headers: {} }));
    const { responses } = await decodeFetchAnswer(answerOf([{ partition: 0, recordSet: batchOf({ records }) }]), notNeeded);
    expect(responses[0]?.partitions[0]?.messages.at(-1)?.offset).toBe('199999');
  });
});

function compressed(key: string, firstOffset: number): Buffer {
  const plain = batchOf({ records: [{ key, value: null, headers: {} }], firstOffset, attributes: 1 });
  const batch = Buffer.concat([plain.subarray(0, 61), gzipSync(plain.subarray(61))]);
  batch.writeInt32BE(batch.length - 12, 8);
  return batch;
}
