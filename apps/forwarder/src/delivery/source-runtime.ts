import { setTimeout as delay } from 'node:timers/promises';
import {
  isFailure,
  SourceDelivery,
  type CallKind,
  type CallTicket,
  type Decision,
  type DeletionNotice,
  type DriverLimits,
  type Logged,
  type LogRecord,
  type PartitionDriver,
  type PartitionState,
  type ReplayTag,
  type SourceControl,
  type StateWindows,
  type Verdict,
} from '#delivery';
import type { SourceSettings } from '#config';
import {
  encodeDeletionNotice,
  encodeOutcome,
  type AppendedRecord,
  type EncodedRecord,
  type LogWriter,
  type SourceTopics,
} from '#event-log';
import type { CallControl, ExtoleClient } from '#extole';
import { createEvaluate, type Mapping } from '#mapping';
import { errorFields, type Logger } from '#observability';
import { deletionIdOf, type Offset, type SubjectHasher } from '#segment';
import { readClock } from '../clock.ts';
import type { DeliveryMetrics } from '../status/delivery-metrics.ts';
import type { DeliveryTraces } from './delivery-traces.ts';
import { Milestone } from './milestone.ts';

/** Erasures have a pace of their own (wire.md 2.2: 100 a minute) and are few: they never slow the events. */
const ERASURE_RATE = { count: 100, perMs: 60_000 };
const ERASURE_CONCURRENCY = 4;
/** Those 100 a minute are for all calls but asynchronous events (wire.md 2.1): where identifies set parameters on persons, the two share them. */
const ERASURE_RATE_BESIDE_PERSONS = { count: 20, perMs: 60_000 };
const PERSON_RATE = { count: 60, perMs: 60_000, burst: 20 };
const PERSON_CONCURRENCY = 4;
/** How long to wait before an append that failed is tried again; the log writer has its own deadline besides. */
const APPEND_RETRY_MS = 500;

export type ReplayEnded = Extract<Decision, { kind: 'replay-ended' }>;

type CallDecision = Extract<Decision, { kind: CallKind }>;

export interface SourceRuntimeOptions {
  readonly source: SourceSettings;
  readonly topics: SourceTopics;
  readonly partitionCount: number;
  readonly mapping: Mapping;
  readonly hasher: SubjectHasher;
  readonly client: ExtoleClient;
  readonly writer: LogWriter;
  /** How long its partitions' state remembers. */
  readonly windows: StateWindows;
  readonly limits: DriverLimits;
  readonly log: Logger;
  readonly metrics: DeliveryMetrics;
  /** Absent while tracing is off. */
  readonly traces?: DeliveryTraces;
  /** Pauses and resumes the intake of a partition of the events topic. */
  readonly intake: { pause(partition: number): void; resume(partition: number): void };
}

/**
 * The edge around one source's {@link SourceDelivery}: it performs the decisions (calls, outcomes, notices, pause and resume),
 * reports how they ended, and pumps whenever something has happened. It decides nothing itself.
 */
export class SourceRuntime {
  readonly delivery: SourceDelivery;
  /** Whether the source is to deliver at all has been read from the log: before that no partition of it is taken up (docs/adr/0011). */
  readonly controlKnown = new Milestone();
  /** Since the start of this process, for the console's rates. */
  readonly counts = { calls: 0, failedCalls: 0, delivered: 0, ended: 0 };
  private readonly evaluate: ReturnType<typeof createEvaluate>;
  private ownerships = 0;
  private pumpScheduled = false;
  private wakeTimer: NodeJS.Timeout | undefined;
  private reportedState = 'delivering';
  private closed = false;
  /** Told of every replayed record that is done with. */
  replayEnded: (ended: ReplayEnded) => void = () => undefined;

  constructor(private readonly options: SourceRuntimeOptions) {
    const { source, partitionCount, mapping, hasher } = options;
    this.evaluate = createEvaluate(mapping, hasher);
    this.delivery = new SourceDelivery({
      partitionCount,
      events: {
        maxConcurrency: source.extole.maxConcurrency,
        ...(source.extole.rateLimit !== undefined && { rateLimit: source.extole.rateLimit }),
      },
      erasures: {
        maxConcurrency: ERASURE_CONCURRENCY,
        rateLimit: mapping.identify.onPerson ? ERASURE_RATE_BESIDE_PERSONS : ERASURE_RATE,
      },
      ...(mapping.identify.onPerson && {
        persons: {
          maxConcurrency: PERSON_CONCURRENCY,
          rateLimit: source.extole.personRateLimit ?? PERSON_RATE,
          severalCalls: true,
        },
      }),
    });
  }

  get id(): string {
    return this.options.source.id;
  }

  get topics(): SourceTopics {
    return this.options.topics;
  }

  /** Of its events topic; those that this process owns are some of them. */
  get partitionCount(): number {
    return this.options.partitionCount;
  }

  get windows(): StateWindows {
    return this.options.windows;
  }

  /** Takes up a partition whose state is restored. */
  own(partition: number, state: PartitionState): PartitionDriver {
    const { source, hasher, mapping, limits } = this.options;
    const driver = this.delivery.own({
      partition,
      generation: ++this.ownerships,
      state,
      evaluate: this.evaluate,
      hashSubject: (subject) => hasher.subject(subject),
      mappingVersion: mapping.version,
      afterDeletion: source.afterDeletion,
      limits,
      random: Math.random,
    });
    this.schedulePump();
    return driver;
  }

  recordsArrived(partition: number, records: readonly LogRecord[]): void {
    this.traceArrivals(partition, records);
    this.delivery.driver(partition)?.recordsArrived(records, readClock());
    this.schedulePump();
  }

  /** A replay brings a record back; it ends by {@link replayEnded}. */
  recordReplayed(partition: number, record: LogRecord, replay: ReplayTag): void {
    this.options.traces?.recordArrived(partition, record, replay.run);
    this.delivery.driver(partition)?.recordReplayed(record, replay, readClock());
    this.schedulePump();
  }

  /**
   * A piece of the deletions partition was read.
   *
   * @param next the offset after the piece.
   * @param provenAt if the piece reaches the partition's end: when the request was sent (monotonic milliseconds).
   */
  deletionsRead(partition: number, notices: readonly Logged<DeletionNotice>[], next: Offset, provenAt: number | undefined): void {
    const driver = this.delivery.driver(partition);
    if (driver === undefined) return;
    const now = readClock();
    for (const notice of notices) driver.deletionArrived(notice, now);
    driver.state.deletionsNext = next;
    if (provenAt !== undefined) {
      const wasHeldBack = !driver.knowsItsDeletions(now);
      driver.deletionsProven(provenAt);
      if (notices.length === 0 && !wasHeldBack) return;
    }
    this.schedulePump();
  }

  renewLease(until: number): void {
    const wasWithout = !this.delivery.holdsLease(readClock());
    this.delivery.renewLease(until);
    if (wasWithout) this.schedulePump();
  }

  /** An operator's word, as the log holds it. */
  control(control: SourceControl): void {
    this.delivery.control(control, readClock());
    const operation = control.kind === 'probe' ? 'probe' : control.wanted === 'stopped' ? 'stop' : 'resume';
    this.options.log.info('source_controlled', { source: this.id, operation });
    this.schedulePump();
  }

  /** Stops calling and waits for what is in flight, up to `timeoutMs`; true if everything has ended and is written. */
  async drain(timeoutMs: number): Promise<boolean> {
    this.delivery.suspend();
    const until = readClock().monotonicMs + timeoutMs;
    while (!this.delivery.isQuiet && readClock().monotonicMs < until) await delay(10);
    return this.delivery.isQuiet;
  }

  /** Whether Extole takes the source's access token. */
  async checkToken(): Promise<Verdict> {
    return this.options.client.checkToken();
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.wakeTimer);
    await this.options.client.close();
  }

  /** Many things happen in one turn of the event loop; one pump after all of them is enough. */
  schedulePump(): void {
    if (this.pumpScheduled || this.closed) return;
    this.pumpScheduled = true;
    setImmediate(() => this.pump());
  }

  private pump(): void {
    this.pumpScheduled = false;
    const now = readClock();
    const { more, wakeAt } = this.delivery.pump(now);
    for (const decision of this.delivery.takeDecisions()) this.perform(decision);
    this.reportState();
    clearTimeout(this.wakeTimer);
    if (this.closed) return;
    if (more) this.schedulePump();
    else if (wakeAt !== undefined)
      this.wakeTimer = setTimeout(() => this.schedulePump(), Math.max(1, Math.ceil(wakeAt - now.monotonicMs)));
  }

  private perform(decision: Decision): void {
    const { client, intake } = this.options;
    switch (decision.kind) {
      case 'call':
        void this.call('call', decision, (control) => client.sendEvent(decision.body, control));
        return;
      case 'erase': {
        const { partition, offset } = decision.ticket;
        const note = deletionIdOf({ source: this.id, position: { partition, offset } });
        void this.call('erase', decision, (control) => client.erase({ partnerUserId: decision.subject, note }, control));
        return;
      }
      case 'person':
        void this.call('person', decision, (control) => client.personStep(decision.step, control));
        return;
      case 'write-outcome':
        this.writeOutcome(decision);
        return;
      case 'announce-deletion': {
        const { partition, offset } = decision.notice;
        const deletionId = deletionIdOf({ source: this.id, position: { partition, offset } });
        this.append(this.topics.deletions, encodeDeletionNotice({ ...decision.notice, deletionId }), partition, () => undefined);
        return;
      }
      case 'replay-ended':
        this.replayEnded(decision);
        return;
      case 'pause':
        this.options.metrics.intakePaused(this.id);
        intake.pause(decision.partition);
        return;
      case 'resume':
        intake.resume(decision.partition);
        return;
    }
  }

  private async call(
    kind: CallKind,
    { ticket, attempt }: CallDecision,
    send: (control: CallControl) => Promise<Verdict>,
  ): Promise<void> {
    const { metrics, traces } = this.options;
    metrics.callStarted(this.id, kind, attempt);
    const span = traces?.callStarted(kind, ticket, attempt);
    const startedAt = readClock().monotonicMs;
    const maySend = (): boolean => this.delivery.maySend(ticket, readClock());
    const verdict = await send({ maySend }).catch((error: unknown) => this.unexpected(error));
    const now = readClock();
    metrics.callFinished(this.id, kind, verdict, (now.monotonicMs - startedAt) / 1_000);
    traces?.callFinished(span, verdict);
    this.counts.calls++;
    if (isFailure(verdict)) this.counts.failedCalls++;
    this.logTrouble(kind, ticket, verdict);
    this.delivery.callFinished(ticket, kind, verdict, now);
    this.schedulePump();
  }

  private writeOutcome(decision: Extract<Decision, { kind: 'write-outcome' }>): void {
    const { outcome } = decision;
    this.append(this.topics.outcomes, encodeOutcome(outcome), outcome.position.partition, (appended) => {
      this.options.metrics.outcomeWritten(this.id, outcome);
      this.options.traces?.outcomeWritten(outcome);
      this.counts.ended++;
      if (outcome.outcome === 'delivered') this.counts.delivered++;
      this.delivery.outcomeWritten(decision, appended);
      this.schedulePump();
    });
  }

  /** A rejoin brings records again that are finished: they will have no further outcome to end a span. */
  private traceArrivals(partition: number, records: readonly LogRecord[]): void {
    const { traces } = this.options;
    const frontier = traces && this.delivery.driver(partition)?.state.frontier;
    if (traces === undefined || frontier === undefined) return;
    for (const record of records) if (!frontier.isFinished(record.offset)) traces.recordArrived(partition, record);
  }

  /** An outcome or a notice has no deadline: until Kafka has it, nothing may rely on it and the frontier stands still (P2, P8). */
  private append(topic: string, record: EncodedRecord, partition: number, appended: (record: AppendedRecord) => void): void {
    this.options.writer.append(topic, record, partition).then(appended, (error: unknown) => {
      this.options.metrics.appendRetried(this.id);
      // One line for each record in flight: the writer has told of the outage itself (log_append_failed, log_append_late).
      this.options.log.debug('outcome_append_retried', { source: this.id, topic, partition, ...errorFields(error) });
      setTimeout(() => this.append(topic, record, partition, appended), APPEND_RETRY_MS);
    });
  }

  /** The client answers every expected failure with a verdict, so this is a bug; the event is kept, not lost. */
  private unexpected(error: unknown): Verdict {
    this.options.log.error('call_failed_unexpectedly', { source: this.id, ...errorFields(error) });
    return { kind: 'retry', reason: 'transient', code: 'client_failure' };
  }

  private logTrouble(kind: CallKind, ticket: CallTicket, verdict: Verdict): void {
    if (verdict.kind === 'delivered') return;
    const { partition, offset, subject } = ticket;
    this.options.log.debug(kind === 'erase' ? 'erasure_not_taken' : 'event_not_taken', {
      source: this.id,
      partition,
      offset,
      subject,
      kind: verdict.kind,
      code: verdict.code,
      ...(verdict.status !== undefined && { status: verdict.status }),
      ...(verdict.uniqueId !== undefined && { uniqueId: verdict.uniqueId }),
    });
  }

  private reportState(): void {
    const { state } = this.delivery;
    const name = state.kind === 'stopped' ? `${state.kind} ${state.reason}` : state.kind;
    if (name === this.reportedState) return;
    this.reportedState = name;
    if (state.kind !== 'stopped') {
      this.options.log.info('source_delivering', { source: this.id, state: state.kind });
      return;
    }
    if (state.reason === 'operator') {
      this.options.log.warn('source_stopped', { source: this.id, reason: state.reason });
      return;
    }
    const { reason, code, status } = state;
    this.options.log.error('source_stopped', { source: this.id, reason, code, ...(status !== undefined && { status }) });
  }
}
