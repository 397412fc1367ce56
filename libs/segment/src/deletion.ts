import { anyCasing, INVALID, readId, type Fields } from './fields.ts';
import { isJsonObject, wellFormed, type JsonObject } from './json.ts';
import { MAX_EVENT_BYTES, MESSAGE_ID_LENGTH_LIMIT } from './limits.ts';
import { toSubjectKey, type SubjectKey } from './subject.ts';

/** A request to delete a user. Only `userId` is relied on (wire.md 1.1). */
export interface Deletion {
  readonly kind: 'deletion';
  readonly userId: SubjectKey;
  /** Absent where the sender gave none: such a deletion is never taken for a repeat. */
  readonly messageId?: string;
}

export interface RejectedDeletion {
  readonly kind: 'rejected';
  readonly reason: 'not_an_object' | 'unknown_type' | 'missing_user_id' | 'invalid_user_id';
}

/** Reads the body of the deletion door: `{"userId": …}`; a `type` other than `delete` is somebody's event at the wrong door. */
export function parseDeletion(raw: unknown): Deletion | RejectedDeletion {
  if (!isJsonObject(raw)) return { kind: 'rejected', reason: 'not_an_object' };
  const type = raw['type'];
  if (type !== undefined && type !== null && type !== 'delete') return { kind: 'rejected', reason: 'unknown_type' };
  return deletionOf(raw);
}

/** Whether a message at the partner door is a deletion: of type `delete`, or with `userId` as its only field. */
export function isDeletion(message: JsonObject): boolean {
  const { type, userId } = anyCasing(message);
  if (type !== undefined) return type === 'delete';
  return userId !== undefined && Object.keys(message).length === 1;
}

/** Everything but the user is optional and may have any shape: a deletion must not fail for a date or an empty context. */
export function deletionOf({ userId, messageId }: Fields): Deletion | RejectedDeletion {
  const id = readId(userId);
  if (id === undefined) return { kind: 'rejected', reason: 'missing_user_id' };
  // No event of such a user could have been accepted, and no record holds a key without bounds.
  if (id === INVALID || Buffer.byteLength(id) > MAX_EVENT_BYTES) return { kind: 'rejected', reason: 'invalid_user_id' };
  const isUsable = typeof messageId === 'string' && messageId !== '' && messageId.length < MESSAGE_ID_LENGTH_LIMIT;
  return { kind: 'deletion', userId: toSubjectKey(id), ...(isUsable ? { messageId: wellFormed(messageId) } : {}) };
}
