import type { IsoTime, OutcomeWord, Place } from './shared.ts';

/** How many records ended in which way; a way that none did is absent. `skipped`: was delivered already, or is too old to tell. */
export type ReplayResults = Readonly<Partial<Record<OutcomeWord | 'skipped', number>>>;

/** `GET /api/replays`, latest first. */
export interface Replays {
  readonly replays: readonly Replay[];
}

export interface Replay {
  readonly source: string;
  readonly run: string;
  readonly state: 'running' | 'paused' | 'cancelled' | 'done';
  readonly requestedAt: IsoTime;
  /** The operator who wants its present state; null for one of before operators had names. */
  readonly by: string | null;
  /** What it is about, in one line: `fill gaps, outcome dead-lettered, code x, in 3 partitions`. */
  readonly about: string;
  readonly redeliver: boolean;
  /** Records per second at most; null: as fast as the live events leave room. */
  readonly rate: number | null;
  /** Offsets to go through, and of them done. */
  readonly total: number;
  readonly done: number;
  readonly results: ReplayResults;
  readonly partitions: number;
  /** Fewer than `partitions` for long: no forwarder runs for the rest. */
  readonly partitionsTakenUp: number;
  readonly partitionsDone: number;
}

/**
 * What to replay. At least one of the restricting fields, or `all`. Ranges end where the live log has come to.
 * Without `redeliver` only gaps are filled: what has no outcome, or a dead letter.
 */
export interface ReplayWish {
  readonly source: string;
  readonly all?: boolean;
  /** ISO 8601, or so long ago: `90m`, `6h`, `2d`. When the event entered the log. */
  readonly fromTime?: string;
  readonly toTime?: string;
  readonly from?: readonly Place[];
  /** Not included. */
  readonly to?: readonly Place[];
  readonly partitions?: readonly number[];
  readonly user?: string;
  readonly event?: string;
  readonly type?: 'identify' | 'track';
  readonly outcome?: OutcomeWord;
  readonly code?: string;
  readonly redeliver?: boolean;
  readonly rate?: number;
}

/** What a replay would do now; nothing is sent or written. `POST /api/replays/preview`. */
export interface ReplayPreview {
  /** Offsets to go through. 0: there is nothing in that range that the live log is done with. */
  readonly total: number;
  readonly results: ReplayResults;
  readonly examples: readonly ReplayExample[];
  /** Partitions cut at the live log's place: what lies beyond is in its hands. */
  readonly cut: readonly number[];
}

export interface ReplayExample {
  readonly result: OutcomeWord | 'skipped';
  readonly position: Place;
  readonly type: string;
  readonly event: string | null;
}
