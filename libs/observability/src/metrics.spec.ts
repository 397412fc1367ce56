import { describe, expect, it } from '@jest/globals';
import { MetricNameError, Metrics } from './index.ts';

describe('Metrics', () => {
  it('renders its own metrics and those of the process, labelled with the app', async () => {
    const metrics = new Metrics({ app: 'ingest' });
    metrics.counter({ name: 'bridge_events_accepted_total', help: 'h', labelNames: ['source'] }).inc({ source: 'shop' }, 2);
    metrics.gauge({ name: 'bridge_lag', help: 'h', collect: (gauge) => gauge.set(7) });
    metrics.histogram({ name: 'bridge_append_seconds', help: 'h', buckets: [0.1, 1] }).observe(0.5);
    const text = await metrics.text();
    expect(text).toContain('bridge_events_accepted_total{source="shop",app="ingest"} 2');
    expect(text).toContain('bridge_lag{app="ingest"} 7');
    expect(text).toContain('bridge_append_seconds_bucket{le="1",app="ingest"} 1');
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
  });

  it('keeps two apps of one process apart', async () => {
    const [one, two] = [new Metrics({ app: 'one' }), new Metrics({ app: 'two' })];
    one.counter({ name: 'bridge_calls_total', help: 'h' }).inc();
    two.counter({ name: 'bridge_calls_total', help: 'h' });
    expect(await two.text()).toContain('bridge_calls_total{app="two"} 0');
  });

  it.each([
    ['a counter without _total', (m: Metrics) => m.counter({ name: 'bridge_events', help: 'h' })],
    ['a gauge with _total', (m: Metrics) => m.gauge({ name: 'bridge_lag_total', help: 'h' })],
    ['a histogram without its unit', (m: Metrics) => m.histogram({ name: 'bridge_latency', help: 'h' })],
    ['a name without the prefix', (m: Metrics) => m.counter({ name: 'events_total', help: 'h' })],
    ['a name that is not snake_case', (m: Metrics) => m.counter({ name: 'bridge_eventsAccepted_total', help: 'h' })],
    ['milliseconds', (m: Metrics) => m.histogram({ name: 'bridge_latency_ms', help: 'h' })],
    ['a personal label', (m: Metrics) => m.counter({ name: 'bridge_events_total', help: 'h', labelNames: ['user_id'] })],
  ])('refuses %s', (_name, create) => {
    expect(() => create(new Metrics({ app: 'ingest' }))).toThrow(MetricNameError);
  });
});
