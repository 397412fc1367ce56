import type { Metrics } from '#observability';
import type { LiveService } from './live/live.service.ts';

/** What of the live view is measured. */
interface MeasuredOverview {
  readonly overview: {
    readonly sources: LiveService['overview']['sources'];
    readonly index: Pick<LiveService['overview']['index'], 'behind'>;
  };
}

/** What only the console sees: the sources as a whole, whoever delivers them. */
export function measureConsole(metrics: Metrics, live: MeasuredOverview): void {
  const gauge = (
    name: string,
    help: string,
    value: (source: LiveService['overview']['sources'][number]) => number | null,
  ): void => {
    metrics.gauge({
      name,
      help,
      labelNames: ['source'],
      collect: (target) => {
        for (const source of live.overview.sources) target.set({ source: source.source }, value(source) ?? NaN);
      },
    });
  };
  gauge('bridge_source_lag_records', 'Records of the source without an outcome', ({ lag }) => lag);
  gauge('bridge_source_oldest_undelivered_seconds', 'Age of the oldest record of the source that is not finished', (source) =>
    source.oldestUndeliveredMs === null ? null : source.oldestUndeliveredMs / 1_000,
  );
  gauge('bridge_source_open_deletions', 'Deletions that Extole has not taken yet', ({ openDeletions }) => openDeletions);
  gauge('bridge_source_dead_letters', 'Records whose last outcome is a dead letter', ({ deadLetters }) => deadLetters);
  metrics.gauge({
    name: 'bridge_console_index_behind_records',
    help: 'Records of outcomes and deletions that the index has yet to read',
    collect: (target) => target.set(live.overview.index.behind),
  });
}
