import type { Offset } from '#segment';
import type { Millis } from './now.ts';

/** Where and when a record was appended. */
export interface Appended {
  /** In its partition; undefined where nobody follows it. */
  readonly offset?: Offset | undefined;
  /** On the brokers' clock: the time that retention goes by, and the one that all owners of a partition share. */
  readonly appendedAt: Millis;
}

/** A fact as it stands in its topic. */
export interface Logged<Fact> extends Appended {
  readonly fact: Fact;
}
