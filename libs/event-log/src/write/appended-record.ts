import type { Millis } from '#delivery';
import type { Position } from '#segment';

/** What Kafka acknowledged: where the record stands, and since when. */
export interface AppendedRecord extends Position {
  /** On the brokers' clock: the topics stamp at the append (topic-specs.ts). */
  readonly appendedAt: Millis;
}
