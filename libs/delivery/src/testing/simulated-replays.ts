import type { Offset } from '#segment';
import { replayFate, type LogRecord, type Outcome, type PartitionDriver, type ReplayTag } from '../index.ts';
import type { Random } from './random.ts';
import { hashSubject } from './simulated-event.ts';

/** A replay of one record; a run of many is many of these. */
export interface SimulatedReplay {
  readonly run: string;
  readonly offset: Offset;
  readonly redeliver: boolean;
  isDone: boolean;
}

/** What a replay goes by: a partition of the source's topics. */
export interface ReplayedTopics {
  readonly partition: number;
  readonly committed: Offset;
  readonly events: readonly (LogRecord | undefined)[];
  readonly outcomes: readonly Outcome[];
}

/** Records of one replay that its owner hands over at once, at most. */
export const REPLAYS_IN_HAND = 2;

/** What operators have asked to be replayed of one partition. It stands in a topic: whoever owns the partition goes on with it. */
export class SimulatedReplays {
  readonly all: SimulatedReplay[] = [];

  constructor(private readonly topics: ReplayedTopics) {}

  get areDone(): boolean {
    return this.all.every(({ isDone }) => isDone);
  }

  /** An operator asks for one more, of what the group is done with. */
  askFor(random: Random): void {
    const { committed, partition } = this.topics;
    if (committed === 0) return;
    const offset = random.below(committed) as Offset;
    this.all.push({ run: `r${partition}.${this.all.length}`, offset, redeliver: random.chance(0.5), isDone: false });
  }

  /** Those that the owner of the partition has not in hand, and may hand over: below its frontier, or the record would be in there twice. */
  next(driver: PartitionDriver, inHand: ReadonlySet<string>): SimulatedReplay | undefined {
    const { committable } = driver.state.frontier;
    return this.all.find(({ isDone, run, offset }) => !isDone && !inHand.has(run) && offset < committable);
  }

  /** What the driver is told of it; undefined if there is nothing to do, as the edge finds out from the outcomes topic. */
  tagOf({ run, offset, redeliver }: SimulatedReplay): ReplayTag | undefined {
    const record = this.topics.events[offset];
    const outcome = this.lastOutcomeOf(offset);
    if (record === undefined || outcome?.run === run) return undefined;
    const known = outcome && { name: outcome.outcome, at: outcome.at, ofThisRun: false };
    const candidate = { subject: hashSubject(record.subject), type: record.type, event: undefined, outcome: known };
    if (replayFate({ filter: {}, redeliver }, candidate) !== 'replayed') return undefined;
    return { run, redeliver, wasDelivered: outcome?.outcome === 'delivered' };
  }

  lastOutcomeOf(offset: Offset): Outcome | undefined {
    return this.topics.outcomes.findLast(({ position }) => position.offset === offset);
  }
}
