import type { JSX } from 'preact';
import type { SourceHistory, SourceOverview } from '../../../src/api/index.ts';
import { Chart } from '../../ui/chart.tsx';
import type { Series } from '../../ui/chart-options.ts';
import { DAY, formatCount, formatDuration, formatRate, formatShare, HOUR, MINUTE, SECOND } from '../../ui/format.ts';
import { highest, WINDOW_SECONDS, type Metric } from '../../history-columns.ts';

export interface SourceChartsProps {
  readonly source: SourceOverview;
  readonly history: SourceHistory | undefined;
}

interface Drawn {
  readonly title: string;
  readonly lines: readonly { readonly metric: Metric; readonly name: string; readonly colour: string }[];
  readonly format: (value: number | null) => string;
  readonly floor: number;
  readonly steps?: readonly number[];
}

/** So that a scale of ages says 10 min and not 16 min 40 s. */
const AGE_STEPS = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 20, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 4, 8, 12].map((hours) => hours * HOUR),
  ...[1, 2, 5, 10, 20, 50].map((days) => days * DAY),
];

const CHARTS: readonly Drawn[] = [
  {
    title: 'Throughput',
    lines: [
      { metric: 'eventsInPerSecond', name: 'in', colour: 'series-in' },
      { metric: 'deliveredPerSecond', name: 'delivered', colour: 'series-out' },
    ],
    format: formatRate,
    floor: 10,
  },
  { title: 'Lag', lines: [{ metric: 'lag', name: 'lag', colour: 'series-in' }], format: formatCount, floor: 10 },
  { title: 'In flight', lines: [{ metric: 'inFlight', name: 'in flight', colour: 'series-in' }], format: formatCount, floor: 10 },
  {
    title: 'Oldest undelivered event',
    lines: [{ metric: 'oldestUndeliveredMs', name: 'age', colour: 'series-in' }],
    format: formatDuration,
    floor: 1_000,
    steps: AGE_STEPS,
  },
  {
    title: 'Error rate',
    lines: [{ metric: 'errorRate', name: 'errors', colour: 'series-bad' }],
    format: formatShare,
    floor: 0.05,
  },
];

/** The last 15 minutes of a source. */
export function SourceCharts({ source, history }: SourceChartsProps): JSX.Element {
  const at = history?.at ?? [];
  return (
    <section class="charts" aria-label={`The last 15 minutes of ${source.source}`}>
      {CHARTS.map(({ title, lines, ...scale }) => {
        const series: Series[] = lines.map(({ metric, name, colour }) => ({ name, colour, values: history?.[metric] ?? [] }));
        return (
          <Chart
            key={title}
            title={title}
            at={at}
            seconds={WINDOW_SECONDS}
            series={series}
            {...scale}

            summary={summaryOf(series, scale.format)}
          />
        );
      })}
    </section>
  );
}

/** What the drawing shows, in words. It stays as it is while nobody reads it: it is no live region. */
function summaryOf(series: readonly Series[], format: Drawn['format']): string {
  const parts = series.map(({ name, values }) => {
    const now = format(values.at(-1) ?? null);
    return `${name}: now ${now}, at most ${format(highest(values))} in the last 15 minutes`;
  });
  return `. ${parts.join('; ')}.`;
}
