import { errorFields, type Logger } from '#observability';
import type { OwnershipMetrics } from '../status/ownership-metrics.ts';
import type { LogTransport } from '../transport/log-transport.ts';
import type { OwnedPartition } from './owned-partition.ts';

/** Tells the group how far the owned partitions are: what their drivers say is due (P8), and nothing else. */
export class Commits {
  constructor(
    private readonly transport: Pick<LogTransport, 'commit'>,
    private readonly metrics: OwnershipMetrics,
    private readonly log: Logger,
  ) {}

  /** Commits every frontier that has moved. A failure is told and tried again at the next call; nothing depends on it but restarts. */
  async commit(partitions: readonly OwnedPartition[]): Promise<void> {
    const due = partitions.flatMap(({ driver, place }) => {
      const offset = driver?.commitDue;
      return driver === undefined || offset === undefined ? [] : [{ driver, offset, place }];
    });
    if (due.length === 0) return;
    try {
      await this.transport.commit(due.map(({ place, offset, driver }) => ({ ...place, offset, log: driver.state.breaks.log })));
      for (const { driver, offset } of due) driver.commitAcknowledged(offset);
    } catch (error) {
      this.metrics.commitFailed();
      this.log.warn('commit_failed', { count: due.length, ...errorFields(error) });
    }
  }
}
