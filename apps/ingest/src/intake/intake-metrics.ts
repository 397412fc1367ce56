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
  private readonly turnedAway;
  private readonly appends;

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
    this.turnedAway = metrics.counter({
      name: 'bridge_ingest_turned_away_total',
      help: 'Requests answered 429 or 503, to be sent again: log_unavailable, log_queue_full, share_full, rate_limited, bodies_held.',
      labelNames: ['status', 'reason'],
    });
    this.appends = metrics.histogram({
      name: 'bridge_ingest_append_seconds',
      help: 'Time from the messages of a request to their acknowledgement by Kafka.',
      labelNames: ['source'],
    });
  }

  /** A request is to be repeated: `reason` is the code of the error that says so. */
  countTurnedAway(status: number, reason: string): void {
    this.turnedAway.inc({ status: String(status), reason });
  }

  measureAppend({ source }: Origin, seconds: number): void {
    this.appends.observe({ source: source.id }, seconds);
  }

  countAccepted({ source, door }: Origin, type: DeliveredType, count: number): void {
    this.accepted.inc({ source: source.id, door, type }, count);
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
