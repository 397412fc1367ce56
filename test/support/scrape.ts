import type { AppProcess } from './app-process.ts';

/** One sample of a page in the Prometheus text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Scrape {
  /** Names by which the page declares metrics, whether or not there are samples of them yet. */
  readonly declared: readonly string[];
  readonly samples: readonly Sample[];
  /** The sum over all samples with these labels; 0 if there are none. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number;
}

/** What an app's `/metrics` says now. */
export async function scrape(app: AppProcess): Promise<Scrape> {
  const { text } = await app.ask('/metrics');
  const lines = text.split('\n');
  const samples = lines.flatMap(sampleOf);
  return {
    declared: lines.flatMap((line) => /^# TYPE (\S+) /.exec(line)?.[1] ?? []),
    samples,
    sum: (name, labels = {}) =>
      samples
        .filter(
          (sample) => sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
        )
        .reduce((sum, { value }) => sum + value, 0),
  };
}

function sampleOf(line: string): Sample[] {
  const match = /^([a-z_][a-z0-9_]*)(?:\{(.*)\})? (\S+)$/i.exec(line);
  if (match?.[1] === undefined) return [];
  const labels = [...(match[2] ?? '').matchAll(/([a-z_]+)="([^"]*)"/gi)].map(
    ([, label = '', value = '']) => [label, value] as const,
  );
  return [{ name: match[1], labels: Object.fromEntries(labels), value: Number(match[3]) }];
}
