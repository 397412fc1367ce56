import { OUTCOMES, type Outcome } from '#delivery';
import type { EncodedRecord } from './encoded-record.ts';
import type { RawRecord } from './raw-record.ts';
import { inCurrentVersion, type Upcaster } from './upcast.ts';
import { jsonValueOf, SCHEMA, undecodable, type Undecodable } from './record-headers.ts';

/** What makes an outcome of version n one of version n + 1 stands at n - 1. There is one version so far (README.md says what a second one needs). */
const UPCASTERS: readonly Upcaster[] = [];

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
  const written = jsonValueOf(message);
  if (written === undefined) return undecodable(message, 'its value is no JSON object');
  const value: Partial<Outcome> | undefined = inCurrentVersion(written, UPCASTERS);
  if (value === undefined) return undecodable(message, 'its schema is not known to this version');
  if (!NAMES.has(value.outcome)) return undecodable(message, 'its outcome is unknown');
  const position: Partial<Outcome['position']> | null | undefined = value.position;
  if (!Number.isSafeInteger(position?.partition) || !Number.isSafeInteger(position?.offset))
    return undecodable(message, 'it names no position');
  if (typeof value.subject !== 'string' || typeof value.messageId !== 'string')
    return undecodable(message, 'its subject or messageId is missing');
  return value as Outcome;
}
