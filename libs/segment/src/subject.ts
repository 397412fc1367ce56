import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { textOf, type SegmentEvent } from './event.ts';
import { wellFormed } from './json.ts';

declare const subjectBrand: unique symbol;
declare const hashedBrand: unique symbol;

/** The key of a user in the log, in clear: the scope of order, dedup and deletion. Personal data; never logged. */
export type SubjectKey = string & { readonly [subjectBrand]: true };

/** 32 hex digits: an HMAC of something personal (a subject, a dedup key), safe in topics, state and logs. */
export type Hash = string & { readonly [hashedBrand]: true };

/** A subject under the hash key; what outcomes, deletions and state hold instead of the subject. */
export type HashedSubject = Hash;

/**
 * The subject of an event: `userId`, else `partner_user_id` from properties or traits, else `anonymousId`.
 * Undefined if it has none of them: such an event is not accepted.
 */
export function subjectKeyOf(
  event: Pick<SegmentEvent, 'userId' | 'anonymousId' | 'properties' | 'traits'>,
): SubjectKey | undefined {
  const partnerUserId = textOf(event.properties?.['partner_user_id']) ?? textOf(event.traits?.['partner_user_id']);
  const id = event.userId ?? partnerUserId ?? event.anonymousId;
  return id === undefined ? undefined : toSubjectKey(id);
}

/** The subject that a user id stands for: what a deletion, or an operator who asks for a user, names. */
export function toSubjectKey(id: string): SubjectKey {
  return wellFormed(id) as SubjectKey;
}

/** Hashes what is personal, per source, so that equal ids of two sources cannot be linked. Pure: the same in, the same out. */
export class SubjectHasher {
  /** As an object it is prepared once, not at every hash. */
  private readonly key: KeyObject;

  /** @param key `SUBJECT_HASH_KEY`; the same in every app, or hashes do not meet. */
  constructor(
    key: string,
    private readonly source: string,
  ) {
    this.key = createSecretKey(key, 'utf8');
  }

  /** The subject's hash: the first 16 bytes of HMAC-SHA-256 over source and subject. */
  subject(subject: SubjectKey): HashedSubject {
    return this.hash('subject', subject);
  }

  /** A dedup key's hash: scoped by subject and kind. */
  dedupKey(subject: HashedSubject, kind: string, key: string): Hash {
    return this.hash('dedup', subject, kind, key);
  }

  /** A message id's hash, of whichever user: an id is the sender's to choose, and may be personal. */
  messageId(id: string): Hash {
    return this.hash('message', id);
  }

  private hash(...parts: string[]): Hash {
    // JSON keeps the boundaries between the parts: ("a","bc") and ("ab","c") must differ.
    const text = JSON.stringify([this.source, ...parts]);
    return createHmac('sha256', this.key).update(text).digest('hex').slice(0, 32) as Hash;
  }
}
