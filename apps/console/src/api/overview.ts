import type { IsoTime } from './shared.ts';

/** Everything that changes by itself, as of `at`: `GET /api/overview`, and each `overview` event of `GET /api/live`. */
export interface Overview {
  readonly at: IsoTime;
  readonly sources: readonly SourceOverview[];
  /** The members of the consumer group, by name. */
  readonly forwarders: readonly ForwarderOverview[];
  readonly index: IndexOverview;
  /** What keeps the console from knowing more, as sentences for a human (Kafka away, a forwarder that does not answer); empty if all is well. */
  readonly problems: readonly string[];
}

export interface SourceOverview {
  readonly source: string;
  /** Events that ingest wrote to the log, per second over the last 5 s. */
  readonly eventsInPerSecond: number;
  /** Events that Extole took, likewise. */
  readonly deliveredPerSecond: number;
  /** Records that are not finished: the sum over the partitions. */
  readonly lag: number;
  /** Calls to Extole in flight; null while no forwarder can be asked. */
  readonly inFlight: number | null;
  /** How long ago the oldest record that is not finished came in, in milliseconds; 0 if all are finished, null if it is not known. */
  readonly oldestUndeliveredMs: number | null;
  /** Of the calls of the last 10 s, the share (0 to 1) that failed: refused, retried or stopped. Null if there were none. */
  readonly errorRate: number | null;
  readonly state: SourceState;
  /** Of erasures (deletions at Extole), which have a gate of their own and go on while an operator has stopped the events. */
  readonly erasures: SourceState;
  /** The last call that failed, as the forwarders remember it. */
  readonly lastError: { readonly code: string; readonly status?: number; readonly at: IsoTime } | null;
  readonly deadLetters: number;
  readonly openDeletions: number;
  readonly partitions: readonly PartitionOverview[];
  readonly settings: SourceFacts;
}

/** How the source is set up; nothing secret. */
export interface SourceFacts {
  readonly extoleBaseUrl: string;
  readonly mode: 'async' | 'sync';
  readonly mappingVersion: string;
  readonly afterDeletion: 'accept' | 'suppress';
  readonly maxConcurrency: number;
}

/**
 * How delivery stands, over all forwarders: the worst of what they say.
 *
 * - `delivering`: all is well.
 * - `slowed`: Extole asked for less (429); concurrency grows back by itself.
 * - `stopped`: see `reason`. `operator`: until it is resumed. All others probe by themselves.
 * - `unattended`: no forwarder owns a partition of it.
 */
export interface SourceState {
  readonly kind: 'delivering' | 'slowed' | 'stopped' | 'unattended';
  /** Only where it is `stopped`. */
  readonly reason?: 'operator' | 'configuration' | 'outage' | 'dead-letter-burst';
  /** A sentence: why, and what to do. Absent while it is delivering. */
  readonly why?: string;
  readonly since?: IsoTime;
  /** Extole's error code (or ours of a failed connection), where an answer is the reason. */
  readonly code?: string;
  readonly status?: number;
  /** What the operator gave as the reason of a stop, if anything. */
  readonly note?: string;
  /** The operator who has stopped it; absent for a stop of before operators had names. */
  readonly by?: string;
  /** Calls at once, over all forwarders, where it is `slowed`. */
  readonly concurrency?: number;
  /** The forwarders (their names) that say so: not all may. */
  readonly forwarders: readonly string[];
}

export interface PartitionOverview {
  readonly partition: number;
  /** The forwarder's name; null if nobody owns it, or it can't be told. */
  readonly owner: string | null;
  /** What its owner does with it: `restoring`, `draining`, `delivering`, `refused`; null if its owner does not answer. */
  readonly phase: string | null;
  /** The end of the log: the offset that the next event gets. */
  readonly end: number;
  /** The first offset that is not finished. */
  readonly frontier: number;
  /** `end - frontier`. */
  readonly lag: number;
  /** How far finished records run ahead of the frontier; 0 if nobody says. */
  readonly lead: number;
  readonly heldBytes: number;
  readonly inFlight: number;
  /** Users whose next event waits for another attempt. */
  readonly waiting: number;
  /** Users with events in hand. */
  readonly lanes: number;
  /** Fetching is paused because a bound is reached. */
  readonly paused: boolean;
  /** False: it holds back until its deletions have been read (P5). */
  readonly knowsItsDeletions: boolean;
  readonly oldestUndeliveredMs: number | null;
}

export interface ForwarderOverview {
  /** Stable over restarts. */
  readonly name: string;
  /** Where its admin port is, as it advertises it; null for an older version that does not. */
  readonly url: string | null;
  readonly host: string;
  /** Whether `GET /status` answered within the last seconds. */
  readonly answers: boolean;
  /** Why not, as a sentence; absent if it does. */
  readonly trouble?: string;
  /** As its `/health/ready` says; null if it does not answer. */
  readonly ready: boolean | null;
  readonly reasons: readonly string[];
  readonly partitions: readonly { readonly source: string; readonly partitions: readonly number[] }[];
}

/** How far the console's own index has followed the topics. While it is behind, a search may find too little. */
export interface IndexOverview {
  readonly caughtUp: boolean;
  /** Records of outcomes, deletions and events that it has yet to read. */
  readonly behind: number;
  readonly outcomes: number;
  readonly bytes: number;
}

/**
 * The last 15 minutes, to fill charts at once; `GET /api/history`. Columns of equal length, one sample each second; `at` in epoch
 * seconds. Null where nothing was known.
 */
export interface History {
  readonly stepSeconds: number;
  readonly sources: readonly SourceHistory[];
}

export interface SourceHistory {
  readonly source: string;
  readonly at: readonly number[];
  readonly eventsInPerSecond: readonly (number | null)[];
  readonly deliveredPerSecond: readonly (number | null)[];
  readonly lag: readonly (number | null)[];
  readonly inFlight: readonly (number | null)[];
  readonly oldestUndeliveredMs: readonly (number | null)[];
  readonly errorRate: readonly (number | null)[];
}

/** `POST /api/sources/{source}/stop`. */
export interface StopSource {
  /** Why, for colleagues, up to 200 characters; not about a person: it is kept and shown. */
  readonly note?: string;
}

/** What the log now says about a source. The forwarders follow within a second or so; the overview shows when they have. */
export interface SourceControlled {
  readonly source: string;
  readonly asked: 'stop' | 'resume' | 'probe';
  readonly at: IsoTime;
}
