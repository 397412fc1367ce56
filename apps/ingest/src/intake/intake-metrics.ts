import { Inject, Injectable } from '@nestjs/common';
import type { Metrics } from '#observability';
import type { DeliveredType, RejectReason, UnsupportedType } from '#segment';
import { METRICS } from '../tokens.ts';
import type { Origin } from './origin.ts';

/** What the doors count. Labels are ids of sources and words of ours, never a value of a message (P10). */
@Injectable()
export class IntakeMetrics {
  private readonly accepted;
  private readonly rejected;
  private readonly unsupported;
  private readonly deletions;
  private readonly rateLimited;

  constructor(@Inject(METRICS) metrics: Metrics) {
    this.accepted = metrics.counter({
      name: 'bridge_ingest_events_total',
      help: 'Events that the log has acknowledged.',
      labelNames: ['source', 'door', 'type'],
    });
    this.rejected = metrics.counter({
      name: 'bridge_ingest_rejected_total',
      help: 'Messages refused, by reason.',
      labelNames: ['source', 'door', 'reason'],
    });
    this.unsupported = metrics.counter({
      name: 'bridge_ingest_unsupported_total',
      help: 'Messages of types that the destination does not take.',
      labelNames: ['source', 'door', 'type'],
    });
    this.deletions = metrics.counter({
      name: 'bridge_ingest_deletions_total',
      help: 'Deletions whose tombstone and notice the log has acknowledged.',
      labelNames: ['source', 'door'],
    });
    this.rateLimited = metrics.counter({
      name: 'bridge_ingest_rate_limited_total',
      help: 'Requests refused because their key was above INGEST_RATE_LIMIT.',
      labelNames: ['source', 'door'],
    });
  }

  countAccepted({ source, door }: Origin, type: DeliveredType): void {
    this.accepted.inc({ source: source.id, door, type });
  }

  countRejected({ source, door }: Origin, reason: RejectReason, count: number): void {
    this.rejected.inc({ source: source.id, door, reason }, count);
  }

  countUnsupported({ source, door }: Origin, type: UnsupportedType): void {
    this.unsupported.inc({ source: source.id, door, type });
  }

  countDeletion({ source, door }: Origin): void {
    this.deletions.inc({ source: source.id, door });
  }

  countRateLimited({ source, door }: Origin): void {
    this.rateLimited.inc({ source: source.id, door });
  }
}
