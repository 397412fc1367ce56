import type { Hash, Offset } from '#segment';
import type { Millis } from '../now.ts';
import { KeyTable } from './key-table.ts';

/** How many buckets make up a window: more buckets, less kept past the window; fewer, cheaper misses. */
const BUCKETS_PER_WINDOW = 4;

/**
 * Keys remembered for a sliding time window, each with the offset it belongs to. Time is cut into buckets; a bucket is dropped
 * whole when it has left the window, so a key is kept for the window and at most a quarter more.
 */
export class WindowedKeys {
  private readonly bucketMs: Millis;
  /** Newest first, so that the likely hit is found first. */
  private buckets: { readonly index: number; readonly table: KeyTable }[] = [];

  constructor(private readonly windowMs: Millis) {
    this.bucketMs = Math.max(1, Math.ceil(windowMs / BUCKETS_PER_WINDOW));
  }

  get size(): number {
    return this.buckets.reduce((sum, { table }) => sum + table.size, 0);
  }

  get bytes(): number {
    return this.buckets.reduce((sum, { table }) => sum + table.bytes, 0);
  }

  /** Remembers `key` as of `at`, the log's time. Within a bucket the highest offset stays, in whatever order they come. */
  add(key: Hash, offset: Offset, at: Millis): void {
    const table = this.bucketOf(at);
    if ((table.get(key) ?? -1) < offset) table.set(key, offset);
  }

  /** The highest offset remembered under `key`, or undefined. */
  latest(key: Hash): Offset | undefined {
    let latest: number | undefined;
    for (const { table } of this.buckets) {
      const offset = table.get(key);
      if (offset !== undefined && (latest === undefined || offset > latest)) latest = offset;
    }
    return latest as Offset | undefined;
  }

  /** Drops the buckets that have wholly left the window. */
  expire(now: Millis): void {
    const oldest = Math.floor((now - this.windowMs) / this.bucketMs);
    if (this.buckets.some(({ index }) => index < oldest)) this.buckets = this.buckets.filter(({ index }) => index >= oldest);
  }

  /** The buckets as a checkpoint holds them. */
  export(): { index: number; bytes: Buffer }[] {
    return this.buckets.map(({ index, table }) => ({ index, bytes: table.toBytes() }));
  }

  /** @throws RangeError if a bucket's bytes are broken. */
  import(buckets: readonly { index: number; bytes: Buffer }[]): void {
    this.buckets = buckets
      .map(({ index, bytes }) => ({ index, table: KeyTable.fromBytes(bytes) }))
      .sort((a, b) => b.index - a.index);
  }

  private bucketOf(at: Millis): KeyTable {
    const index = Math.floor(at / this.bucketMs);
    const found = this.buckets.find((bucket) => bucket.index === index);
    if (found) return found.table;
    const table = new KeyTable();
    this.buckets.push({ index, table });
    this.buckets.sort((a, b) => b.index - a.index);
    return table;
  }
}
