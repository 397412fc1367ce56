import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { snappyCompress } from 'hysnappy';
import { compressFrameSync } from 'lz4-napi';
import { MAX_UNPACKED_BYTES } from './decompress.ts';
import type { FetchedRecord } from './hidden-cluster.ts';
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

/** The same batch, its records packed. */
function packedBatch(plain: Buffer, codec: number, pack: (records: Buffer) => Uint8Array): Buffer {
  const batch = Buffer.concat([plain.subarray(0, 61), pack(plain.subarray(61))]);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt16BE(plain.readInt16BE(21) | codec, 21);
  return batch;
}

const snappyOf = (bytes: Buffer): Uint8Array => snappyCompress(bytes);

/** As snappy-java does it, in blocks of 32 KiB. */
function xerialOf(bytes: Buffer): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from('82534e41505059000000000100000001', 'hex')];
  for (let at = 0; at < bytes.length; at += 32_768) {
    const block = snappyCompress(bytes.subarray(at, at + 32_768));
    const size = Buffer.alloc(4);
    size.writeInt32BE(block.length);
    parts.push(size, block);
  }
  return Buffer.concat(parts);
}

/** A frame of zstd that holds its bytes as they are (RFC 8878: raw blocks), so that nothing but Node 20 is needed to make one. What a real encoder makes, the broker's test reads. */
function zstdOf(bytes: Buffer): Uint8Array {
  const header = Buffer.alloc(9);
  header.writeUInt32LE(0xfd2fb528);
  header[4] = 0xa0;
  header.writeUInt32LE(bytes.length, 5);
  const block = Buffer.alloc(3);
  block.writeUIntLE((bytes.length << 3) | 1, 0, 3);
  return Buffer.concat([header, block, bytes]);
}

const PACKED = {
  gzip: { codec: 1, pack: (bytes: Buffer) => gzipSync(bytes) },
  snappy: { codec: 2, pack: snappyOf },
  'snappy in the frame of snappy-java': { codec: 2, pack: xerialOf },
  lz4: { codec: 3, pack: (bytes: Buffer) => compressFrameSync(bytes) },
  zstd: { codec: 4, pack: zstdOf },
} as const satisfies Record<string, { readonly codec: number; readonly pack: (bytes: Buffer) => Uint8Array }>;

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
        // And a little more: in which term of a leader each record was appended.
        expect(await decodeFetchAnswer(answer, notNeeded)).toMatchObject((await kafkajs.decode(answer)) as object);
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

  it.each(Object.entries(PACKED))(
    'is read where its records are packed by %s, beside batches that are not',
    async (_, { codec, pack }) => {
      await fc.assert(
        fc.asyncProperty(fc.array(encodedRecords, { minLength: 1, maxLength: 20 }), async (records) => {
          const packed = packedBatch(batchOf({ records, firstOffset: 40 }), codec, pack);
          const around = [batchOf({ records, firstOffset: 0 }), batchOf({ records, firstOffset: 80 })] as const;
          const read = await recordsOf(Buffer.concat([around[0], packed, around[1]]));
          const plain = await recordsOf(Buffer.concat([around[0], batchOf({ records, firstOffset: 40 }), around[1]]));
          expect(read).toEqual(plain);
        }),
      );
    },
  );

  it('goes on behind a batch that cannot be read, which is records that say nothing', async () => {
    const records = ['a', 'b', 'c'].map((key) => ({ key, value: Buffer.from(key), headers: {} }));
    const torn = packedBatch(batchOf({ records, firstOffset: 10 }), 4, () => Buffer.from('no zstd frame'));
    const whole = batchOf({ records, firstOffset: 20 });
    const read = await recordsOf(Buffer.concat([torn, whole]));
    expect(read.map(({ offset, key, value }) => [offset, key === null ? null : String(key), value === null])).toEqual([
      ...['10', '11', '12'].map((offset) => [offset, null, true]),
      ['20', 'a', false],
      ['21', 'b', false],
      ['22', 'c', false],
    ]);
  });

  it('is never unpacked to more than a memory holds', async () => {
    const bomb = gzipSync(Buffer.alloc(MAX_UNPACKED_BYTES + 1), { level: 9 });
    const batch = packedBatch(batchOf({ records: [{ key: 'k', value: null, headers: {} }] }), 1, () => bomb);
    expect((await recordsOf(batch)).map(({ key }) => key)).toEqual([null]);
    for (const pack of [snappyOf, xerialOf]) {
      const lying = Buffer.from(pack(Buffer.from('x')));
      // Its size before: 2^32 - 1.
      const at = pack === xerialOf ? 20 : 0;
      const grown = Buffer.concat([lying.subarray(0, at), Buffer.from('ffffffff0f', 'hex'), lying.subarray(at + 1)]);
      if (at > 0) grown.writeInt32BE(grown.length - 20, 16);
      expect((await recordsOf(packedBatch(batch, 2, () => grown))).map(({ key }) => key)).toEqual([null]);
    }
  });

  it('keeps its offsets whatever bytes its records are', async () => {
    const damage = fc.array(fc.record({ at: fc.nat(400), byte: fc.nat(255) }), { minLength: 1, maxLength: 4 });
    const codecs = fc.constantFrom({ codec: 0, pack: (bytes: Buffer) => bytes }, ...Object.values(PACKED));
    await fc.assert(
      fc.asyncProperty(
        fc.array(encodedRecords, { minLength: 1, maxLength: 8 }),
        damage,
        codecs,
        async (records, flips, { codec, pack }) => {
          const batch = packedBatch(batchOf({ records, firstOffset: 7 }), codec, pack);
          for (const { at, byte } of flips) batch[61 + (at % (batch.length - 61))] = byte;
          const offsets = (await recordsOf(batch)).map(({ offset }) => Number(offset));
          expect(offsets).toHaveLength(records.length);
        },
      ),
      { numRuns: 300 },
    );
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

  it('is refused where a batch has no length', async () => {
    const endless = batchOf({ records: [{ key: 'k', value: Buffer.from('v'), headers: {} }] });
    endless.writeInt32BE(-12, 8);
    await expect(recordsOf(endless)).rejects.toThrow(RangeError);
  });

  it('takes a batch of as many records as a request can hold', async () => {
    const records = Array.from({ length: 200_000 }, (_, n) => ({ key: String(n), value: null, headers: {} }));
    const { responses } = await decodeFetchAnswer(answerOf([{ partition: 0, recordSet: batchOf({ records }) }]), notNeeded);
    expect(responses[0]?.partitions[0]?.messages.at(-1)?.offset).toBe('199999');
  });
});

async function recordsOf(recordSet: Buffer): Promise<readonly FetchedRecord[]> {
  const { responses } = await decodeFetchAnswer(answerOf([{ partition: 0, recordSet }]), notNeeded);
  return responses[0]?.partitions[0]?.messages ?? [];
}
