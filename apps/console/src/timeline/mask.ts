import type { ExplainedField } from '#mapping';
import { isJsonObject, type JsonObject, type JsonValue } from '#segment';

/** What stands for a value that may be personal. */
export const MASK = '•••';

/**
 * Fields of a Segment message whose texts say what it is, when it was and by what we know it. At its top only: below, and under every
 * other name, whatever a sender likes to put there may be about a person.
 */
const OPEN_FIELDS: ReadonlySet<string> = new Set([
  'type',
  'event',
  'messageId',
  'timestamp',
  'originalTimestamp',
  'sentAt',
  'receivedAt',
]);

/** Rules of the mapping that fill a field with something that is of the event or of us, and of nobody else. */
const OPEN_RULES: ReadonlySet<ExplainedField['rule']> = new Set(['event name', 'message id', 'constant', 'labels']);

/** A value with everything masked that may be personal: keys, shape, and what is true, false, null or empty stay to be seen. */
export function mask(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(mask);
  if (isJsonObject(value)) return mapValues(value, (_, field) => mask(field));
  return typeof value === 'boolean' || value === null || value === '' ? value : MASK;
}

/** A Segment message, masked. */
export function maskMessage(message: JsonObject): JsonObject {
  return mapValues(message, (name, field) => {
    if (name === 'integrations') return field;
    return OPEN_FIELDS.has(name) && typeof field === 'string' ? field : mask(field);
  });
}

/** A field of a request, masked unless the rule that filled it says that it is nobody's. */
export function maskField(field: ExplainedField): ExplainedField {
  return OPEN_RULES.has(field.rule) ? field : { ...field, value: mask(field.value) };
}

/** A request's body, masked likewise. */
export function maskBody(body: JsonObject, fields: readonly ExplainedField[]): JsonObject {
  const open = new Set(fields.filter(({ rule }) => OPEN_RULES.has(rule)).map(({ field }) => field));
  return mapValues(body, (name, value) =>
    name === 'data' && isJsonObject(value) ? mapValues(value, (field, inner) => (open.has(field) ? inner : mask(inner))) : value,
  );
}

function mapValues(object: JsonObject, change: (name: string, value: JsonValue) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(name, value)]));
}
