import { isJsonObject, wellFormed, type JsonObject, type JsonValue } from './json.ts';

/** The common fields of a message that we read [Segment: spec, common fields]. */
const FIELD_NAMES = [
  'type',
  'messageId',
  'userId',
  'anonymousId',
  'event',
  'properties',
  'traits',
  'context',
  'integrations',
  'timestamp',
  'originalTimestamp',
  'sentAt',
  'receivedAt',
] as const;
export type FieldName = (typeof FIELD_NAMES)[number];
export type Fields = { readonly [name in FieldName]?: JsonValue };

const BY_FOLDED_NAME: ReadonlyMap<string, FieldName> = new Map(FIELD_NAMES.map((name) => [fold(name), name]));

/** A field is there, but of a type that it cannot have. */
export const INVALID = Symbol('invalid');

/**
 * A message's fields under their exact names, however they are spelt: Segment's delivery service sends `userid`, `UserID` or
 * `user_id` as the customer wrote it (wire.md 1.1). Of two spellings of one field the exact one wins, then the first by code units,
 * so that the order of keys does not count.
 */
export function anyCasing(message: JsonObject): Fields {
  const fields: { [name in FieldName]?: JsonValue } = {};
  for (const key of Object.keys(message).sort()) {
    const name = BY_FOLDED_NAME.get(fold(key));
    const value = message[key];
    if (name === undefined || value === undefined || value === null) continue;
    if (key === name || !Object.hasOwn(fields, name)) fields[name] = value;
  }
  return fields;
}

function fold(name: string): string {
  return name.replace(/[_-]/g, '').toLowerCase();
}

/**
 * An id: text, or a number as its decimal form. Absent if null or empty. An integer beyond 2^53 is invalid, because JSON.parse has
 * rounded it already: two users would become one, and a deletion of the one would erase the other.
 */
export function readId(value: JsonValue | undefined): string | undefined | typeof INVALID {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return wellFormed(value);
  return typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? String(value) : INVALID;
}

/** An object; absent if null or an empty array, which is how some senders (PHP, deletions) write an empty object. */
export function readObject(value: JsonValue | undefined): JsonObject | undefined | typeof INVALID {
  if (value === undefined || value === null) return undefined;
  if (isJsonObject(value)) return value;
  return Array.isArray(value) && value.length === 0 ? undefined : INVALID;
}
