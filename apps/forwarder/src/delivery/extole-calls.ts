import type { SourceSettings } from '#config';
import { isFailure, type CallKind, type CallTicket, type Decision, type SourceDelivery, type Verdict } from '#delivery';
import type { CallControl, ExtoleClient } from '#extole';
import { errorFields, type Logger } from '#observability';
import { deletionIdOf } from '#segment';
import { readClock } from '../clock.ts';
import type { DeliveryMetrics } from '../status/delivery-metrics.ts';
import type { DeliveryTraces } from './delivery-traces.ts';
import type { PumpSchedule } from './pump-schedule.ts';

type CallDecision<K extends CallKind = CallKind> = Extract<Decision, { kind: K }>;

export interface ExtoleCallsOptions {
  readonly source: Pick<SourceSettings, 'id'>;
  readonly client: ExtoleClient;
  readonly log: Logger;
  readonly metrics: DeliveryMetrics;
  /** Absent while tracing is off. */
  readonly traces?: DeliveryTraces;
}

/** The calls to Extole that one source's delivery has decided on: each is made, measured, and its verdict told to the delivery. */
export class ExtoleCalls {
  /** Since the start of this process, for the console's rates. */
  readonly counts = { calls: 0, failedCalls: 0 };

  constructor(
    private readonly options: ExtoleCallsOptions,
    private readonly delivery: SourceDelivery,
    private readonly pumps: PumpSchedule,
  ) {}

  sendEvent(decision: CallDecision<'call'>): void {
    void this.make('call', decision, (control) => this.options.client.sendEvent(decision.body, control));
  }

  erase(decision: CallDecision<'erase'>): void {
    const { partition, offset } = decision.ticket;
    const note = deletionIdOf({ source: this.options.source.id, position: { partition, offset } });
    void this.make('erase', decision, (control) => this.options.client.erase({ partnerUserId: decision.subject, note }, control));
  }

  stepOnPerson(decision: CallDecision<'person'>): void {
    void this.make('person', decision, (control) => this.options.client.personStep(decision.step, control));
  }

  private async make(
    kind: CallKind,
    { ticket, attempt }: CallDecision,
    send: (control: CallControl) => Promise<Verdict>,
  ): Promise<void> {
    const { source, metrics, traces } = this.options;
    metrics.callStarted(source.id, kind, attempt);
    const span = traces?.callStarted(kind, ticket, attempt);
    const startedAt = readClock().monotonicMs;
    const maySend = (): boolean => this.delivery.maySend(ticket, readClock());
    const verdict = await send({ maySend }).catch((error: unknown) => this.unexpected(error));
    const now = readClock();
    metrics.callFinished(source.id, kind, verdict, (now.monotonicMs - startedAt) / 1_000);
    traces?.callFinished(span, verdict);
    this.counts.calls++;
    if (isFailure(verdict)) this.counts.failedCalls++;
    this.logTrouble(kind, ticket, verdict);
    this.delivery.callFinished(ticket, kind, verdict, now);
    this.pumps.request();
  }

  /** The client answers every expected failure with a verdict, so this is a bug; the event is kept, not lost. */
  private unexpected(error: unknown): Verdict {
    this.options.log.error('call_failed_unexpectedly', { source: this.options.source.id, ...errorFields(error) });
    return { kind: 'retry', reason: 'transient', code: 'client_failure' };
  }

  private logTrouble(kind: CallKind, ticket: CallTicket, verdict: Verdict): void {
    if (verdict.kind === 'delivered') return;
    const { partition, offset, subject } = ticket;
    this.options.log.debug(kind === 'erase' ? 'erasure_not_taken' : 'event_not_taken', {
      source: this.options.source.id,
      partition,
      offset,
      subject,
      kind: verdict.kind,
      code: verdict.code,
      ...(verdict.status !== undefined && { status: verdict.status }),
      ...(verdict.uniqueId !== undefined && { uniqueId: verdict.uniqueId }),
    });
  }
}
