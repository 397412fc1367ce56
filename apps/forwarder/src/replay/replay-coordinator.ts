import { setTimeout as delay } from 'node:timers/promises';
import type { ReplayProgress } from '#delivery';
import {
  decodeReplayRecord,
  encodeReplayProgress,
  isUndecodable,
  type LogWriter,
  type PartitionReader,
  type ReplayRecord,
  type UndecodableRecords,
} from '#event-log';
import { errorFields, type Logger } from '#observability';
import { toOffset, type Offset, type SubjectHasher } from '#segment';
import { readClock } from '../clock.ts';
import type { ReplayEnded, SourceRuntime } from '../delivery/source-runtime.ts';
import { KnownReplays, replayKey, replayStart, type OpenPartition } from './known-replays.ts';
import { OperatorControl } from './operator-control.ts';
import { PartitionReplay } from './partition-replay.ts';

/** The replays topic has one partition. */
const PARTITION = 0;
const RETRY_MS = 1_000;
/** Once the topic is known to its end: a word of an operator is answered as soon as it is there, and what else may be due can wait. */
const SETTLED_WAIT_MS = 1_000;

/** A partition of a replay that this process works on. */
interface ActiveReplay {
  readonly replay: PartitionReplay;
  readonly partition: number;
  readonly abort: AbortController;
  /** The ownership of the partition under which it was taken up. */
  readonly generation: number;
}

export interface ReplayCoordinatorOptions {
  readonly runtime: SourceRuntime;
  readonly reader: PartitionReader;
  readonly writer: LogWriter;
  readonly hasher: SubjectHasher;
  readonly dedupWindowMs: number;
  readonly undecodable: UndecodableRecords;
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
  private readonly known = new KnownReplays();
  private readonly active = new Map<string, ActiveReplay>();
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

  private async follow(): Promise<void> {
    const { reader, runtime, undecodable, log } = this.options;
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
          if (isUndecodable(record)) undecodable.met({ topic: runtime.topics.replays, partition: PARTITION }, record);
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
        this.known.requested(record.request);
        return;
      case 'progress':
        this.known.progressed(record.progress);
        return;
      case 'control':
        this.control.take(record.control);
        return;
      case 'log':
        this.options.runtime.logs.take(record.acceptance);
        return;
      // For people.
      case 'audit':
        return;
    }
  }

  private reconcile(): void {
    for (const { replay, partition, abort, generation } of this.active.values()) {
      const state = this.known.stateOf(replay.run);
      const isStillOurs = this.options.runtime.delivery.driver(partition)?.generation === generation;
      if (!isStillOurs) abort.abort();
      else if (state === 'cancelled') replay.cancel();
      else replay.setPaused(state === 'paused');
    }
    for (const open of this.known.open) this.takeUp(open);
  }

  private takeUp(open: OpenPartition): void {
    const { request, partition } = open;
    const key = replayKey(request.run, partition);
    const driver = this.options.runtime.delivery.driver(partition);
    if (driver === undefined || this.active.has(key)) return;
    const start = replayStart(open, driver.state.frontier.committable, readClock().wallMs);
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
    this.active.set(key, { replay, partition, abort, generation: driver.generation });
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

  private async report(progress: ReplayProgress): Promise<void> {
    this.known.progressed(progress);
    await this.options.writer.append(this.options.runtime.topics.replays, encodeReplayProgress(progress), PARTITION);
  }

  private ended(ended: ReplayEnded): void {
    this.active.get(replayKey(ended.run, ended.partition))?.replay.ended(ended);
  }
}
