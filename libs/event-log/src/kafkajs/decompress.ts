import * as zlib from 'node:zlib';
import { Decompress as ZstdStream } from 'fzstd';
import { snappyUncompress } from 'hysnappy';
import { decompressFrameSync } from 'lz4-napi';

/** Of a batch's attributes [Kafka protocol, implementation notes: record batch]. Who compresses is not ours to say: any producer, and the broker itself by `compression.type`. */
export const CODECS = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;

/** More than any batch of a producer that the topics take (1 MiB) unpacks to in earnest: past it, it is meant to fill a memory. */
export const MAX_UNPACKED_BYTES = 64 * 1024 ** 2;

/** How snappy-java, which all of Kafka's own tools use, frames blocks: magic, version, compatible version; then blocks, each behind its size. */
const XERIAL = { magic: Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]), headerSize: 16 } as const;

/**
 * The records of a compressed batch as they were before.
 *
 * @param codec as in {@link CODECS}
 * @throws if they are not what the codec makes, or would be larger than {@link MAX_UNPACKED_BYTES}
 */
export function decompress(codec: number, packed: Buffer): Buffer {
  switch (codec) {
    case CODECS.gzip:
      return zlib.gunzipSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES });
    case CODECS.snappy:
      return packed.subarray(0, XERIAL.magic.length).equals(XERIAL.magic) ? xerialBlocks(packed) : snappyBlock(packed);
    case CODECS.lz4:
      return bounded(decompressFrameSync(packed));
    case CODECS.zstd:
      return unzstd(packed);
    default:
      throw new RangeError(`no codec of Kafka has the number ${codec}`);
  }
}

function xerialBlocks(packed: Buffer): Buffer {
  const blocks: Buffer[] = [];
  let size = 0;
  for (let at: number = XERIAL.headerSize; at < packed.length;) {
    const length = packed.readInt32BE(at);
    at += 4;
    if (length <= 0 || at + length > packed.length) throw new RangeError('a snappy block does not end where it says');
    const block = snappyBlock(packed.subarray(at, (at += length)));
    if ((size += block.length) > MAX_UNPACKED_BYTES) throw tooLarge();
    blocks.push(block);
  }
  return Buffer.concat(blocks, size);
}

/** A block begins with its size before, as a varint. */
function snappyBlock(packed: Buffer): Buffer {
  let size = 0;
  for (let index = 0, scale = 1; index < 5; index++, scale *= 128) {
    const byte = packed[index] ?? 0;
    size += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
  }
  if (size > MAX_UNPACKED_BYTES) throw tooLarge();
  return Buffer.from(snappyUncompress(packed, size).buffer);
}

/** Node's own where it has one (22.15); a frame need not say how large it is, so that the other one is stopped when it has grown too much. */
function unzstd(packed: Buffer): Buffer {
  const { zstdDecompressSync } = zlib as { zstdDecompressSync?: typeof zlib.gunzipSync };
  if (zstdDecompressSync !== undefined) return zstdDecompressSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES });
  const parts: Uint8Array[] = [];
  let size = 0;
  let ended = false;
  const stream = new ZstdStream((part, isLast) => {
    if ((size += part.length) > MAX_UNPACKED_BYTES) throw tooLarge();
    parts.push(part);
    ended = isLast === true;
  });
  stream.push(packed, true);
  if (!ended) throw new RangeError('a zstd frame ends too early');
  return Buffer.concat(parts, size);
}

function bounded(unpacked: Buffer): Buffer {
  if (unpacked.length > MAX_UNPACKED_BYTES) throw tooLarge();
  return unpacked;
}

function tooLarge(): RangeError {
  return new RangeError(`a compressed batch holds more than ${MAX_UNPACKED_BYTES} bytes`);
}
