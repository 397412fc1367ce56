import type { DeletionNotice } from '#delivery';
import { isOperatorName, toOffset, type HashedSubject } from '#segment';
import type { EncodedRecord } from './encoded-record.ts';
import { isHash, isId, isOffset, isPartition, isTime } from './form.ts';
import type { RawRecord } from './raw-record.ts';
import { jsonValueOf, undecodable, type Undecodable } from './record-headers.ts';

/** The version of these records. */
const SCHEMA = '1';

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
  const subject = message.key?.toString();
  if (!isHash(subject)) return undecodable(message, 'its key is no hashed subject');
  const value = jsonValueOf(message);
  if (value === undefined) return undecodable(message, 'its value is no JSON object');
  const { deletionId, partition, offset, requestedAt, liftedFrom, liftedBy } = value;
  if (!isPartition(partition) || !isOffset(offset)) return undecodable(message, 'it names no position');
  if (!isId(deletionId) || !isTime(requestedAt))
    return undecodable(message, 'its deletionId or requestedAt is missing or broken');
  return {
    subject: subject as HashedSubject,
    deletionId,
    partition,
    offset: toOffset(offset),
    requestedAt,
    ...(isOffset(liftedFrom) && { liftedFrom: toOffset(liftedFrom) }),
    ...(isOperatorName(liftedBy) && { liftedBy }),
  };
}
