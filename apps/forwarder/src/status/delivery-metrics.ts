import { INVARIANTS, type CallKind, type Invariant, type Outcome, type Verdict } from '#delivery';
import type { Counter, Histogram, Metrics } from '#observability';
import { KnownCodes } from './known-codes.ts';

/** Seconds: an erasure waits behind its user's events, and for as long as Extole does not take it. */
const DELETION_BUCKETS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400, 604_800];

/** What is counted of events, deletions and calls; by source, outcome and code, never by user (P10). */
export class DeliveryMetrics {
  private readonly outcomes: Counter<'source' | 'outcome' | 'type'>;
  private readonly codes: Counter<'source' | 'outcome' | 'code'>;
  private readonly calls: Histogram<'source' | 'kind' | 'verdict' | 'status'>;
  private readonly retries: Counter<'source' | 'kind'>;
  private readonly latency: Histogram<'source'>;
  private readonly deletions: Histogram<'source'>;
  private readonly pauses: Counter<'source'>;
  private readonly appendRetries: Counter<'source'>;
  private readonly violations: Counter<'source' | 'invariant'>;
  private readonly known = new KnownCodes();

  constructor(metrics: Metrics) {
    this.outcomes = metrics.counter({
      name: 'bridge_outcomes_total',
      help: 'Outcomes written to the outcomes topic; type is identify, track or delete',
      labelNames: ['source', 'outcome', 'type'],
    });
    this.codes = metrics.counter({
      name: 'bridge_outcome_codes_total',
      help: 'Outcomes that carry an error code (dead-lettered, rejected), by that code; codes beyond the first 100 count as other',
      labelNames: ['source', 'outcome', 'code'],
    });
    this.calls = metrics.histogram({
      name: 'bridge_extole_call_seconds',
      help: 'Duration of calls to Extole; kind is call (an event), erase or person (a parameter set on a person), verdict what the answer meant, status its class (2xx to 5xx, none without an answer)',
      labelNames: ['source', 'kind', 'verdict', 'status'],
    });
    this.retries = metrics.counter({
      name: 'bridge_extole_retries_total',
      help: 'Calls to Extole that repeat an earlier attempt for the same record',
      labelNames: ['source', 'kind'],
    });
    this.latency = metrics.histogram({
      name: 'bridge_delivery_latency_seconds',
      help: 'From the receipt of an event by ingest to its delivery; deletions are not in it',
      labelNames: ['source'],
    });
    this.deletions = metrics.histogram({
      name: 'bridge_deletion_latency_seconds',
      help: 'From the receipt of a deletion by ingest to the moment when Extole has taken the erasure',
      labelNames: ['source'],
      buckets: DELETION_BUCKETS,
    });
    this.pauses = metrics.counter({
      name: 'bridge_intake_pauses_total',
      help: 'How often the intake of a partition was paused at one of its memory bounds',
      labelNames: ['source'],
    });
    this.appendRetries = metrics.counter({
      name: 'bridge_append_retries_total',
      help: 'Appends of outcomes and deletion notices that Kafka did not take and that are tried again',
      labelNames: ['source'],
    });
    this.violations = metrics.counter({
      name: 'bridge_invariant_violations_total',
      help: 'What must hold of a call or an outcome whatever happens, and did not: a bug; what would have relied on it was left undone',
      labelNames: ['source', 'invariant'],
    });
  }

  callStarted(source: string, kind: CallKind, attempt: number): void {
    if (attempt > 1) this.retries.inc({ source, kind });
  }

  callFinished(source: string, kind: CallKind, verdict: Verdict, seconds: number): void {
    this.calls.observe({ source, kind, verdict: verdict.kind, status: statusClass(verdict.status) }, seconds);
  }

  outcomeWritten(source: string, outcome: Outcome): void {
    const { outcome: name, type, code } = outcome;
    this.outcomes.inc({ source, outcome: name, type });
    if (code !== undefined) this.codes.inc({ source, outcome: name, code: this.known.labelFor(code) });
    if (name === 'delivered') (type === 'delete' ? this.deletions : this.latency).observe({ source }, outcome.latencyMs / 1_000);
  }

  intakePaused(source: string): void {
    this.pauses.inc({ source });
  }

  /** Counts from 0, so that the first violation is an increase. */
  invariantsWatched(source: string): void {
    for (const invariant of INVARIANTS) this.violations.inc({ source, invariant }, 0);
  }

  invariantBroken(source: string, invariant: Invariant): void {
    this.violations.inc({ source, invariant });
  }

  appendRetried(source: string): void {
    this.appendRetries.inc({ source });
  }
}

function statusClass(status: number | undefined): string {
  return status === undefined ? 'none' : `${Math.floor(status / 100)}xx`;
}
