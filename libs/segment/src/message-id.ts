import { createHash } from 'node:crypto';
import type { JsonValue } from './json.ts';

/** The namespace of message ids that are ours, drawn once at random. Changing it makes every repeat look new. */
const NAMESPACE = Buffer.from('6c0f5f3e8a5f4b0e9a4d2f7b1c83d960', 'hex');

/**
 * The id of a message that came without one: a UUIDv5 over what it says, so that a sender's retry has the same id. The order of
 * keys does not count. `parts` are no deeper than `MAX_DEPTH`.
 */
export function derivedMessageId(parts: JsonValue[]): string {
  const digest = createHash('sha1').update(NAMESPACE).update(canonicalJson(parts)).digest();
  // RFC 9562, 5.5: version 5 in the high bits of byte 6, the variant in those of byte 8.
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x50, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  return digest.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, child]) => `${JSON.stringify(key)}:${canonicalJson(child)}`).join()}}`;
}
