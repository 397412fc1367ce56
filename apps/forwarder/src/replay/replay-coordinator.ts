import { setTimeout as delay } from 'node:timers/promises';
import type { ReplayProgress, ReplayRequest } from '#delivery';
import {
  decodeReplayRecord,
  encodeReplayProgress,
  isUndecodable,
  type LogWriter,
  type PartitionReader,
  type ReplayRecord,
} from '#event-log';
import { errorFields, type Logger } from '#observability';
import { toOffset, type Offset, type SubjectHasher } from '#segment';
import { readClock } from '../clock.ts';
import type { ReplayEnded, SourceRuntime } from '../delivery/source-runtime.ts';
import { OperatorControl } from './operator-control.ts';
import { PartitionReplay } from './partition-replay.ts';

/** The replays topic has one partition. */
const PARTITION = 0;
const RETRY_MS = 1_000;
/** Once the topic is known to its end: a word of an operator is answered as soon as it is there, and what else may be due can wait. */
const SETTLED_WAIT_MS = 1_000;

export interface ReplayCoordinatorOptions {
  readonly runtime: SourceRuntime;
  readonly reader: PartitionReader;
  readonly writer: LogWriter;
  readonly hasher: SubjectHasher;
  readonly dedupWindowMs: number;
  readonly log: Logger;
}

/**
 * Carries out the replays of one source for the partitions that this process owns. It follows `extole.replays.<source>` and brings
 * what runs in line with what the topic and the ownership say, again and again: a replay whose owner dies goes on at its last
 * progress with the next owner, without anybody noticing.
 *
 * The same topic holds the operators' words on the source (docs/adr/0011), which it passes on.
 */
export class ReplayCoordinator {
  private readonly requests = new Map<string, ReplayRequest>();
  private readonly progress = new Map<string, ReplayProgress>();
  private readonly active = new Map<
    string,
    { readonly replay: PartitionReplay; readonly abort: AbortController; readonly generation: number }
  >();
  private readonly control: OperatorControl;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private next: Offset = toOffset(0);

  constructor(private readonly options: ReplayCoordinatorOptions) {
    options.runtime.replayEnded = (ended) => this.ended(ended);
    this.control = new OperatorControl((control) => options.runtime.control(control));
  }

  start(): void {
    this.running = this.follow();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    for (const { abort } of this.active.values()) abort.abort();
    await this.running;
  }

  /** For the status page: the replays that this process works on. */
  get inProgress(): { run: string; partition: number }[] {
    return [...this.active.keys()].map((key) => {
      const [run = '', partition] = key.split('/');
      return { run, partition: Number(partition) };
    });
  }

  private async follow(): Promise<void> {
    const { reader, runtime, log } = this.options;
    const { signal } = this.stopping;
    let isKnown = false;
    while (!signal.aborted) {
      try {
        const batch = await reader.fetch(
          runtime.topics.replays,
          PARTITION,
          this.next,
          signal,
          isKnown ? SETTLED_WAIT_MS : undefined,
        );
        for (const message of batch.records) {
          const record = decodeReplayRecord(message);
          if (isUndecodable(record)) log.warn('replay_undecodable', { source: runtime.id, reason: record.reason });
          else this.take(record);
        }
        this.next = batch.nextOffset;
        // Only with the whole topic read is it known what is done already, and what an operator wants now.
        isKnown = this.next >= batch.highWatermark;
        if (!isKnown) continue;
        this.control.caughtUp();
        runtime.controlKnown.resolve();
        this.reconcile();
      } catch (error) {
        if (signal.aborted) return;
        log.warn('replays_follow_failed', { source: runtime.id, ...errorFields(error) });
        await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private take(record: ReplayRecord): void {
    switch (record.type) {
      case 'request':
        this.requests.set(record.request.run, record.request);
        return;
      case 'progress':
        this.learn(record.progress);
        return;
      case 'control':
        this.control.take(record.control);
        return;
    }
  }

  private reconcile(): void {
    for (const [key, { replay, abort, generation }] of this.active) {
      const partition = Number(key.split('/')[1]);
      const state = this.requests.get(replay.run)?.state;
      const isStillOurs = this.options.runtime.delivery.driver(partition)?.generation === generation;
      if (!isStillOurs) abort.abort();
      else if (state === 'cancelled') replay.cancel();
      else replay.setPaused(state === 'paused');
    }
    for (const request of this.requests.values()) {
      if (request.state === 'cancelled') continue;
      for (const { partition, from, to } of request.ranges) this.takeUp(request, partition, from, to);
    }
  }

  private takeUp(request: ReplayRequest, partition: number, from: Offset, to: Offset): void {
    const key = `${request.run}/${partition}`;
    const known = this.progress.get(key);
    const driver = this.options.runtime.delivery.driver(partition);
    if (driver === undefined || this.active.has(key) || known?.done === true) return;
    // Only what the live log has passed: a record must not be in the driver twice.
    const end = toOffset(Math.min(known?.to ?? to, driver.state.frontier.committable));
    const start: ReplayProgress = known ?? {
      run: request.run,
      partition,
      next: toOffset(Math.min(from, end)),
      to: end,
      done: false,
      scanned: 0,
      results: {},
      settled: {},
      at: new Date(readClock().wallMs).toISOString(),
    };
    const abort = new AbortController();
    const replay = new PartitionReplay({
      ...this.options,
      request,
      partition,
      start,
      signal: abort.signal,
      report: (p) => this.report(p),
    });
    replay.setPaused(request.state === 'paused');
    this.active.set(key, { replay, abort, generation: driver.generation });
    this.options.log.info('replay_taken_up', {
      source: this.options.runtime.id,
      run: request.run,
      partition,
      offset: start.next,
      endOffset: start.to,
    });
    void this.carryOut(key, replay, abort.signal);
  }

  private async carryOut(key: string, replay: PartitionReplay, signal: AbortSignal): Promise<void> {
    const { runtime, log } = this.options;
    try {
      await replay.carryOut();
      log.info('replay_partition_done', { source: runtime.id, run: replay.run });
    } catch (error) {
      if (!signal.aborted) {
        log.warn('replay_interrupted', { source: runtime.id, run: replay.run, ...errorFields(error) });
        await delay(RETRY_MS);
      }
    }
    // Whatever is not done is taken up again by the next look at the topic, here or elsewhere.
    this.active.delete(key);
  }

  /**
   * What the topic says may be older than what this process knows: its own last report may not have come back yet, and a former owner's
   * may have come late. Going on at an older place would send again what `redeliver` has just sent.
   */
  private learn(progress: ReplayProgress): void {
    const key = `${progress.run}/${progress.partition}`;
    const known = this.progress.get(key);
    if (known === undefined || progress.done || (!known.done && progress.next >= known.next)) this.progress.set(key, progress);
  }

  private async report(progress: ReplayProgress): Promise<void> {
    this.learn(progress);
    await this.options.writer.append(this.options.runtime.topics.replays, encodeReplayProgress(progress), PARTITION);
  }

  private ended(ended: ReplayEnded): void {
    this.active.get(`${ended.run}/${ended.partition}`)?.replay.ended(ended);
  }
}
