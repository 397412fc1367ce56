import type { DriverLimits } from '../index.ts';
import { Random } from './random.ts';

/** What a simulated run is made of; everything else follows from the seed. Probabilities are in [0, 1]. */
export interface WorldOptions {
  readonly seed: number;
  readonly records: number;
  readonly partitions: number;
  /** Users of each partition. */
  readonly subjects: number;
  /** Share of the records that are of one and the same user. */
  readonly hotUser: number;
  readonly deletions: number;
  /** How soon ingest writes a deletion's notice. */
  readonly announcing: number;
  readonly repeats: number;
  /** Share of the records that are identifies which set parameters on their person. */
  readonly identifies: number;
  /** Per step: that an operator asks for a replay, or an owner hands a record of one over. */
  readonly replays: number;
  /** Share of the offsets of the events topic that hold no record for a consumer: the ends of other people's transactions. */
  readonly gaps: number;
  /** Per fetch: that an answer comes which was asked for before a rejoin. */
  readonly lateAnswers: number;
  /** `afterDeletion: suppress`. */
  readonly suppression: boolean;
  /** Pace of those calls, for the whole account; undefined: none. */
  readonly personRate: { readonly count: number; readonly perMs: number } | undefined;
  readonly maxConcurrency: number;
  readonly bounds: Pick<DriverLimits, 'maxHeldBytes' | 'maxLead' | 'maxUnwrittenOutcomes'>;
  /** Per step: that something happens to the group; then which of these. */
  readonly troubles: number;
  readonly crashes: number;
  readonly freezes: number;
  readonly handovers: number;
  /** Kafka hears nothing more of a member, which goes on. */
  readonly cutOffs: number;
  /** A member's join is overtaken by another. */
  readonly overtakings: number;
  /** Per handover: that an operator moves the group back. */
  readonly moves: number;
  /** Per call. */
  readonly failures: number;
  readonly hangs: number;
  /** Outages, throttling, configuration faults and refusals of everything take turns with fair weather. */
  readonly stormy: boolean;
  /** Every event is refused, as under a wrong mapping. */
  readonly onlyRefused: boolean;
  /** That Kafka, at a change of weather, stops taking outcomes, serving deletions or answering heartbeats. */
  readonly stalls: number;
}

/** The run that `seed` stands for; fewer `records` make a smaller run of the same kind. */
export function optionsOf(seed: number, records?: number): WorldOptions {
  const random = new Random(seed ^ 0x5eed);
  const troubled = random.chance(0.6);
  const onlyRefused = random.chance(0.03);
  // Of its own, so that what came later leaves the former kinds of runs as they are.
  const later = new Random(seed ^ 0x1de4);
  return {
    seed,
    records: records ?? (onlyRefused ? 150 : 8 + random.below(45)),
    partitions: random.chance(0.4) ? 2 : 1,
    subjects: onlyRefused ? 40 : 1 + random.below(5),
    hotUser: random.pick([0, 0, 0.7]),
    deletions: onlyRefused ? 0 : random.pick([0, 0.05, 0.2]),
    announcing: random.pick([0.1, 0.5, 1]),
    repeats: random.pick([0, 0.2, 0.5]),
    identifies: later.pick([0, 0.2, 0.6]),
    personRate: later.pick([undefined, { count: 20, perMs: 10_000 }]),
    replays: onlyRefused ? 0 : later.pick([0, 0, 0.1]),
    suppression: later.chance(0.15),
    gaps: later.pick([0, 0, 0.1]),
    lateAnswers: later.pick([0, 0, 0.05]),
    maxConcurrency: 1 + random.below(7),
    bounds: {
      maxHeldBytes: random.pick([1_200, 4_000, 20_000]),
      maxLead: random.pick([8, 64]),
      maxUnwrittenOutcomes: random.pick([6, 50]),
    },
    troubles: troubled ? 0.03 : 0,
    crashes: random.pick([0, 0.5]),
    freezes: random.pick([0, 0, 0.4]),
    handovers: random.pick([0, 0.5]),
    cutOffs: later.pick([0, 0, 0.4]),
    overtakings: later.pick([0, 0, 0.4]),
    moves: random.pick([0, 0.3]),
    failures: random.pick([0, 0.1, 0.4]),
    hangs: random.pick([0, 0, 0.1]),
    stormy: random.chance(0.4),
    onlyRefused,
    stalls: random.pick([0, 0.3]),
  };
}
