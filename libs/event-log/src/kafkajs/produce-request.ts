import { sizeOf, type EncodedRecord } from '../records/encoded-record.ts';
import type { ProducePartition } from '../write/append-connection.ts';
import { BATCH, MAGIC } from './record-batch.ts';

export interface ProduceRequest {
  readonly topic: string;
  readonly partitions: readonly ProducePartition[];
  /** How long the leader may wait for the other replicas, milliseconds. */
  readonly timeoutMs: number;
  /** Milliseconds since the epoch; the topics stamp at the append, but a batch must say something. */
  readonly now: number;
  /** CRC-32C, as the record batch format has it. */
  readonly checksum: (bytes: Buffer) => number;
}

/** Around a topic's name: transactional id, acks, timeout, counts. */
const REQUEST_BYTES = 32;
/** Around a partition's records: its number, their size, and the batch's header. */
const PARTITION_BYTES = 4 + 4 + BATCH.headerSize;
const ALL_IN_SYNC_REPLICAS = -1;

/**
 * The body of a produce request, version 3, without transactions and compression [Kafka protocol: Produce API; implementation notes: record batch].
 *
 * kafkajs makes a buffer of 512 bytes for each record and for each of its headers and copies everything three times, which took more time than all else
 * that ingest does with an event (docs/performance). Here the whole request is written once, into memory of its own.
 */
export function encodeProduceRequest({ topic, partitions, timeoutMs, now, checksum }: ProduceRequest): Buffer {
  const out = new RequestBuffer(sizeBound(topic, partitions));
  // No transactional id.
  out.int16(-1);
  out.int16(ALL_IN_SYNC_REPLICAS);
  out.int32(timeoutMs);
  out.int32(1);
  out.int16(Buffer.byteLength(topic));
  out.text(topic);
  out.int32(partitions.length);
  for (const { partition, records } of partitions) {
    out.int32(partition);
    const sizeAt = out.skip(4);
    const start = out.offset;
    writeBatch(out, records, now, checksum);
    out.bytes.writeInt32BE(out.offset - start, sizeAt);
  }
  return out.bytes.subarray(0, out.offset);
}

function sizeBound(topic: string, partitions: readonly ProducePartition[]): number {
  let bytes = REQUEST_BYTES + Buffer.byteLength(topic);
  for (const { records } of partitions) {
    bytes += PARTITION_BYTES;
    for (const record of records) bytes += sizeOf(record);
  }
  return bytes;
}

function writeBatch(
  out: RequestBuffer,
  records: readonly EncodedRecord[],
  now: number,
  checksum: (bytes: Buffer) => number,
): void {
  const start = out.offset;
  // Base offset, then the length, then the leader's epoch.
  out.int64(0);
  out.skip(4);
  out.int32(-1);
  out.int8(MAGIC);
  out.skip(4);
  // Attributes: no compression, no transaction.
  out.int16(0);
  out.int32(records.length - 1);
  out.int64(now);
  out.int64(now);
  // No producer id, epoch and sequence: not idempotent (../write/topic-writer.ts).
  out.int64(-1);
  out.int16(-1);
  out.int32(-1);
  out.int32(records.length);
  records.forEach((record, index) => writeRecord(out, record, index));
  out.bytes.writeInt32BE(out.offset - start - BATCH.lengthFrom, start + BATCH.length);
  out.bytes.writeUInt32BE(checksum(out.bytes.subarray(start + BATCH.covered, out.offset)), start + BATCH.checksum);
}

function writeRecord(out: RequestBuffer, { key, value, headers }: EncodedRecord, index: number): void {
  const keyBytes = Buffer.byteLength(key);
  const names = Object.keys(headers);
  // Attributes and the timestamp's delta are a zero byte each.
  let length = 2 + varintSize(index) + varintSize(keyBytes) + keyBytes + varintSize(names.length);
  length += value === null ? 1 : varintSize(value.length) + value.length;
  for (const name of names) {
    const [nameBytes, textBytes] = [Buffer.byteLength(name), Buffer.byteLength(headers[name] ?? '')];
    length += varintSize(nameBytes) + nameBytes + varintSize(textBytes) + textBytes;
  }
  out.varint(length);
  out.int8(0);
  out.int8(0);
  out.varint(index);
  out.varint(keyBytes);
  out.text(key);
  if (value === null) out.varint(-1);
  else {
    out.varint(value.length);
    out.copy(value);
  }
  out.varint(names.length);
  for (const name of names) {
    out.prefixed(name);
    out.prefixed(headers[name] ?? '');
  }
}

/** Bytes of a number that is not negative as a zigzag varint. */
function varintSize(value: number): number {
  if (value < 64) return 1;
  if (value < 8_192) return 2;
  if (value < 1_048_576) return 3;
  return value < 134_217_728 ? 4 : 5;
}

/** Writes big-endian numbers, varints and text one after the other. */
class RequestBuffer {
  readonly bytes: Buffer;
  offset = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  /** Leaves `count` bytes for later; returns where they begin. */
  skip(count: number): number {
    const at = this.offset;
    this.offset += count;
    return at;
  }

  int8(value: number): void {
    this.offset = this.bytes.writeInt8(value, this.offset);
  }

  int16(value: number): void {
    this.offset = this.bytes.writeInt16BE(value, this.offset);
  }

  int32(value: number): void {
    this.offset = this.bytes.writeInt32BE(value, this.offset);
  }

  /** A whole number that is exact as a double. */
  int64(value: number): void {
    this.offset = this.bytes.writeInt32BE(Math.floor(value / 2 ** 32), this.offset);
    this.offset = this.bytes.writeUInt32BE(value < 0 ? (value % 2 ** 32) + 2 ** 32 : value % 2 ** 32, this.offset);
  }

  varint(value: number): void {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    while (rest > 0x7f) {
      this.bytes[this.offset++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.offset++] = rest;
  }

  text(value: string): void {
    this.offset += this.bytes.write(value, this.offset);
  }

  /** Text behind its length. */
  prefixed(value: string): void {
    this.varint(Buffer.byteLength(value));
    this.text(value);
  }

  copy(value: Buffer): void {
    this.offset += value.copy(this.bytes, this.offset);
  }
}
