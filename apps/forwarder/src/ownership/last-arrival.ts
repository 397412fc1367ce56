import type { Witness } from '#delivery';
import { witnessOf, type RawRecord } from '#event-log';

/** What of a partition has arrived last, as far as its log can be known by it. */
export class LastArrival {
  private record: Witness | undefined;
  private leaderEpoch: number | undefined;

  get last(): Witness | undefined {
    return this.record;
  }

  /** Whether the records may be of another log than what has arrived: appended under another leader. */
  doubts(records: readonly RawRecord[]): boolean {
    const epoch = this.leaderEpoch ?? records[0]?.leaderEpoch;
    return records.some(({ leaderEpoch }) => leaderEpoch !== epoch);
  }

  note(records: readonly RawRecord[]): void {
    const last = records.at(-1);
    if (last === undefined) return;
    this.record = witnessOf(last);
    this.leaderEpoch = last.leaderEpoch;
  }
}
