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

/** What {@link bytesAtMost} says of a value that is too deep. */
const TOO_DEEP = Infinity;

/** Why a JSON value cannot be an event, or be merged into one; undefined if it can. */
export function limitFault(value: JsonValue): 'too_deep' | 'too_large' | undefined {
  const most = bytesAtMost(value, MAX_DEPTH);
  // The depth first: JSON.stringify is recursive and overflows the stack on what JSON.parse has read without effort.
  if (most === TOO_DEEP) return 'too_deep';
  // Nearly every event is so small that the rough count settles it; the exact one costs as much as all other checks together.
  if (most <= MAX_EVENT_BYTES) return undefined;
  return bytesOf(value) > MAX_EVENT_BYTES ? 'too_large' : undefined;
}

/** Bytes of the value as JSON. It is no deeper than `MAX_DEPTH`. */
export function bytesOf(value: JsonValue): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** A character takes at most six bytes (a control character, as `\u0000`), a number 24. */
const MAX_CHARACTER_BYTES = 6;
const MAX_NUMBER_BYTES = 24;
/** `false`, `null`, quotes, brackets, and the comma or colon that follows. */
const MAX_OTHER_BYTES = 6;

/** An upper bound of the value's bytes as JSON, in a fraction of the time; `TOO_DEEP` if it has more than `levels` levels. */
function bytesAtMost(value: JsonValue, levels: number): number {
  if (typeof value === 'string') return value.length * MAX_CHARACTER_BYTES + MAX_OTHER_BYTES;
  if (typeof value === 'number') return MAX_NUMBER_BYTES + MAX_OTHER_BYTES;
  if (typeof value !== 'object' || value === null) return MAX_OTHER_BYTES;
  if (levels === 0) return TOO_DEEP;
  let bytes = MAX_OTHER_BYTES;
  if (Array.isArray(value)) {
    for (const item of value) bytes += bytesAtMost(item, levels - 1);
    return bytes;
  }
  for (const key of Object.keys(value))
    bytes += key.length * MAX_CHARACTER_BYTES + MAX_OTHER_BYTES + bytesAtMost(value[key] ?? null, levels - 1);
  return bytes;
}
