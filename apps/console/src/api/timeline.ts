import type { SourceState } from './overview.ts';
import type { IsoTime, OutcomeWord, Place, SubjectHash } from './shared.ts';

/**
 * Whom or what to look for: one of `user`, `subject`, `messageId`. In a POST, because a user's id must not stand in a URL (histories,
 * proxies' logs); for links use the hash that the answer holds.
 */
export interface Find {
  /** Absent: all sources. */
  readonly source?: string;
  /** The id as the events name it: userId, or anonymousId where there is none. */
  readonly user?: string;
  readonly subject?: SubjectHash;
  readonly messageId?: string;
}

/** What was found: `POST /api/find`, and `GET /api/subjects/{source}/{subject}`. */
export interface Found {
  readonly timelines: readonly Timeline[];
  /** False while the index is behind: there may be more. */
  readonly complete: boolean;
  /** A sentence for an empty result: what may be the reason. Absent if something was found. */
  readonly hint?: string;
}

/** A user's (or a message's) records in one source, in the order of the log. */
export interface Timeline {
  readonly source: string;
  /** Of all entries; absent for a message id that two users have sent. */
  readonly subject?: SubjectHash;
  readonly partition: number;
  /** Latest last. The newest 200; `truncated` says whether there are older ones. */
  readonly entries: readonly TimelineEntry[];
  readonly truncated: boolean;
  /** The source as it is now: why what waits does. */
  readonly state: SourceState;
}

export interface TimelineEntry {
  readonly source: string;
  readonly position: Place;
  readonly type: 'identify' | 'track' | 'delete';
  readonly messageId: string;
  readonly subject: SubjectHash;
  /** Segment's name of a track, where the event had to be read: it waits, or was filtered. Else see `mappedEvent`. */
  readonly event?: string;
  /** The name it has at Extole, once that is known. */
  readonly mappedEvent?: string;
  /** When ingest took it; absent if the log no longer holds it and no outcome tells. */
  readonly receivedAt?: IsoTime;
  /** Whether the events topic still holds it: only then are its body and a redrive to be had. */
  readonly inLog: boolean;
  readonly fate: Fate;
  /** Present once it has an outcome. */
  readonly outcome?: OutcomeFacts;
}

/** The outcome record's facts. */
export interface OutcomeFacts {
  readonly outcome: OutcomeWord;
  readonly at: IsoTime;
  readonly attempts: number;
  readonly status?: number;
  readonly code?: string;
  /** Extole's id of the event, or its `unique_id` of an error. */
  readonly extoleId?: string;
  readonly detail?: string;
  readonly mappingVersion: string;
  /** From its receipt to its outcome. */
  readonly latencyMs: number;
  /** The replay that brought it about. */
  readonly run?: string;
}

/** What became of a record and why. `summary` is a sentence for a human that names the cause and, where there is one, the next step. */
export type Fate = FateKind & { readonly summary: string };

export type FateKind =
  | { readonly kind: 'delivered' }
  /** It repeats `of`, which Extole has; `by` says whether the message or the partner's key is the same. */
  | { readonly kind: 'duplicate'; readonly of: EarlierEvent | null; readonly by: 'message' | 'partner-key' | null }
  /** `rule`: which entry of the mapping (or the event's integrations) decided so. */
  | { readonly kind: 'filtered'; readonly reason: string; readonly rule: string | null }
  /** Refused by the programme's own rules. */
  | { readonly kind: 'rejected'; readonly code: string | null }
  | { readonly kind: 'erased'; readonly by: DeletionBefore | null }
  | { readonly kind: 'stale' }
  | { readonly kind: 'dead-lettered'; readonly code: string | null }
  /** A deletion that is carried out or not yet. */
  | { readonly kind: 'erasure-sent' }
  | { readonly kind: 'erasure-open' }
  /** Not ended yet. `ahead`: records of its partition that come before it and are not finished. */
  | { readonly kind: 'backlog'; readonly ahead: number }
  /** Not ended yet, and it will not before the source goes on: see the timeline's `state`. */
  | { readonly kind: 'held'; readonly ahead: number; readonly reason: NonNullable<SourceState['reason']> | 'unattended' }
  /** Older than the index or the outcomes reach back: it cannot be told. */
  | { readonly kind: 'unknown' };

/** The delivered event that a duplicate repeats. */
export interface EarlierEvent {
  readonly position: Place;
  readonly messageId: string | null;
  readonly outcome: OutcomeWord | null;
  readonly at: IsoTime | null;
}

/** The deletion that overtook an event. */
export interface DeletionBefore {
  readonly deletionId: string;
  readonly position: Place;
  /** When it came in. */
  readonly requestedAt: IsoTime | null;
}

/**
 * One event with what it holds, read from the log: `GET /api/events/{source}/{partition}/{offset}` (masked), and
 * `POST /api/events/{source}/{partition}/{offset}/unmask`, which is written to the console's log.
 */
export interface EventDetail {
  readonly entry: TimelineEntry;
  /** Whether values that may be personal are masked: keys and shape are shown, text becomes `•••`. */
  readonly masked: boolean;
  /** The event as ingest wrote it; null for a deletion, and where the log no longer holds it. */
  readonly segment: Json;
  /** What is (or would be) sent to Extole, by the mapping of now; null where nothing is. */
  readonly request: MappedBody | null;
}

export interface MappedBody {
  readonly event: string;
  readonly body: Json;
  readonly mappingVersion: string;
  /** The outcome was made under another mapping than that of now, so the body sent may have differed. */
  readonly mappingChanged: boolean;
  readonly decidedBy: string;
  readonly fields: readonly MappedField[];
  /** Set on the person as PUBLIC after the event; absent where the mapping does not do so. */
  readonly parameters?: { readonly [name: string]: Json };
  readonly dedup: { readonly kind: string; readonly key: string } | null;
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}

/** One field of the request's `data` and the rule that set it. */
export interface MappedField {
  readonly field: string;
  readonly value: Json;
  readonly rule: string;
  readonly from: string;
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
