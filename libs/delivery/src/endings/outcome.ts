import type { Hash, HashedSubject, Position } from '#segment';

/** Every way in which an event can end (P2). */
export const OUTCOMES = ['delivered', 'duplicate', 'filtered', 'rejected', 'erased', 'stale', 'dead-lettered'] as const;
export type OutcomeName = (typeof OUTCOMES)[number];

/**
 * How one record of the events topic ended: the value of its record in `extole.outcomes.<source>`.
 * Holds nothing personal: `subject` and the dedup keys are hashes, `event` is the mapped event name.
 */
export interface Outcome {
  readonly schema: 1;
  readonly outcome: OutcomeName;
  /** The record's type: `identify`, `track`, or `delete` for a tombstone. */
  readonly type: 'identify' | 'track' | 'delete';
  readonly event?: string;
  readonly subject: HashedSubject;
  readonly messageId: string;
  /** The partner key's hash (registration, conversion, configured ones), where the event has one. */
  readonly dedupKey?: Hash;
  /** The `messageId`'s hash, by which a repeat of the message is known. */
  readonly messageKey?: Hash;
  readonly position: Position;
  /** The number of the log that the position is in, if its partition is not the first one of its name (docs/adr/0017). */
  readonly log?: number;
  /** Calls made for it by the process that wrote the outcome; 0 if it needed none. */
  readonly attempts: number;
  readonly status?: number;
  readonly code?: string;
  /** Why it was filtered, of which earlier offset it is a duplicate, or Extole's `unique_id` of an error. */
  readonly detail?: string;
  readonly extoleId?: string;
  readonly mappingVersion: string;
  /** Milliseconds from `receivedAt` at ingest to the outcome; 0 where the record does not say. */
  readonly latencyMs: number;
  /** ISO 8601: when the outcome was decided. */
  readonly at: string;
  /** The replay that brought it about. */
  readonly run?: string;
}

/** Outcomes after which a record needs no further work: a replay skips them. */
export function isTerminallyGood(outcome: OutcomeName): boolean {
  return outcome !== 'dead-lettered';
}
