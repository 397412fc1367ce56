import { setTimeout as delay } from 'node:timers/promises';
import {
  SourceDelivery,
  type Decision,
  type DeletionNotice,
  type DriverLimits,
  type Logged,
  type LogRecord,
  type ReadRecords,
  type Now,
  type Outcome,
  type PartitionDriver,
  type PartitionState,
  type PumpResult,
  type ReplayTag,
  type SourceControl,
  type StateWindows,
  type Verdict,
} from '#delivery';
import type { SourceSettings } from '#config';
import type { LogWriter, SourceTopics } from '#event-log';
import type { ExtoleClient } from '#extole';
import { createEvaluate, type Mapping } from '#mapping';
import type { Logger } from '#observability';
import type { Offset, SubjectHasher } from '#segment';
import { readClock } from '../clock.ts';
import type { DeliveryMetrics } from '../status/delivery-metrics.ts';
import type { DeliveryTraces } from './delivery-traces.ts';
import { ExtoleCalls } from './extole-calls.ts';
import { FactAppends } from './fact-appends.ts';
import { gatesOf } from './gates-of-source.ts';
import { LogAcceptances } from './log-acceptances.ts';
import { Milestone } from './milestone.ts';
import { PumpSchedule } from './pump-schedule.ts';
import { StateReport } from './state-report.ts';

export type ReplayEnded = Extract<Decision, { kind: 'replay-ended' }>;

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
  /** What was accepted of its partitions' logs; known as soon as `controlKnown` is. */
  readonly logs = new LogAcceptances();
  private readonly evaluate: ReturnType<typeof createEvaluate>;
  private readonly pumps = new PumpSchedule((now) => this.pump(now));
  private readonly calls: ExtoleCalls;
  private readonly appends: FactAppends;
  private readonly stateReport: StateReport;
  private ownerships = 0;
  /** Invariants that were told of: one line of each is enough, the rest is counted. */
  private readonly toldInvariants = new Set<string>();
  /** Told of every replayed record that is done with. */
  replayEnded: (ended: ReplayEnded) => void = () => undefined;

  constructor(private readonly options: SourceRuntimeOptions) {
    const { source, partitionCount, mapping, hasher } = options;
    this.evaluate = createEvaluate(mapping, hasher);
    options.metrics.invariantsWatched(source.id);
    this.delivery = new SourceDelivery({ partitionCount, ...gatesOf(source, mapping) });
    this.calls = new ExtoleCalls(options, this.delivery, this.pumps);
    this.appends = new FactAppends(options, this.delivery, this.pumps);
    this.stateReport = new StateReport(source.id, options.log);
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

  get hasher(): SubjectHasher {
    return this.options.hasher;
  }

  get windows(): StateWindows {
    return this.options.windows;
  }

  /** Since the start of this process, for the console's rates. */
  get counts() {
    return { ...this.calls.counts, ...this.appends.counts };
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
    this.pumps.request();
    return driver;
  }

  /** @returns false if nothing is taken in: it is to be read again, from where the driver stands. */
  recordsArrived(partition: number, read: ReadRecords): boolean {
    const driver = this.delivery.driver(partition);
    if (driver === undefined) return true;
    this.options.traces?.recordsArrived(partition, read.records, driver.state.frontier);
    const isTaken = driver.recordsArrived(read, readClock());
    this.pumps.request();
    return isTaken;
  }

  /** A replay brings a record back; it ends by {@link replayEnded}. */
  recordReplayed(partition: number, record: LogRecord, replay: ReplayTag): void {
    this.options.traces?.recordArrived(partition, record, replay.run);
    this.delivery.driver(partition)?.recordReplayed(record, replay, readClock());
    this.pumps.request();
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
    this.pumps.request();
  }

  /** The outcomes of `driver`'s partition were read on to `next`. */
  outcomesRead(driver: PartitionDriver, outcomes: readonly Logged<Outcome>[], next: Offset): void {
    driver.outcomesRead(outcomes, next);
    this.pumps.request();
  }

  renewLease(until: number): void {
    const wasWithout = !this.delivery.holdsLease(readClock());
    this.delivery.renewLease(until);
    if (wasWithout) this.pumps.request();
  }

  keepUntil(until: number): void {
    this.delivery.keepUntil(until);
  }

  /** An operator's word, as the log holds it. */
  control(control: SourceControl): void {
    this.delivery.control(control, readClock());
    const operation = control.kind === 'probe' ? 'probe' : control.wanted === 'stopped' ? 'stop' : 'resume';
    this.options.log.info('source_controlled', { source: this.id, operation });
    this.pumps.request();
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
    this.pumps.close();
    await this.options.client.close();
  }

  private pump(now: Now): PumpResult {
    const result = this.delivery.pump(now);
    for (const decision of this.delivery.takeDecisions()) this.perform(decision);
    this.stateReport.report(this.delivery.state);
    return result;
  }

  private perform(decision: Decision): void {
    switch (decision.kind) {
      case 'call':
        this.calls.sendEvent(decision);
        return;
      case 'erase':
        this.calls.erase(decision);
        return;
      case 'person':
        this.calls.stepOnPerson(decision);
        return;
      case 'withdraw-calls':
        this.options.log.warn('calls_withdrawn', { source: this.id, count: this.options.client.withdraw() });
        return;
      case 'write-outcome':
        this.appends.writeOutcome(decision);
        return;
      case 'announce-deletion':
        this.appends.announceDeletion(decision);
        return;
      case 'replay-ended':
        this.replayEnded(decision);
        return;
      case 'invariant-broken':
        this.invariantBroken(decision);
        return;
      case 'pause':
        this.options.metrics.intakePaused(this.id);
        this.options.intake.pause(decision.partition);
        return;
      case 'resume':
        this.options.intake.resume(decision.partition);
        return;
    }
  }

  /** A bug of ours. What would have relied on it was left undone (`libs/delivery/src/driver/invariants.ts`). */
  private invariantBroken({ invariant, partition, offset }: Extract<Decision, { kind: 'invariant-broken' }>): void {
    this.options.metrics.invariantBroken(this.id, invariant);
    if (this.toldInvariants.has(invariant)) return;
    this.toldInvariants.add(invariant);
    this.options.log.error('invariant_broken', { source: this.id, reason: invariant, partition, offset });
  }
}
