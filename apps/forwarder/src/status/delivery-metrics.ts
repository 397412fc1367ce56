import type { CallKind, Outcome } from '#delivery';
import type { Counter, Histogram, Metrics } from '#observability';

/** Metrics of what happens to events; counted by outcome, never by user. */
export class DeliveryMetrics {
  private readonly outcomes: Counter<'source' | 'outcome' | 'type'>;
  private readonly calls: Histogram<'source' | 'kind' | 'verdict'>;
  private readonly latency: Histogram<'source'>;

  constructor(metrics: Metrics) {
    this.outcomes = metrics.counter({
      name: 'bridge_outcomes_total',
      help: 'Outcomes written to the outcomes topic',
      labelNames: ['source', 'outcome', 'type'],
    });
    this.calls = metrics.histogram({
      name: 'bridge_extole_call_seconds',
      help: 'Duration of calls to Extole, by what the answer meant',
      labelNames: ['source', 'kind', 'verdict'],
    });
    this.latency = metrics.histogram({
      name: 'bridge_delivery_latency_seconds',
      help: 'From the receipt of an event by ingest to its delivery',
      labelNames: ['source'],
    });
  }

  callFinished(source: string, kind: CallKind, verdict: string, seconds: number): void {
    this.calls.observe({ source, kind, verdict }, seconds);
  }

  outcomeWritten(source: string, outcome: Outcome): void {
    this.outcomes.inc({ source, outcome: outcome.outcome, type: outcome.type });
    if (outcome.outcome === 'delivered') this.latency.observe({ source }, outcome.latencyMs / 1_000);
  }
}
