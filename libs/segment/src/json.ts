/** Any JSON value, as parsed. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

/** A JSON object, as parsed: own keys only, never trusted to have a shape. */
export interface JsonObject {
  [key: string]: JsonValue;
}

/** True for a JSON object: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * `text` with every lone surrogate replaced by U+FFFD. Kafka keys and headers are UTF-8, which cannot carry lone surrogates: an id
 * that is not made well-formed first would have one hash where it is parsed and another where it is read back from the log.
 */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
