import type { HashedSubject, Offset } from '#segment';

/**
 * A deletion as `segment.deletions.<source>` announces it: the position of the tombstone in the events topic.
 * The record's key is the hashed subject, its partition the same as the tombstone's.
 */
export interface DeletionNotice {
  readonly subject: HashedSubject;
  readonly deletionId: string;
  readonly partition: number;
  /** The tombstone's offset: everything of the subject below it is erased. */
  readonly offset: Offset;
  /** ISO 8601. */
  readonly requestedAt: string;
  /** Under `afterDeletion: suppress` only: the suppression was lifted, and the user's events from here on are accepted again. */
  readonly liftedFrom?: Offset;
  /** The operator who lifted it; absent in records of before 1.0.0. */
  readonly liftedBy?: string;
}

/** What the state takes from a notice. */
export type DeletionFacts = Pick<DeletionNotice, 'subject' | 'offset' | 'liftedFrom'>;
