import type { DeletionNotice } from '#delivery';
import { toOffset, type HashedSubject } from '#segment';
import type { EncodedRecord } from './encoded-record.ts';
import type { RawRecord } from './raw-record.ts';
import { jsonValueOf, SCHEMA, undecodable, type Undecodable } from './record-headers.ts';

/**
 * A notice as a record of `segment.deletions.<source>`: key = hashed subject, so that compaction keeps the last one of each user.
 * It must be written to the notice's own partition, not to the one of its key.
 */
export function encodeDeletionNotice(notice: DeletionNotice): EncodedRecord {
  const { subject, ...value } = notice;
  return {
    key: subject,
    value: Buffer.from(JSON.stringify(value)),
    headers: { type: 'deletion', schema: SCHEMA },
  };
}

/** A record of `segment.deletions.<source>`. Never throws. */
export function decodeDeletionNotice(message: RawRecord): DeletionNotice | Undecodable {
  if (message.key === null || message.key.length === 0) return undecodable(message, 'it has no key');
  const value = jsonValueOf(message);
  if (value === undefined) return undecodable(message, 'its value is no JSON object');
  const { deletionId, partition, offset, requestedAt, liftedFrom } = value;
  if (!isCount(partition) || !isCount(offset)) return undecodable(message, 'it names no position');
  if (typeof deletionId !== 'string' || typeof requestedAt !== 'string')
    return undecodable(message, 'its deletionId or requestedAt is missing');
  return {
    subject: message.key.toString() as HashedSubject,
    deletionId,
    partition,
    offset: toOffset(offset),
    requestedAt,
    ...(isCount(liftedFrom) && { liftedFrom: toOffset(liftedFrom) }),
  };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
