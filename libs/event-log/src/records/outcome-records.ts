import { OUTCOMES, type Outcome } from '#delivery';
import type { EncodedRecord } from './encoded-record.ts';
import type { RawRecord } from './raw-record.ts';
import { jsonValueOf, SCHEMA, undecodable, type Undecodable } from './record-headers.ts';

const NAMES: ReadonlySet<unknown> = new Set(OUTCOMES);

/**
 * An outcome as a record of `extole.outcomes.<source>`: key = the event record's offset in decimal, so that compaction keeps the last word on
 * every record. It must be written to the partition of its position, not to the one of its key.
 */
export function encodeOutcome(outcome: Outcome): EncodedRecord {
  return {
    key: String(outcome.position.offset),
    value: Buffer.from(JSON.stringify(outcome)),
    headers: { type: 'outcome', schema: SCHEMA },
  };
}

/** A record of `extole.outcomes.<source>`. Never throws; checks what a restore relies on, not every field (a million are read at a start). */
export function decodeOutcome(message: RawRecord): Outcome | Undecodable {
  const value = jsonValueOf(message) as Partial<Outcome> | undefined;
  if (value === undefined) return undecodable(message, 'its value is no JSON object');
  if (value.schema !== 1) return undecodable(message, 'its schema is not known to this version');
  if (!NAMES.has(value.outcome)) return undecodable(message, 'its outcome is unknown');
  const position: Partial<Outcome['position']> | null | undefined = value.position;
  if (!Number.isSafeInteger(position?.partition) || !Number.isSafeInteger(position?.offset))
    return undecodable(message, 'it names no position');
  if (typeof value.subject !== 'string' || typeof value.messageId !== 'string')
    return undecodable(message, 'its subject or messageId is missing');
  return value as Outcome;
}
