import type { History, Overview, SourceHistory, SourceOverview } from '../src/api/index.ts';

/** How far back charts reach. */
export const WINDOW_SECONDS = 15 * 60;

/** What a chart can show, by name. */
export type Metric = Exclude<keyof SourceHistory, 'source' | 'at'>;

export type HistoryBySource = ReadonlyMap<string, SourceHistory>;

export function bySource(history: History): HistoryBySource {
  return new Map(history.sources.map((one) => [one.source, one]));
}

/** The history with what an overview says at its end, and without what has left the window. Nothing is added twice. */
export function withOverview(history: HistoryBySource, overview: Overview): HistoryBySource {
  const at = Date.parse(overview.at) / 1_000;
  const next = new Map(history);
  for (const source of overview.sources) next.set(source.source, appended(next.get(source.source), source, at));
  return next;
}

function appended(columns: SourceHistory | undefined, source: SourceOverview, at: number): SourceHistory {
  const before = columns ?? emptyHistory(source.source);
  const last = before.at.at(-1) ?? -Infinity;
  // Samples are whole seconds apart: one of the same second is the same sample.
  if (at - last < 0.5) return before;
  const firstKept = before.at.findIndex((time) => time > at - WINDOW_SECONDS);
  const from = firstKept === -1 ? before.at.length : firstKept;
  const column = (metric: Metric): (number | null)[] => [...before[metric].slice(from), source[metric]];
  return {
    source: source.source,
    at: [...before.at.slice(from), at],
    eventsInPerSecond: column('eventsInPerSecond'),
    deliveredPerSecond: column('deliveredPerSecond'),
    lag: column('lag'),
    inFlight: column('inFlight'),
    oldestUndeliveredMs: column('oldestUndeliveredMs'),
    errorRate: column('errorRate'),
  };
}

function emptyHistory(source: string): SourceHistory {
  return {
    source,
    at: [],
    eventsInPerSecond: [],
    deliveredPerSecond: [],
    lag: [],
    inFlight: [],
    oldestUndeliveredMs: [],
    errorRate: [],
  };
}

/** The largest known value; null if none is known. */
export function highest(column: readonly (number | null)[]): number | null {
  let max: number | null = null;
  for (const value of column) if (value !== null && (max === null || value > max)) max = value;
  return max;
}
