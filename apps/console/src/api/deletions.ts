import type { IsoTime, Place, SubjectHash } from './shared.ts';

/** `GET /api/deletions?source=&open=true`: open ones first, the longest waiting first; then those carried out, latest first (up to 500). */
export interface Deletions {
  readonly deletions: readonly Deletion[];
  readonly open: number;
  readonly complete: boolean;
}

/** `GET /api/deletions/{id}` answers one, 404 if the log knows none of that id. */
export interface Deletion {
  readonly deletionId: string;
  readonly source: string;
  readonly subject: SubjectHash;
  /** The tombstone's. */
  readonly position: Place;
  /**
   * `accepted`: in the log, so that no earlier event of the user is sent; Extole has not taken the erasure yet.
   * `sent`: Extole has taken it. `failed`: it ended otherwise.
   */
  readonly status: 'accepted' | 'sent' | 'failed';
  /** Null if the log no longer holds the notice. */
  readonly requestedAt: IsoTime | null;
  readonly endedAt: IsoTime | null;
  /** From the request to its end, or to now, in milliseconds. */
  readonly ageMs: number | null;
  readonly attempts: number | null;
}
