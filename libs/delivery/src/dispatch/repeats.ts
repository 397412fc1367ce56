import type { Hash, HashedSubject, Offset } from '#segment';
import type { CallEvaluation } from './evaluation.ts';
import type { Outcome } from '../endings/outcome.ts';
import type { PartitionState } from '../state/partition-state.ts';

/**
 * Which events repeat one that Extole has taken.
 *
 * A key is known from the moment of the 2xx, in memory, so that the user's next event meets it; it enters the state only with its
 * acknowledged outcome, so that nothing is called a repeat of what a crash would send again (P4).
 */
export class Repeats {
  private readonly unwrittenKeys = new Map<Hash, Offset>();
  private readonly unwrittenIdentifies = new Map<HashedSubject, Offset>();

  constructor(private readonly state: PartitionState) {}

  /** Extole has taken the event. */
  delivered(outcome: Outcome): void {
    const { offset } = outcome.position;
    if (outcome.messageKey !== undefined) this.unwrittenKeys.set(outcome.messageKey, offset);
    if (outcome.dedupKey !== undefined) this.unwrittenKeys.set(outcome.dedupKey, offset);
    if (outcome.type === 'identify') this.unwrittenIdentifies.set(outcome.subject, offset);
  }

  /** The outcome is in Kafka, and with it in the state. */
  written(outcome: Outcome): void {
    const { offset } = outcome.position;
    this.forget(outcome.messageKey, offset);
    this.forget(outcome.dedupKey, offset);
    if (this.unwrittenIdentifies.get(outcome.subject) === offset) this.unwrittenIdentifies.delete(outcome.subject);
  }

  /**
   * The offset of the delivered event that this one repeats (its own, if it was delivered itself), or undefined.
   *
   * A partner key counts only within the user's present life: a person who was deleted and comes back registers anew (docs/adr/0003).
   * A message id counts for good: its repeat is the same message, however late.
   */
  originalOf(evaluation: CallEvaluation, latestDeletion: number): Offset | undefined {
    const sameMessage = this.deliveredWith(evaluation.messageKey);
    if (sameMessage !== undefined || evaluation.dedupKey === undefined) return sameMessage;
    const sameKey = this.deliveredWith(evaluation.dedupKey);
    return sameKey !== undefined && sameKey > latestDeletion ? sameKey : undefined;
  }

  /** Whether a newer profile of the subject than that of `offset` was delivered. */
  isStaleIdentify(subject: HashedSubject, offset: Offset): boolean {
    return Math.max(this.unwrittenIdentifies.get(subject) ?? -1, this.state.latestIdentify(subject) ?? -1) > offset;
  }

  /** Unless a later event has delivered the same key meanwhile. */
  private forget(key: Hash | undefined, offset: Offset): void {
    if (key !== undefined && this.unwrittenKeys.get(key) === offset) this.unwrittenKeys.delete(key);
  }

  private deliveredWith(key: Hash): Offset | undefined {
    return this.unwrittenKeys.get(key) ?? this.state.deliveredWith(key);
  }
}
