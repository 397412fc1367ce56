import { CODECS, decompress } from './decompress.ts';
import type { FetchAnswer, FetchedPartition, FetchedRecord } from './hidden-cluster.ts';
import { BATCH, MAGIC } from './record-batch.ts';

/** What kafkajs makes of a fetch answer, as far as its consumer and we read it. */
export interface DecodedFetchAnswer extends FetchAnswer {
  /** Zero: the broker has not held this answer back; what it asks of the client is the other one [KIP-219]. */
  readonly throttleTime: 0;
  readonly clientSideThrottleTime: number;
  readonly errorCode: number;
  readonly sessionId: number;
}

/** Decodes what is decoded only by another: batches of the formats before Kafka 0.11, and what stands beside them. */
export type DecodeOtherRecords = (recordSet: Buffer) => Promise<readonly FetchedRecord[]>;

type BatchContext = Readonly<Record<string, unknown>> & FetchedRecord['batchContext'];

/** Records of a batch that cannot be read and are told of one by one. */
const MAX_UNREADABLE = 100_000;

const ATTRIBUTES = { compression: 0x07, appendTime: 0x08, transactional: 0x10, control: 0x20 } as const;

/**
 * The body of a fetch answer, version 11 or 10 [Kafka protocol: Fetch API; implementation notes: record batch], as kafkajs 2.2.4 decodes it.
 *
 * kafkajs makes a decoder of its own for each record, two 64-bit number objects and a new object for each header: 1.6 µs a record where this takes 0.3
 * (docs/performance). Here a record is its fields and nothing else; keys, values and headers are views of `bytes`. Of the codecs it knows gzip only, and ends for good at another;
 * here all of them are read. A batch that cannot be read is a batch of records that say nothing: those who decode them say so one by one, and the log goes on behind it.
 *
 * @throws RangeError if the bytes are not such an answer
 */
export async function decodeFetchAnswer(
  bytes: Buffer,
  decodeOther: DecodeOtherRecords,
  version: 10 | 11 = 11,
): Promise<DecodedFetchAnswer> {
  const reader = new AnswerReader(bytes);
  const clientSideThrottleTime = reader.int32();
  const errorCode = reader.int16();
  const sessionId = reader.int32();
  const responses = [];
  for (let topics = reader.int32(); topics > 0; topics--) {
    const topicName = reader.text();
    const partitions: FetchedPartition[] = [];
    for (let left = reader.int32(); left > 0; left--) partitions.push(await partitionOf(reader, decodeOther, version));
    responses.push({ topicName, partitions });
  }
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}

async function partitionOf(reader: AnswerReader, decodeOther: DecodeOtherRecords, version: number): Promise<FetchedPartition> {
  const head = {
    partition: reader.int32(),
    errorCode: reader.int16(),
    highWatermark: reader.int64(),
    lastStableOffset: reader.int64(),
    lastStartOffset: reader.int64(),
    abortedTransactions: abortedTransactionsOf(reader),
    preferredReadReplica: version >= 11 ? reader.int32() : -1,
  };
  const recordSet = reader.sized();
  return { ...head, messages: isOfToday(recordSet) ? recordsOf(recordSet) : await decodeOther(recordSet) };
}

function abortedTransactionsOf(reader: AnswerReader): { producerId: string; firstOffset: string }[] {
  const aborted = [];
  for (let left = reader.int32(); left > 0; left--) aborted.push({ producerId: reader.int64(), firstOffset: reader.int64() });
  return aborted;
}

/** Whether all its batches are of the format of today. */
function isOfToday(recordSet: Buffer): boolean {
  // The format's number stands at the same place in every format; of the older ones a whole batch may be shorter than today's header.
  for (let at = 0; at + BATCH.magic < recordSet.length; at = endOfBatch(recordSet, at)) {
    if (recordSet[at + BATCH.magic] !== MAGIC) return false;
  }
  return true;
}

/** A broker cuts its answer off at the limit that it was given, in the middle of a batch: that one comes with the next fetch. */
function isBatchAt(recordSet: Buffer, at: number): boolean {
  return at + BATCH.headerSize <= recordSet.length && endOfBatch(recordSet, at) <= recordSet.length;
}

function endOfBatch(recordSet: Buffer, at: number): number {
  const length = recordSet.readInt32BE(at + BATCH.length);
  if (length <= 0) throw new RangeError('a batch of a fetch answer has no length');
  return at + BATCH.lengthFrom + length;
}

function recordsOf(recordSet: Buffer): FetchedRecord[] {
  const records: FetchedRecord[] = [];
  const names = new NameCache();
  for (let at = 0; isBatchAt(recordSet, at); at = endOfBatch(recordSet, at)) {
    const before = records.length;
    try {
      appendBatch(records, recordSet, at, names);
    } catch {
      records.length = before;
      appendUnreadable(records, recordSet, at);
    }
  }
  return records;
}

/** One record that says nothing for each of the batch, or for its last one alone where they are too many to be in earnest. */
function appendUnreadable(to: FetchedRecord[], bytes: Buffer, at: number): void {
  const firstOffset = bytes.readBigInt64BE(at).toString();
  const lastOffsetDelta = bytes.readInt32BE(at + BATCH.lastOffsetDelta);
  const timestamp = bytes.readBigInt64BE(at + BATCH.maxTimestamp).toString();
  const inTransaction = (bytes.readInt16BE(at + BATCH.attributes) & ATTRIBUTES.transactional) !== 0;
  const producerId = bytes.readBigInt64BE(at + BATCH.producerId).toString();
  const batchContext: BatchContext = { firstOffset, lastOffsetDelta, inTransaction, producerId };
  const from = lastOffsetDelta < MAX_UNREADABLE ? 0 : lastOffsetDelta;
  for (let delta = from; delta <= lastOffsetDelta; delta++) {
    const offset = String(Number(firstOffset) + delta);
    const nothing = { magicByte: MAGIC, attributes: 0, timestamp, offset, key: null, value: null, headers: {} };
    to.push({ ...nothing, isControlRecord: false, batchContext });
  }
}

function appendBatch(to: FetchedRecord[], bytes: Buffer, at: number, names: NameCache): void {
  const attributes = bytes.readInt16BE(at + BATCH.attributes);
  const codec = attributes & ATTRIBUTES.compression;
  const isPlain = codec === CODECS.none;
  const body = isPlain ? bytes : decompress(codec, bytes.subarray(at + BATCH.headerSize, endOfBatch(bytes, at)));
  const firstOffset = bytes.readBigInt64BE(at).toString();
  const firstTimestamp = bytes.readBigInt64BE(at + BATCH.firstTimestamp).toString();
  const maxTimestamp = bytes.readBigInt64BE(at + BATCH.maxTimestamp).toString();
  const isAppendTime = (attributes & ATTRIBUTES.appendTime) !== 0;
  const isControlRecord = (attributes & ATTRIBUTES.control) !== 0;
  const leaderEpoch = bytes.readInt32BE(at + BATCH.leaderEpoch);
  const batchContext: BatchContext = {
    firstOffset,
    firstTimestamp,
    partitionLeaderEpoch: leaderEpoch,
    inTransaction: (attributes & ATTRIBUTES.transactional) !== 0,
    isControlBatch: isControlRecord,
    lastOffsetDelta: bytes.readInt32BE(at + BATCH.lastOffsetDelta),
    producerId: bytes.readBigInt64BE(at + BATCH.producerId).toString(),
    producerEpoch: bytes.readInt16BE(at + BATCH.producerEpoch),
    firstSequence: bytes.readInt32BE(at + BATCH.firstSequence),
    maxTimestamp,
    timestampType: isAppendTime ? 1 : 0,
    magicByte: MAGIC,
  };
  // Offsets and times are far below what a double holds exactly.
  const [offsetFrom, timestampFrom] = [Number(firstOffset), Number(firstTimestamp)];
  const reader = new RecordReader(body, isPlain ? at + BATCH.headerSize : 0, names);
  for (let left = bytes.readInt32BE(at + BATCH.count); left > 0; left--) {
    const end = reader.varint() + reader.at;
    const recordAttributes = body[reader.at++] ?? 0;
    const timestampDelta = reader.varlong();
    to.push({
      magicByte: MAGIC,
      attributes: recordAttributes,
      timestamp: isAppendTime ? maxTimestamp : String(timestampFrom + timestampDelta),
      offset: String(offsetFrom + reader.varint()),
      key: reader.bytesOrNull(),
      value: reader.bytesOrNull(),
      headers: reader.headers(),
      isControlRecord,
      batchContext,
      leaderEpoch,
    } as FetchedRecord);
    if (reader.at !== end || end > body.length) throw new RangeError('a record of a fetch answer does not end where it says');
  }
}

/** Reads the frame of an answer: big-endian numbers and sized parts, one after the other. */
class AnswerReader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  int16(): number {
    return this.bytes.readInt16BE((this.at += 2) - 2);
  }

  int32(): number {
    return this.bytes.readInt32BE((this.at += 4) - 4);
  }

  int64(): string {
    return this.bytes.readBigInt64BE((this.at += 8) - 8).toString();
  }

  text(): string {
    const length = this.int16();
    return this.bytes.toString('utf8', this.at, (this.at += length));
  }

  /** What stands behind its size, which is -1 or 0 for nothing. */
  sized(): Buffer {
    const length = Math.max(0, this.int32());
    if (this.at + length > this.bytes.length) throw new RangeError('a fetch answer is shorter than it says');
    return this.bytes.subarray(this.at, (this.at += length));
  }
}

/** Reads the records of a batch: zigzag varints, and what stands behind its length. */
class RecordReader {
  constructor(
    private readonly bytes: Buffer,
    /** Where the next byte stands. */
    public at: number,
    private readonly names: NameCache,
  ) {}

  varint(): number {
    let result = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++] ?? 0;
      result |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (result >>> 1) ^ -(result & 1);
    }
  }

  /** Up to 63 bits, of which a double holds 53 exactly: a time is 41. */
  varlong(): number {
    let [result, scale] = [0, 1];
    for (;;) {
      const byte = this.bytes[this.at++] ?? 0;
      result += (byte & 0x7f) * scale;
      if (byte < 0x80) return result % 2 === 0 ? result / 2 : -(result + 1) / 2;
      scale *= 128;
    }
  }

  bytesOrNull(): Buffer | null {
    const length = this.varint();
    if (length < 0) return null;
    const bytes = this.bytes.subarray(this.at, (this.at += length));
    this.mustBeWithin();
    return bytes;
  }

  /** What is read in a loop asks, or bytes that say anything would have it read behind the end for minutes. */
  private mustBeWithin(): void {
    if (this.at > this.bytes.length) throw new RangeError('a record of a fetch answer does not end where it says');
  }

  headers(): Record<string, unknown> {
    const headers: Record<string, unknown> = {};
    const count = this.varint();
    for (let index = 0; index < count; index++) {
      const length = this.varint();
      const name = this.names.nameOf(index, this.bytes, this.at, length);
      this.at += Math.max(0, length);
      const value = this.bytesOrNull();
      if (Object.hasOwn(headers, name)) headers[name] = [headers[name], value].flat();
      // An own field even if it is named as what every object has, `__proto__` among them.
      else if (name in headers)
        Object.defineProperty(headers, name, { value, enumerable: true, writable: true, configurable: true });
      else headers[name] = value;
    }
    return headers;
  }
}

/** Records of a topic have the same headers in the same order nearly always: their names need no new string each. */
class NameCache {
  private readonly known: { readonly bytes: Buffer; readonly name: string }[] = [];

  nameOf(index: number, bytes: Buffer, at: number, length: number): string {
    const before = this.known[index];
    if (before !== undefined && isSame(before.bytes, bytes, at, length)) return before.name;
    const own = bytes.subarray(at, at + length);
    const name = own.toString();
    this.known[index] = { bytes: own, name };
    return name;
  }
}

function isSame(known: Buffer, bytes: Buffer, at: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let index = 0; index < length; index++) if (known[index] !== bytes[at + index]) return false;
  return true;
}
