import { OUTCOMES, type Outcome } from '#delivery';
import type { EncodedRecord } from './encoded-record.ts';
import type { RawRecord } from './raw-record.ts';
import {
  isCount,
  isHash,
  isId,
  isMillis,
  isOffset,
  isPartition,
  isText,
  isTime,
  misfitOf,
  objectOf,
  oneOf,
  optional,
} from './form.ts';
import { inCurrentVersion, type Upcaster } from './upcast.ts';
import { jsonValueOf, undecodable, type Undecodable } from './record-headers.ts';

/** What makes an outcome of version n one of version n + 1 stands at n - 1. There is one version so far (README.md says what a second one needs). */
const UPCASTERS: readonly Upcaster[] = [];

const misfit = misfitOf<Outcome>({
  schema: isCount,
  outcome: oneOf(OUTCOMES),
  type: oneOf(['identify', 'track', 'delete']),
  event: optional(isText),
  subject: isHash,
  messageId: isId,
  dedupKey: optional(isHash),
  messageKey: optional(isHash),
  position: objectOf({ partition: isPartition, offset: isOffset }),
  log: optional(isCount),
  attempts: isCount,
  status: optional(isCount),
  code: optional(isText),
  detail: optional(isText),
  extoleId: optional(isText),
  mappingVersion: isText,
  latencyMs: isMillis,
  at: isTime,
  run: optional(isId),
});

/**
 * An outcome as a record of `extole.outcomes.<source>`: key = the event record's offset in decimal, so that compaction keeps the last word on
 * every record. It must be written to the partition of its position, not to the one of its key.
 */
export function encodeOutcome(outcome: Outcome): EncodedRecord {
  return {
    key: String(outcome.position.offset),
    value: Buffer.from(JSON.stringify(outcome)),
    headers: { type: 'outcome', schema: String(outcome.schema) },
  };
}

/**
 * A record of `extole.outcomes.<source>`. Never throws. Every field is what it is declared to be; that its position is one of the log's is for the reader to see,
 * who knows how far that reaches.
 */
export function decodeOutcome(message: RawRecord): Outcome | Undecodable {
  const written = jsonValueOf(message);
  if (written === undefined) return undecodable(message, 'its value is no JSON object');
  const value = inCurrentVersion(written, UPCASTERS);
  if (value === undefined) return undecodable(message, 'its schema is not known to this version');
  const field = misfit(value);
  return field === undefined ? (value as unknown as Outcome) : undecodable(message, `its ${field} is missing or broken`);
}
