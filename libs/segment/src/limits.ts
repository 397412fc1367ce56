import type { JsonValue } from './json.ts';

/** Bytes of one event's JSON (wire.md 1.1). */
export const MAX_EVENT_BYTES = 32 * 1024;
/** Bytes of a batch's JSON, after decompression. */
export const MAX_BATCH_BYTES = 500 * 1024;
export const MAX_BATCH_EVENTS = 2_500;
/**
 * Bytes that a batch may lend to its messages, all copies together. Ours, not Segment's: 500 KB with a context of 32 KB would be 80 MB
 * in the log and in memory. Real contexts have one to three KB.
 */
export const MAX_LENT_BYTES = 8 * 1024 * 1024;
/** A `messageId` is shorter than this. */
export const MESSAGE_ID_LENGTH_LIMIT = 100;
/** Levels of objects and arrays. Ours, not Segment's: everything after the doors may walk an event recursively because of it. */
export const MAX_DEPTH = 64;

/** Why a JSON value cannot be an event, or be merged into one; undefined if it can. */
export function limitFault(value: JsonValue): 'too_deep' | 'too_large' | undefined {
  // The depth first: JSON.stringify is recursive and overflows the stack on what JSON.parse has read without effort.
  if (isDeeperThan(value, MAX_DEPTH)) return 'too_deep';
  return bytesOf(value) > MAX_EVENT_BYTES ? 'too_large' : undefined;
}

/** Bytes of the value as JSON. It is no deeper than `MAX_DEPTH`. */
export function bytesOf(value: JsonValue): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function isDeeperThan(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  const children = Array.isArray(value) ? value : Object.values(value);
  return children.some((child) => isDeeperThan(child, levels - 1));
}
