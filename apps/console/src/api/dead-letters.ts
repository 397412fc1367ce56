import type { ReplayResults } from './replays.ts';
import type { IsoTime, Place } from './shared.ts';

/** `GET /api/dead-letters?source=`, the most frequent first. */
export interface DeadLetters {
  readonly groups: readonly DeadLetterGroup[];
  /** False while the index is behind. */
  readonly complete: boolean;
}

/** Dead letters that have source, code and event in common. */
export interface DeadLetterGroup {
  readonly source: string;
  readonly code: string;
  /** The mapped event name, or the type where the event could not be read. */
  readonly event: string;
  readonly count: number;
  readonly first: IsoTime;
  readonly last: IsoTime;
  /** The latest ones, up to 5. */
  readonly examples: readonly DeadLetterExample[];
}

export interface DeadLetterExample {
  readonly position: Place;
  readonly messageId: string;
  readonly at: IsoTime;
  readonly attempts: number;
  readonly status?: number;
  /** Extole's `unique_id` of the error. */
  readonly detail?: string;
}

/** Which dead letters of a source are meant: `POST /api/dead-letters/preview` and `POST /api/dead-letters/redrive`. */
export interface DeadLetterSelection {
  readonly source: string;
  readonly code?: string;
  readonly event?: string;
  /** Records per second at most; only for the redrive. */
  readonly rate?: number;
}

/** What a redrive would do now. */
export interface RedrivePreview {
  /** How many dead letters are meant. */
  readonly count: number;
  /** What would become of them, were Extole to take every call. */
  readonly results: ReplayResults;
}
