import { topicPartitionKey } from '#event-log';
import type { Counter, Histogram, Metrics } from '#observability';
import type { BrokenPlace } from '../ownership/log-place-error.ts';
import type { OwnedPartition } from '../ownership/owned-partition.ts';

const RESTORE_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

/** What is counted of partitions that come and go. */
export class OwnershipMetrics {
  private readonly rebalances: Counter;
  private readonly restores: Histogram<'source'>;
  private readonly restored: Counter<'source'>;
  private readonly restoreFailures: Counter<'source'>;
  private readonly breaks: Counter<'source' | 'kind'>;
  private readonly lost: Counter<'source'>;
  /** Up to where what is lost of a partition has been counted. */
  private readonly lostUpTo = new Map<string, number>();
  private readonly drains: Histogram;
  private readonly commitFailures: Counter;

  constructor(metrics: Metrics) {
    this.rebalances = metrics.counter({
      name: 'bridge_rebalances_total',
      help: 'Assignments of partitions by the consumer group, the first one at the start included',
    });
    this.restores = metrics.histogram({
      name: 'bridge_restore_seconds',
      help: 'Time to rebuild the state of a partition from its checkpoint and topics',
      labelNames: ['source'],
      buckets: RESTORE_BUCKETS,
    });
    this.restored = metrics.counter({
      name: 'bridge_restored_records_total',
      help: 'Outcomes and deletion notices read back to rebuild the state of partitions',
      labelNames: ['source'],
    });
    this.restoreFailures = metrics.counter({
      name: 'bridge_restore_failures_total',
      help: 'Attempts to rebuild the state of a partition that failed; they are made again, except where the log is not what it was',
      labelNames: ['source'],
    });
    this.breaks = metrics.counter({
      name: 'bridge_log_breaks_total',
      help: 'Times that the log of an events partition was found to be another than the one that was delivered from: hole (records that were not delivered are gone), shorter, another-log',
      labelNames: ['source', 'kind'],
    });
    this.lost = metrics.counter({
      name: 'bridge_lost_records_total',
      help: 'Acknowledged records of events partitions that are gone without having been delivered: retention or somebody has deleted them',
      labelNames: ['source'],
    });
    this.drains = metrics.histogram({
      name: 'bridge_drain_seconds',
      help: 'Time to finish what is in flight before the group changes or the process ends; bounded by DRAIN_TIMEOUT',
      buckets: RESTORE_BUCKETS,
    });
    this.commitFailures = metrics.counter({
      name: 'bridge_commit_failures_total',
      help: 'Offset commits that Kafka did not take; they are made again a second later',
    });
  }

  rebalanced(): void {
    this.rebalances.inc();
  }

  restoreFinished(source: string, seconds: number, records: number): void {
    this.restores.observe({ source }, seconds);
    this.restored.inc({ source }, records);
  }

  /** Told again, at each restore say, it counts once. */
  logBroken({ source, place }: Pick<OwnedPartition, 'source' | 'place'>, found: BrokenPlace): void {
    this.breaks.inc({ source, kind: found.kind });
    if (found.kind !== 'hole') return;
    const key = topicPartitionKey(place);
    const counted = Math.max(found.from, this.lostUpTo.get(key) ?? 0);
    if (found.to <= counted) return;
    this.lostUpTo.set(key, found.to);
    this.lost.inc({ source }, Math.min(found.missing, found.to - counted));
  }

  restoreFailed(source: string): void {
    this.restoreFailures.inc({ source });
  }

  drained(seconds: number): void {
    this.drains.observe(seconds);
  }

  commitFailed(): void {
    this.commitFailures.inc();
  }
}
