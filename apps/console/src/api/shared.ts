/** ISO 8601, UTC. */
export type IsoTime = string;

/** 32 hex digits: a user under the hash key. Safe to show, to link to and to log. */
export type SubjectHash = string;

/** A record of a source's events topic. */
export interface Place {
  readonly partition: number;
  readonly offset: number;
}

/** The body of every answer that is not a 2xx. The message says what to do and holds nothing personal. */
export interface ApiError {
  readonly message: string;
}

/** What is called for by a body without fields. */
export type Empty = Readonly<Record<string, never>>;

/** Every way in which an event can end; see `docs/promises.md`, P2. */
export type OutcomeWord = 'delivered' | 'duplicate' | 'filtered' | 'rejected' | 'erased' | 'stale' | 'dead-lettered';
