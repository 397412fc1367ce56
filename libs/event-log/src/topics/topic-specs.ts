import type { AfterDeletion } from '#delivery';
import { topicsOf } from './topic-names.ts';

/** What the topics of every source have in common; the settings of `#config` fit. */
export interface TopicOptions {
  readonly prefix: string;
  readonly partitions: number;
  readonly replication: number;
  readonly eventsRetentionMs: number;
  readonly dedupWindowMs: number;
}

/**
 * One configuration entry of a topic: what a promise rests on, or a preference.
 *
 * - `exact`: another value breaks the promise; we refuse to start.
 * - `at-least`: a lower value breaks it; a higher one is the operator's choice.
 * - without a promise: set at creation if the cluster takes it, the operator's business from then on.
 */
export interface TopicConfig {
  readonly name: string;
  readonly value: string;
  readonly rule: 'exact' | 'at-least';
  /** The promise that rests on it (docs/promises.md); a preference if absent. */
  readonly promise?: Promised;
}

export type Promised = 'P1' | 'P2' | 'P5';

/** What a topic must look like. */
export interface TopicSpec {
  readonly topic: string;
  /** Whether its partition n tells of the same users as partition n of its siblings: they need the same count. */
  readonly family: 'users' | 'alone';
  readonly partitions: number;
  readonly replication: number;
  readonly config: readonly TopicConfig[];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A century: longer than any topic, and still a number that can be calculated with. */
const FOR_EVER_MS = 36_500 * DAY_MS;
const MIB = 1024 ** 2;

/**
 * The largest record batch that the topics take. Writers keep their batches at about 700 KB per partition, so that what is added around the
 * records never matters.
 */
export const MAX_MESSAGE_BYTES = MIB;

/** What the topics depend on of a source's settings; those of `#config` fit. */
export interface TopicSource {
  readonly id: string;
  readonly afterDeletion: AfterDeletion;
}

/** The topics of one source: events, deletions, outcomes, replays. */
export function topicSpecs(options: TopicOptions, { id, afterDeletion }: TopicSource): TopicSpec[] {
  const { events, deletions, outcomes, replays } = topicsOf(options.prefix, id);
  const { eventsRetentionMs } = options;
  const outcomesKeptMs = outcomesRetentionMs(options);
  const users = { family: 'users', partitions: options.partitions, replication: options.replication } as const;
  return [
    {
      ...users,
      topic: events,
      config: [
        exact('P1', 'cleanup.policy', 'delete'),
        // Exact, also upwards: events that outlive the notices of their deletions could be sent again (P5).
        exact('P5', 'retention.ms', eventsRetentionMs),
        ...commonConfig(options.replication),
        ...segments(eventsRetentionMs, 256 * MIB),
      ],
    },
    {
      ...users,
      topic: deletions,
      config: [
        // A suppressed user stays suppressed: the notices are then kept for ever.
        ...(afterDeletion === 'suppress'
          ? [exact('P5', 'cleanup.policy', 'compact')]
          : [
              exact('P5', 'cleanup.policy', 'compact,delete'),
              atLeast('P5', 'retention.ms', deletionsRetentionMs(options, afterDeletion)),
            ]),
        // Two ingests may write the notices of two deletions in swapped order, and compaction would keep the earlier deletion's alone. The owner
        // writes the later one again; until it does, however long it is away, both must be there to be read (P5).
        atLeast('P5', 'min.compaction.lag.ms', eventsRetentionMs + DAY_MS),
        ...commonConfig(options.replication),
        ...segments(eventsRetentionMs, 64 * MIB),
      ],
    },
    {
      ...users,
      topic: outcomes,
      config: [
        exact('P2', 'cleanup.policy', 'compact,delete'),
        atLeast('P2', 'retention.ms', outcomesKeptMs),
        ...commonConfig(options.replication),
        ...segments(outcomesKeptMs, 128 * MIB),
      ],
    },
    {
      topic: replays,
      family: 'alone',
      partitions: 1,
      replication: options.replication,
      // What an operator has accepted of a log stands here, for good.
      config: [exact('P1', 'cleanup.policy', 'compact'), ...commonConfig(options.replication), ...segments(7 * DAY_MS, 16 * MIB)],
    },
  ];
}

/**
 * How long a deletion's notice is kept: longer than any event or dedup key that is older than it (P5).
 *
 * An event lives up to one segment (12 h at most) and one sweep of the cleaner longer than its retention; the day is for them.
 */
export function deletionsRetentionMs(
  { eventsRetentionMs, dedupWindowMs }: Pick<TopicOptions, 'eventsRetentionMs' | 'dedupWindowMs'>,
  afterDeletion: AfterDeletion = 'accept',
): number {
  return afterDeletion === 'suppress' ? FOR_EVER_MS : Math.max(eventsRetentionMs, dedupWindowMs) + DAY_MS;
}

/**
 * How long an outcome is kept: for as long as repeats are known by it, and never for less than the event that it is about. A group that is moved back, or whose
 * offsets are gone, would send again what has no outcome any more (P2). The day as for deletions.
 */
export function outcomesRetentionMs({
  eventsRetentionMs,
  dedupWindowMs,
}: Pick<TopicOptions, 'eventsRetentionMs' | 'dedupWindowMs'>): number {
  return Math.max(eventsRetentionMs + DAY_MS, dedupWindowMs);
}

function commonConfig(replication: number): TopicConfig[] {
  return [
    // The broker's clock at the append, for two reasons. Retention goes by timestamps: a producer whose clock is days behind would have its
    // records deleted at once, one that is ahead would keep them for ever. And Kafka 4 refuses a timestamp more than an hour ahead.
    exact('P1', 'message.timestamp.type', 'LogAppendTime'),
    atLeast('P1', 'max.message.bytes', MAX_MESSAGE_BYTES),
    // P1: acknowledged means on two brokers, and a broker that lags behind never becomes the truth.
    atLeast('P1', 'min.insync.replicas', replication >= 3 ? 2 : 1),
    exact('P1', 'unclean.leader.election.enable', 'false'),
  ];
}

/** Neither retention nor compaction touches the active segment, so that it must be closed well within the time that they are to keep. */
function segments(keepMs: number, maxBytes: number): TopicConfig[] {
  const segmentMs = Math.min(12 * HOUR_MS, Math.max(10 * MINUTE_MS, Math.floor(keepMs / 10)));
  return [
    { name: 'segment.ms', value: String(segmentMs), rule: 'exact' },
    { name: 'segment.bytes', value: String(maxBytes), rule: 'exact' },
  ];
}

function exact(promise: Promised, name: string, value: string | number): TopicConfig {
  return { name, value: String(value), rule: 'exact', promise };
}

function atLeast(promise: Promised, name: string, value: number): TopicConfig {
  return { name, value: String(value), rule: 'at-least', promise };
}
