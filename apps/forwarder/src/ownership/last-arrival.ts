import type { Witness } from '#delivery';
import { witnessOf, type RawRecord } from '#event-log';

/** After so long without a word from a log another one may stand in its place: to delete a topic, make it anew and fill it takes some seconds at the least. */
const SILENCE_MS = 10_000;

/** What of a partition has arrived last, as far as its log can be known by it. Times are monotonic milliseconds. */
export class LastArrival {
  private record: Witness | undefined;
  private leaderEpoch: number | undefined;
  private isInterrupted = false;

  /** @param heardAt when its log was last seen to be what it was */
  constructor(private heardAt: number) {}

  get last(): Witness | undefined {
    return this.record;
  }

  /** Whether the records may be of another log than what has arrived: appended under another leader, or read after something had come in between. */
  doubts(records: readonly RawRecord[], now: number): boolean {
    if (this.isInterrupted || now - this.heardAt > SILENCE_MS) return true;
    const epoch = this.leaderEpoch ?? records[0]?.leaderEpoch;
    return records.some(({ leaderEpoch }) => leaderEpoch !== epoch);
  }

  /** It could not be read for a moment, or somebody else may have been at it: what comes next is doubted. */
  interrupted(): void {
    this.isInterrupted = true;
  }

  /** Its log is the one that it was. */
  confirmed(now: number): void {
    this.isInterrupted = false;
    this.heardAt = now;
  }

  note(records: readonly RawRecord[], now: number): void {
    this.confirmed(now);
    const last = records.at(-1);
    if (last === undefined) return;
    this.record = witnessOf(last);
    this.leaderEpoch = last.leaderEpoch;
  }
}
