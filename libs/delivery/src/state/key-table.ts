import type { Hash } from '#segment';

/** Words per slot: four of the key, two of the value. */
const STRIDE = 6;
const TWO_POW_32 = 2 ** 32;

/**
 * A hash table from 16-byte hashes to offsets, in one typed array: 24 bytes a slot, no objects, so millions of keys cost the
 * garbage collector nothing (a Map of strings costs over 100 bytes an entry).
 *
 * Open addressing with linear probing; the keys are HMACs, so their first word is already a good hash. Entries are never removed
 * one by one: a whole table is dropped when its time bucket leaves the window.
 */
export class KeyTable {
  private slots: Uint32Array;
  private used = 0;

  constructor(capacity = 1024) {
    this.slots = new Uint32Array(capacity * STRIDE);
  }

  get size(): number {
    return this.used;
  }

  get bytes(): number {
    return this.slots.byteLength;
  }

  /** The offset stored under `key`, or undefined. */
  get(key: Hash): number | undefined {
    const slot = this.find(word(key, 0), word(key, 1), word(key, 2), word(key, 3));
    return this.isEmpty(slot) ? undefined : this.at(slot + 4) + this.at(slot + 5) * TWO_POW_32;
  }

  /** Stores `offset` under `key`, replacing what was there. */
  set(key: Hash, offset: number): void {
    this.put(word(key, 0), word(key, 1), word(key, 2), word(key, 3), offset % TWO_POW_32, Math.floor(offset / TWO_POW_32));
  }

  /** The used slots, packed, little-endian: what a checkpoint holds. */
  toBytes(): Buffer {
    const packed = new Uint32Array(this.used * STRIDE);
    let to = 0;
    for (let slot = 0; slot < this.slots.length; slot += STRIDE) {
      if (this.isEmpty(slot)) continue;
      packed.set(this.slots.subarray(slot, slot + STRIDE), to);
      to += STRIDE;
    }
    return Buffer.from(packed.buffer);
  }

  /** @throws RangeError if `bytes` is not a whole number of slots. */
  static fromBytes(bytes: Buffer): KeyTable {
    if (bytes.length % (STRIDE * 4) !== 0) throw new RangeError('a key table of a broken length');
    const count = bytes.length / (STRIDE * 4);
    const table = new KeyTable(capacityFor(count));
    for (let at = 0; at < bytes.length; at += STRIDE * 4) {
      table.put(
        bytes.readUInt32LE(at),
        bytes.readUInt32LE(at + 4),
        bytes.readUInt32LE(at + 8),
        bytes.readUInt32LE(at + 12),
        bytes.readUInt32LE(at + 16),
        bytes.readUInt32LE(at + 20),
      );
    }
    return table;
  }

  private put(k0: number, k1: number, k2: number, k3: number, low: number, high: number): void {
    let slot = this.find(k0, k1, k2, k3);
    if (this.isEmpty(slot)) {
      if ((this.used + 1) * 10 > (this.slots.length / STRIDE) * 7) {
        this.grow();
        slot = this.find(k0, k1, k2, k3);
      }
      this.used++;
    }
    const { slots } = this;
    slots[slot] = k0;
    slots[slot + 1] = k1;
    slots[slot + 2] = k2;
    slots[slot + 3] = k3;
    slots[slot + 4] = low;
    slots[slot + 5] = high;
  }

  /** The slot that holds the key, or the empty one where it would go. */
  private find(k0: number, k1: number, k2: number, k3: number): number {
    const count = this.slots.length / STRIDE;
    let index = k0 % count;
    for (;;) {
      const slot = index * STRIDE;
      if (this.isEmpty(slot)) return slot;
      if (this.at(slot) === k0 && this.at(slot + 1) === k1 && this.at(slot + 2) === k2 && this.at(slot + 3) === k3) return slot;
      index = index + 1 === count ? 0 : index + 1;
    }
  }

  /** An all-zero key means an empty slot: an HMAC of 128 zero bits is not going to happen. */
  private isEmpty(slot: number): boolean {
    return (this.at(slot) | this.at(slot + 1) | this.at(slot + 2) | this.at(slot + 3)) === 0;
  }

  private at(index: number): number {
    return this.slots[index] ?? 0;
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Uint32Array(old.length * 2);
    for (let slot = 0; slot < old.length; slot += STRIDE) {
      const key = old.subarray(slot, slot + STRIDE);
      if ((at(key, 0) | at(key, 1) | at(key, 2) | at(key, 3)) === 0) continue;
      this.slots.set(key, this.find(at(key, 0), at(key, 1), at(key, 2), at(key, 3)));
    }
  }
}

function capacityFor(count: number): number {
  let capacity = 1024;
  while (count * 10 > capacity * 7) capacity *= 2;
  return capacity;
}

function at(words: Uint32Array, index: number): number {
  return words[index] ?? 0;
}

function word(key: Hash, index: number): number {
  return Number.parseInt(key.slice(index * 8, index * 8 + 8), 16);
}
