import type { HashedSubject, SubjectKey } from '#segment';
import type { AccountGate } from '../account/account-gate.ts';
import type { AfterDeletion } from '../deletion/deletion-barrier.ts';
import type { Evaluate } from '../dispatch/evaluation.ts';
import type { Millis } from '../now.ts';
import type { PartitionState } from '../state/partition-state.ts';

export interface DriverLimits {
  /** Bytes of records held before the partition is paused (P9). */
  readonly maxHeldBytes: number;
  /**
   * How far to read ahead while there is plenty to do anyway: with `lanes` users ready, no more than `bytes` are held. With fewer ready, as when one
   * user has most of the backlog, reading goes on up to `maxHeldBytes`, so that the others' events are found. Without it, always up to there.
   */
  readonly readAhead?: { readonly bytes: number; readonly lanes: number };
  /** Finished offsets ahead of the frontier before the partition is paused (P9): one bit each. */
  readonly maxLead: number;
  /** Outcomes decided and not yet acknowledged by Kafka before no more are decided (P9). */
  readonly maxUnwrittenOutcomes: number;
  /** `MAX_ATTEMPT_AGE`: healthy time that an event may go on failing before it is dead-lettered. */
  readonly maxAttemptAgeMs: Millis;
  /** `DELETION_LAG_BOUND`: how old the proof that all deletions are known may be (P5). */
  readonly deletionLagBoundMs: Millis;
}

export interface DriverOptions {
  readonly partition: number;
  /** Counts this process's ownerships: tells this one's calls and writes from those of a former one. */
  readonly generation: number;
  /** Restored from the topics up to their ends after the assignment. */
  readonly state: PartitionState;
  readonly evaluate: Evaluate;
  readonly hashSubject: (subject: SubjectKey) => HashedSubject;
  readonly mappingVersion: string;
  /** Default `accept`. */
  readonly afterDeletion?: AfterDeletion;
  readonly limits: DriverLimits;
  /** Uniform in [0, 1), for the jitter of retries. */
  readonly random: () => number;
  /** Admission of event calls; shared by the account's partitions in this process. */
  readonly events: AccountGate;
  /** Admission of the calls that set parameters on persons: a pace and faults of their own as well. */
  readonly persons: AccountGate;
}
