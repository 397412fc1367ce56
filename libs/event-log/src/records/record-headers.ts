import type { RawRecord } from './raw-record.ts';

/** A header as text; undefined if it is absent or there more than once. */
export function headerOf(message: RawRecord, name: string): string | undefined {
  const value = message.headers?.[name];
  if (typeof value === 'string') return value;
  return Buffer.isBuffer(value) ? value.toString() : undefined;
}

/** The year 10000: a time of five digits is none that a record of ours says. */
const LAST_MILLIS = 253_402_300_800_000;

/** The record's timestamp as ISO 8601; undefined if it has none that is a time. */
export function timestampOf(message: RawRecord): string | undefined {
  const millis = Number(message.timestamp);
  return Number.isFinite(millis) && millis >= 0 && millis < LAST_MILLIS ? new Date(millis).toISOString() : undefined;
}

/** A record that its reader cannot make sense of. `reason` holds nothing of its content. */
export interface Undecodable {
  readonly kind: 'undecodable';
  /** The record's offset, as Kafka gave it. */
  readonly offset: string;
  readonly reason: string;
}

export function undecodable(message: RawRecord, reason: string): Undecodable {
  return { kind: 'undecodable', offset: message.offset, reason };
}

/** Tells a record that could not be decoded from one that was. */
export function isUndecodable(decoded: object): decoded is Undecodable {
  return 'kind' in decoded && decoded.kind === 'undecodable';
}

/** The value as a JSON object; undefined if it is none. */
export function jsonValueOf(message: RawRecord): Record<string, unknown> | undefined {
  if (message.value === null) return undefined;
  try {
    const value: unknown = JSON.parse(message.value.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
