import type { HashedSubject, Offset } from '#segment';
import type { OutcomeName } from '../endings/outcome.ts';
import type { ReplayCounts } from './replay-tracker.ts';

/** Where a replay reads, per partition. */
export interface ReplayRange {
  readonly partition: number;
  readonly from: Offset;
  /** Not included. Never beyond the live frontier at the time when the owner takes it up. */
  readonly to: Offset;
}

/** Which of the records in its ranges a replay is about; what is absent does not restrict. */
export interface ReplayFilter {
  readonly subject?: HashedSubject;
  /** The event's name, Segment's or the mapped one. */
  readonly event?: string;
  readonly type?: 'identify' | 'track';
  readonly outcome?: OutcomeName;
  readonly code?: string;
  /** ISO 8601, UTC: its outcome is of then or later. */
  readonly endedSince?: string;
}

/** Set by operators at any time; the owners of the partitions follow. */
export type ReplayState = 'running' | 'paused' | 'cancelled';

/** A replay, as `extole.replays.<source>` holds it under its run id. Holds nothing personal but its operator's name. */
export interface ReplayRequest {
  readonly run: string;
  readonly state: ReplayState;
  /** ISO 8601. */
  readonly requestedAt: string;
  readonly ranges: readonly ReplayRange[];
  readonly filter: ReplayFilter;
  /** Send again what was delivered; without it a replay fills gaps. */
  readonly redeliver: boolean;
  /** Records per second over all partitions; absent: as fast as the live events leave room. */
  readonly rate?: number;
  /** The operator who wants its present state; absent in records of before 1.0.0. */
  readonly by?: string;
}

/** How far one partition of a replay has come, under `<run>/<partition>`. A new owner goes on at `next`. */
export interface ReplayProgress {
  readonly run: string;
  readonly partition: number;
  /** Everything of the range below it is done. */
  readonly next: Offset;
  readonly to: Offset;
  readonly done: boolean;
  /** Records read, whether or not they matched. */
  readonly scanned: number;
  /** How those that matched ended. */
  readonly results: ReplayCounts;
  /** Those of them below `next`: from there a new owner goes on counting. */
  readonly settled: ReplayCounts;
  /** ISO 8601. */
  readonly at: string;
}

/** What a replay knows of a record's last outcome: of what its filter asks for, whether it is that. */
export interface KnownOutcome {
  readonly name: OutcomeName;
  /** The filter's, if it is that. */
  readonly code?: string | undefined;
  /** The mapped event name: the filter's, if it is that. */
  readonly event?: string | undefined;
  /** ISO 8601: the filter's `endedSince`, if it is of then or later. */
  readonly at?: string | undefined;
  /** It is this very replay that brought it about. */
  readonly ofThisRun: boolean;
}

/** What is known of a record when it is decided whether a replay takes it. */
export interface ReplayCandidate {
  readonly subject: HashedSubject;
  readonly type: 'identify' | 'track' | 'delete';
  /** Segment's name of the event, where it is a track. */
  readonly event?: string | undefined;
  /** Its last outcome, if it has one. */
  readonly outcome?: Omit<KnownOutcome, 'ofThisRun'> | undefined;
}

/**
 * Whether a replay takes a record. Without `redeliver` only gaps are taken: what has no outcome, or was dead-lettered. A deletion is
 * never taken: the live log retries it until it is done.
 */
export function takesReplay(
  { filter, redeliver }: Pick<ReplayRequest, 'filter' | 'redeliver'>,
  candidate: ReplayCandidate,
): boolean {
  const { subject, type, event, outcome } = candidate;
  if (type === 'delete') return false;
  if (!redeliver && outcome !== undefined && outcome.name !== 'dead-lettered') return false;
  if (filter.subject !== undefined && filter.subject !== subject) return false;
  if (filter.type !== undefined && filter.type !== type) return false;
  if (filter.event !== undefined && filter.event !== event && filter.event !== outcome?.event) return false;
  if (filter.outcome !== undefined && filter.outcome !== outcome?.name) return false;
  if (filter.endedSince !== undefined && (outcome?.at ?? '') < filter.endedSince) return false;
  return filter.code === undefined || filter.code === outcome?.code;
}

/**
 * What becomes of a record that a replay meets: it is not about it, it goes to the partition's driver, or it stays ended as `erased`.
 *
 * P5: whoever wrote `erased` had read its user's deletion. The present owner may not have come so far yet, and would send the record.
 */
export function replayFate(
  request: Pick<ReplayRequest, 'filter' | 'redeliver'>,
  candidate: ReplayCandidate,
): 'ignored' | 'erased' | 'replayed' {
  if (!takesReplay(request, candidate)) return 'ignored';
  return candidate.outcome?.name === 'erased' ? 'erased' : 'replayed';
}
