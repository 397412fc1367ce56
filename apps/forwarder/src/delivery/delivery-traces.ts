import type { CallKind, CallTicket, LogRecord, Outcome, PartitionState, Verdict } from '#delivery';
import type { TraceSpan, Tracing } from '#observability';

/** Spans open at once. What would never end (a partition that went to another owner) makes room for what comes. */
const MAX_OPEN = 20_000;

const NAMES: Readonly<Record<CallKind, string>> = { call: 'extole event', erase: 'extole erasure', person: 'extole person' };

/**
 * The traces of one source's records: a span from a record's arrival to its outcome, under the request that brought it, and one under that
 * for each call to Extole. Only records that are sampled are remembered.
 */
export class DeliveryTraces {
  private readonly open = new Map<string, TraceSpan>();

  constructor(
    private readonly tracing: Tracing,
    private readonly source: string,
    private readonly topic: string,
  ) {}

  /** A rejoin brings records again that are finished: they will have no further outcome to end a span. */
  recordsArrived(partition: number, records: readonly LogRecord[], frontier: PartitionState['frontier']): void {
    for (const record of records) if (!frontier.isFinished(record.offset)) this.recordArrived(partition, record);
  }

  /** @param run the replay that has brought it back */
  recordArrived(partition: number, { offset, type, traceparent }: LogRecord, run?: string): void {
    const key = keyOf(partition, offset);
    if (this.open.has(key)) return;
    const span = this.tracing.start(`deliver ${type}`, {
      kind: 'consumer',
      parent: traceparent,
      attributes: {
        'messaging.system': 'kafka',
        'messaging.operation.type': 'process',
        'messaging.destination.name': this.topic,
        'messaging.destination.partition.id': String(partition),
        'messaging.kafka.offset': offset,
        'bridge.source': this.source,
        'bridge.type': type,
        ...(run !== undefined && { 'bridge.run': run }),
      },
    });
    if (!span.recorded) return;
    if (this.open.size >= MAX_OPEN) this.giveUpOldest();
    this.open.set(key, span);
  }

  /** The span of one call; a record that is not traced has calls that are not. */
  callStarted(kind: CallKind, { partition, offset }: CallTicket, attempt: number): TraceSpan | undefined {
    const parent = this.open.get(keyOf(partition, offset));
    if (parent === undefined) return undefined;
    return this.tracing.start(NAMES[kind], {
      kind: 'client',
      parent: parent.traceparent,
      attributes: { 'http.request.method': 'POST', 'bridge.source': this.source, 'bridge.attempt': attempt },
    });
  }

  callFinished(span: TraceSpan | undefined, verdict: Verdict): void {
    span?.end({
      failed: verdict.kind !== 'delivered',
      attributes: {
        'bridge.verdict': verdict.kind,
        ...(verdict.status !== undefined && { 'http.response.status_code': verdict.status }),
        ...('code' in verdict && { 'bridge.code': verdict.code }),
        ...('uniqueId' in verdict && verdict.uniqueId !== undefined && { 'extole.unique_id': verdict.uniqueId }),
      },
    });
  }

  outcomeWritten({ position: { partition, offset }, outcome, attempts, code }: Outcome): void {
    const key = keyOf(partition, offset);
    const span = this.open.get(key);
    if (span === undefined) return;
    this.open.delete(key);
    span.end({
      failed: outcome === 'dead-lettered',
      attributes: { 'bridge.outcome': outcome, 'bridge.attempts': attempts, ...(code !== undefined && { 'bridge.code': code }) },
    });
  }

  private giveUpOldest(): void {
    for (const [key, span] of this.open) {
      this.open.delete(key);
      span.end();
      return;
    }
  }
}

function keyOf(partition: number, offset: number): string {
  return `${partition}:${offset}`;
}
