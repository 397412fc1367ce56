import { nextOffset, type HashedSubject } from '#segment';
import type { DeletionBarrier } from '../deletion/deletion-barrier.ts';
import type { Repeats } from '../dispatch/repeats.ts';
import type { InDoubt } from '../driver/in-doubt.ts';
import type { Invariant } from '../driver/invariants.ts';
import type { Outbox } from '../driver/outbox.ts';
import type { HeldRecord } from '../lanes/held-record.ts';
import type { Appended } from '../logged.ts';
import type { Now } from '../now.ts';
import type { ReplayEnds } from '../replay/replay-ends.ts';
import type { PartitionState } from '../state/partition-state.ts';
import { buildOutcome, type OutcomeFacts } from './build-outcome.ts';
import type { Outcome, OutcomeName } from './outcome.ts';

export interface ConclusionsOptions {
  readonly partition: number;
  readonly generation: number;
  readonly mappingVersion: string;
  readonly state: PartitionState;
  readonly barrier: DeletionBarrier;
  readonly repeats: Repeats;
  readonly replays: ReplayEnds;
  readonly inDoubt: InDoubt;
  readonly outbox: Outbox;
}

/** The outcomes of a partition, from their decision to their acknowledgement (P2). */
export class Conclusions {
  constructor(private readonly options: ConclusionsOptions) {}

  /**
   * Decides an outcome. Nothing relies on it before Kafka has acknowledged it; only repeats are known at once.
   *
   * @returns false if it would be a wrong one: it is not said, and the record has not ended.
   */
  conclude(held: HeldRecord, subject: HashedSubject, name: OutcomeName, now: Now, facts: OutcomeFacts): boolean {
    const { partition, generation, mappingVersion, state, repeats, replays, inDoubt, outbox, barrier } = this.options;
    const { record, attempts } = held;
    const broken = brokenBy(held, subject, name, facts, barrier);
    if (broken !== undefined) {
      outbox.put({ kind: 'invariant-broken', partition, offset: record.offset, invariant: broken });
      // It has its outcome; a second one could replace it by a lesser.
      if (broken === 'ended-twice') return true;
      // What Extole has taken would be sent again if that were not said: only its later repeats are not known.
      if (broken !== 'delivered-without-key') return false;
    }
    held.hasEnded = true;
    if (replays.endsUnsaid(held, name)) return true;
    const context = { partition, log: state.breaks.log, mappingVersion, attempts, run: held.replay?.run };
    const outcome = buildOutcome(context, record, subject, name, now, facts);
    if (name === 'delivered' && record.type !== 'delete') repeats.delivered(outcome);
    inDoubt.outcomeDecided(attempts);
    outbox.put({ kind: 'write-outcome', generation, outcome });
    return true;
  }

  /** An outcome is in Kafka: now it may be relied on, and only now. */
  written(outcome: Outcome, at: Appended): void {
    const { state, repeats, replays, inDoubt } = this.options;
    inDoubt.outcomeWritten(outcome.attempts);
    state.applyOutcome(outcome, at.appendedAt);
    repeats.written(outcome);
    // Only without a gap: what lies in between is a former owner's late fact, and a checkpoint must not claim to know it.
    if (at.offset === state.outcomesNext) state.outcomesNext = nextOffset(at.offset);
    replays.written(outcome);
  }
}

/** What is wrong with an outcome; undefined if nothing is. */
function brokenBy(
  { record, attempts, hasEnded }: HeldRecord,
  subject: HashedSubject,
  name: OutcomeName,
  { messageKey }: OutcomeFacts,
  barrier: DeletionBarrier,
): Invariant | undefined {
  if (hasEnded) return 'ended-twice';
  if (name === 'erased' && !barrier.covers(subject, record.offset)) return 'erased-without-deletion';
  if (name !== 'delivered') return record.type === 'delete' ? 'deletion-given-up' : undefined;
  if (attempts === 0) return 'delivered-without-call';
  return messageKey === undefined && record.type !== 'delete' ? 'delivered-without-key' : undefined;
}
