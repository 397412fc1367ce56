import type { SourceHistory, SourceOverview } from '../api/index.ts';

/** 15 minutes, one sample a second. */
const SAMPLES = 900;

const COLUMNS = ['eventsInPerSecond', 'deliveredPerSecond', 'lag', 'inFlight', 'oldestUndeliveredMs', 'errorRate'] as const;

/** The last samples of a source, for charts that are filled when a page is opened. */
export class HistoryRing {
  private readonly at = new Float64Array(SAMPLES);
  private readonly columns = new Map(COLUMNS.map((name) => [name, new Float64Array(SAMPLES).fill(NaN)]));
  private taken = 0;

  /** @param at epoch seconds */
  add(at: number, overview: SourceOverview): void {
    const slot = this.taken % SAMPLES;
    this.at[slot] = at;
    for (const [name, values] of this.columns) values[slot] = overview[name] ?? NaN;
    this.taken++;
  }

  columnsOf(source: string): SourceHistory {
    const column = (name: (typeof COLUMNS)[number]): (number | null)[] =>
      this.inOrder(this.columns.get(name) ?? new Float64Array(SAMPLES)).map((value) => (Number.isNaN(value) ? null : value));
    return {
      source,
      at: this.inOrder(this.at),
      eventsInPerSecond: column('eventsInPerSecond'),
      deliveredPerSecond: column('deliveredPerSecond'),
      lag: column('lag'),
      inFlight: column('inFlight'),
      oldestUndeliveredMs: column('oldestUndeliveredMs'),
      errorRate: column('errorRate'),
    };
  }

  private inOrder(values: Float64Array): number[] {
    if (this.taken <= SAMPLES) return [...values.subarray(0, this.taken)];
    const first = this.taken % SAMPLES;
    return [...values.subarray(first), ...values.subarray(0, first)];
  }
}
