import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export type { Counter, Gauge, Histogram } from 'prom-client';

export interface MetricOptions<L extends string> {
  /** `bridge_…`, snake_case, with its unit as suffix: see {@link Metrics}. */
  readonly name: string;
  readonly help: string;
  /** Labels of few values. Never one per user or message. */
  readonly labelNames?: readonly L[];
}

export interface GaugeOptions<L extends string> extends MetricOptions<L> {
  /** Called at each scrape, for values that are read rather than kept up to date. */
  readonly collect?: (gauge: Gauge<L>) => void | Promise<void>;
}

export interface HistogramOptions<L extends string> extends MetricOptions<L> {
  /** Upper bounds in the metric's unit; default {@link LATENCY_BUCKETS}. */
  readonly buckets?: readonly number[];
}

/** Seconds: from a local call to a slow answer of a remote API. */
export const LATENCY_BUCKETS: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** A metric as its reader needs to know it: the lines of docs/metrics.md. */
export interface MetricDescription {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labelNames: readonly string[];
}

/** A metric whose name or labels break the conventions: a bug, found when the app starts. */
export class MetricNameError extends Error {
  override readonly name = 'MetricNameError';
  readonly code = 'metric_name_invalid';
}

/**
 * The metrics of one app, in a registry of its own, with those of the process (CPU, memory, event-loop delay, GC).
 *
 * Names follow the Prometheus conventions: prefix `bridge_`, base units, and a suffix that tells what is counted. A counter ends
 * in `_total`, nothing else does; a histogram ends in its unit (`_seconds`, `_bytes`, `_records`).
 */
export class Metrics {
  private readonly registry = new Registry();
  private readonly descriptions: MetricDescription[] = [];

  constructor(options: { readonly app: string }) {
    this.registry.setDefaultLabels({ app: options.app });
    collectDefaultMetrics({ register: this.registry });
  }

  /** A value that only grows. */
  counter<L extends string = never>(options: MetricOptions<L>): Counter<L> {
    check(options, /_total$/, 'a counter ends in _total');
    return new Counter({ ...this.common('counter', options) });
  }

  /** A value that goes up and down. */
  gauge<L extends string = never>({ collect, ...options }: GaugeOptions<L>): Gauge<L> {
    check(options, /(?<!_total)$/, 'only a counter ends in _total');
    const gauge: Gauge<L> = new Gauge({
      ...this.common('gauge', options),
      ...(collect === undefined ? {} : { collect: () => collect(gauge) }),
    });
    return gauge;
  }

  /** A distribution. */
  histogram<L extends string = never>({ buckets = LATENCY_BUCKETS, ...options }: HistogramOptions<L>): Histogram<L> {
    check(options, /_(seconds|bytes|records)$/, 'a histogram ends in its unit: _seconds, _bytes or _records');
    return new Histogram({ ...this.common('histogram', options), buckets: [...buckets] });
  }

  /** The content type of {@link text}. */
  get contentType(): string {
    return this.registry.contentType;
  }

  /** All metrics in the Prometheus text format. */
  async text(): Promise<string> {
    return this.registry.metrics();
  }

  /** What was registered, in that order; without what every Node process has. */
  get described(): readonly MetricDescription[] {
    return this.descriptions;
  }

  private common<L extends string>(kind: MetricDescription['kind'], { name, help, labelNames = [] }: MetricOptions<L>) {
    this.descriptions.push({ name, kind, help, labelNames });
    return { name, help, labelNames: [...labelNames], registers: [this.registry] };
  }
}

/** Labels that would be personal, and one time series per user besides (P10). */
const PERSONAL_LABELS = new Set(['user_id', 'anonymous_id', 'partner_user_id', 'email', 'message_id', 'subject', 'ip']);

function check({ name, labelNames = [] }: MetricOptions<string>, suffix: RegExp, rule: string): void {
  if (!/^bridge(_[a-z0-9]+)+$/.test(name))
    throw new MetricNameError(`metric ${name}: a name is snake_case and begins with bridge_`);
  if (/_(ms|millis|milliseconds|kb|mb)(_|$)/.test(name))
    throw new MetricNameError(`metric ${name}: use the base units, seconds and bytes`);
  if (!suffix.test(name)) throw new MetricNameError(`metric ${name}: ${rule}`);
  for (const label of labelNames) {
    if (!/^[a-z][a-z0-9_]*$/.test(label)) throw new MetricNameError(`metric ${name}: label ${label} is not snake_case`);
    if (PERSONAL_LABELS.has(label)) throw new MetricNameError(`metric ${name}: label ${label} is personal and unbounded`);
  }
}
