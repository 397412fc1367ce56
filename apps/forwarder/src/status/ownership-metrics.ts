import type { Counter, Histogram, Metrics } from '#observability';

const RESTORE_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

/** What is counted of partitions that come and go. */
export class OwnershipMetrics {
  private readonly rebalances: Counter;
  private readonly restores: Histogram<'source'>;
  private readonly restored: Counter<'source'>;
  private readonly restoreFailures: Counter<'source'>;
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
      help: 'Attempts to rebuild the state of a partition that failed; they are made again, except over a gap in the log',
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
