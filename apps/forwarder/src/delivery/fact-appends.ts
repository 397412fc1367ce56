import type { SourceSettings } from '#config';
import type { Decision, SourceDelivery } from '#delivery';
import {
  encodeDeletionNotice,
  encodeOutcome,
  type AppendedRecord,
  type EncodedRecord,
  type LogWriter,
  type SourceTopics,
} from '#event-log';
import { errorFields, type Logger } from '#observability';
import { deletionIdOf } from '#segment';
import type { DeliveryMetrics } from '../status/delivery-metrics.ts';
import type { DeliveryTraces } from './delivery-traces.ts';
import type { PumpSchedule } from './pump-schedule.ts';

/** How long to wait before an append that failed is tried again; the log writer has its own deadline besides. */
const RETRY_MS = 500;

export interface FactAppendsOptions {
  readonly source: Pick<SourceSettings, 'id'>;
  readonly topics: SourceTopics;
  readonly writer: LogWriter;
  readonly log: Logger;
  readonly metrics: DeliveryMetrics;
  /** Absent while tracing is off. */
  readonly traces?: DeliveryTraces;
}

/** What one source's delivery adds to the log, outcomes and deletion notices: appended as often as it takes (P2, P8). */
export class FactAppends {
  /** Since the start of this process, for the console's rates. */
  readonly counts = { delivered: 0, ended: 0 };

  constructor(
    private readonly options: FactAppendsOptions,
    private readonly delivery: SourceDelivery,
    private readonly pumps: PumpSchedule,
  ) {}

  writeOutcome(decision: Extract<Decision, { kind: 'write-outcome' }>): void {
    const { outcome } = decision;
    const { source, topics, metrics, traces } = this.options;
    this.append(topics.outcomes, encodeOutcome(outcome), outcome.position.partition, (appended) => {
      metrics.outcomeWritten(source.id, outcome);
      traces?.outcomeWritten(outcome);
      this.counts.ended++;
      if (outcome.outcome === 'delivered') this.counts.delivered++;
      this.delivery.outcomeWritten(decision, appended);
      this.pumps.request();
    });
  }

  /** Its arrival by the deletions topic is the acknowledgement. */
  announceDeletion({ notice }: Extract<Decision, { kind: 'announce-deletion' }>): void {
    const { source, topics } = this.options;
    const { partition, offset } = notice;
    const deletionId = deletionIdOf({ source: source.id, position: { partition, offset } });
    this.append(topics.deletions, encodeDeletionNotice({ ...notice, deletionId }), partition, () => undefined);
  }

  /** An outcome or a notice has no deadline: until Kafka has it, nothing may rely on it and the frontier stands still (P2, P8). */
  private append(topic: string, record: EncodedRecord, partition: number, appended: (record: AppendedRecord) => void): void {
    const { source, writer, metrics, log } = this.options;
    writer.append(topic, record, partition).then(appended, (error: unknown) => {
      metrics.appendRetried(source.id);
      // One line for each record in flight: the writer has told of the outage itself (log_append_failed, log_append_late).
      log.debug('outcome_append_retried', { source: source.id, topic, partition, ...errorFields(error) });
      setTimeout(() => this.append(topic, record, partition, appended), RETRY_MS);
    });
  }
}
