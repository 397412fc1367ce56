import { createHash } from 'node:crypto';
import type { HashedSubject, Offset, Position } from '#segment';

/** The first 64 bits of a hash, as two words: what the index goes by. Two that share it are told apart when the record itself is read. */
export interface Key {
  readonly high: number;
  readonly low: number;
}

/** A position as two words: 16 bits of partition, 48 of offset. */
export interface Packed {
  readonly high: number;
  readonly low: number;
}

const TWO_POW_16 = 2 ** 16;
const TWO_POW_32 = 2 ** 32;

export function keyOfSubject(subject: HashedSubject): Key {
  return { high: Number.parseInt(subject.slice(0, 8), 16), low: Number.parseInt(subject.slice(8, 16), 16) };
}

/** Message ids are the senders', of any form and length: evenly spread only once they are hashed. */
export function keyOfMessage(messageId: string): Key {
  const digest = createHash('sha256').update(messageId).digest();
  return { high: digest.readUInt32BE(0), low: digest.readUInt32BE(4) };
}

export function pack({ partition, offset }: Position): Packed {
  return { high: partition * TWO_POW_16 + Math.floor(offset / TWO_POW_32), low: offset % TWO_POW_32 };
}

export function unpack({ high, low }: Packed): Position {
  return {
    partition: Math.floor(high / TWO_POW_16),
    offset: ((high % TWO_POW_16) * TWO_POW_32 + low) as Offset,
  };
}
