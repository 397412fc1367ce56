import type { Offset } from '#segment';
import type { ReplayResult } from '../decision.ts';
import type { Outbox } from '../driver/outbox.ts';
import type { Outcome, OutcomeName } from '../endings/outcome.ts';
import type { HeldRecord } from '../lanes/held-record.ts';

/** Hands replayed records back: each ends by one `replay-ended` decision. */
export class ReplayEnds {
  constructor(
    private readonly partition: number,
    private readonly outbox: Outbox,
  ) {}

  /** There is nothing to send and nothing to say: it was delivered, or is a deletion, which is never given up in the live log. */
  skipped({ record, replay }: HeldRecord): void {
    if (replay !== undefined) this.ended(record.offset, replay.run, 'skipped');
  }

  /** An outcome is in Kafka; if a replay has brought it about, that is done with the record. */
  written({ run, position, outcome }: Outcome): void {
    if (run !== undefined) this.ended(position.offset, run, outcome);
  }

  /**
   * Ends a record that was delivered and now has a lesser end without an outcome: its record must go on saying `delivered`. Compaction
   * keeps one outcome per position, and the keys are rebuilt from it.
   *
   * @returns whether it is such a one; anything else ends by its outcome.
   */
  endsUnsaid({ record, replay }: HeldRecord, name: OutcomeName): boolean {
    if (replay?.wasDelivered !== true || name === 'delivered') return false;
    this.ended(record.offset, replay.run, name);
    return true;
  }

  private ended(offset: Offset, run: string, result: ReplayResult): void {
    this.outbox.put({ kind: 'replay-ended', partition: this.partition, offset, run, result });
  }
}
