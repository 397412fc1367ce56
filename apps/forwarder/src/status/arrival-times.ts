import type { Offset } from '#segment';

/** One record in so many is remembered: the age of the oldest is exact to that. */
const SPACING = 500;
/** A partition's intake is paused long before (P9); thinned out above it. */
const MAX_SAMPLES = 4_096;

interface Sample {
  readonly offset: number;
  /** Wall milliseconds: when Kafka appended the record. */
  readonly at: number;
}

/**
 * When the records of a partition that are not finished yet were appended: a sample of those that have arrived, because to remember
 * every one would cost more than the figure is worth.
 */
export class ArrivalTimes {
  private samples: Sample[] = [];

  /** Takes in records that have arrived, ascending. What has arrived before changes nothing (a rejoin brings it again). */
  note(records: readonly { readonly offset: string; readonly timestamp: string }[]): void {
    for (let i = 0; i < records.length; i += SPACING) {
      const record = records[i];
      if (record === undefined) return;
      const offset = Number(record.offset);
      const at = Number(record.timestamp);
      if (offset > (this.samples.at(-1)?.offset ?? -1) && Number.isFinite(at)) this.samples.push({ offset, at });
    }
    if (this.samples.length > MAX_SAMPLES) this.samples = this.samples.filter((_, index) => index % 2 === 0);
  }

  /** When the record at `frontier`, or one shortly before it, was appended (wall milliseconds); undefined if none has arrived. */
  appendedAt(frontier: Offset): number | undefined {
    let later = this.samples.findIndex(({ offset }) => offset > frontier);
    if (later < 0) later = this.samples.length;
    // Nothing asks for what lies before the frontier again.
    if (later > 1) this.samples.splice(0, later - 1);
    return this.samples[0]?.at;
  }
}
