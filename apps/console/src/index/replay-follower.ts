import { setTimeout as delay } from 'node:timers/promises';
import type { SourceControl } from '#delivery';
import { decodeReplayRecord, isUndecodable } from '#event-log';
import { errorFields, type Logger } from '#observability';
import { ReplayBook, REPLAYS_PARTITION, type KnownReplay, type LogAccess } from '#operations';
import type { Offset } from '#segment';
import { AuditBook } from './audit-book.ts';

const RETRY_MS = 2_000;
const GATHER_MS = 200;

/** Follows a source's replays, what operators want of the source, and what they have done: the topic is small, and is read from its beginning at each start. */
export class ReplayFollower {
  private readonly stopping = new AbortController();
  private book = new ReplayBook();
  private audited = new AuditBook();
  private delivery: Extract<SourceControl, { kind: 'delivery' }> | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly log: LogAccess,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.running = this.follow();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Latest first. */
  get replays(): KnownReplay[] {
    return this.book.replays;
  }

  replay(run: string): KnownReplay | undefined {
    return this.book.replay(run);
  }

  get audit(): AuditBook {
    return this.audited;
  }

  /** The stop that holds, if one does. */
  get operatorStop(): { readonly at: string; readonly note?: string; readonly by?: string } | undefined {
    return this.delivery?.wanted === 'stopped' ? this.delivery : undefined;
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    let next: Offset | undefined;
    while (!signal.aborted) {
      try {
        next ??= await this.begin();
        next = await this.readOn(next, signal);
        await delay(GATHER_MS, undefined, { signal });
      } catch (error) {
        if (signal.aborted) return;
        next = undefined;
        this.logger.warn('replays_follow_failed', { source: this.log.source.id, ...errorFields(error) });
        await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private begin(): Promise<Offset> {
    this.book = new ReplayBook();
    this.audited = new AuditBook();
    this.delivery = undefined;
    return this.log.reader.startOffset(this.log.topics.replays, REPLAYS_PARTITION);
  }

  private async readOn(from: Offset, signal: AbortSignal): Promise<Offset> {
    const batch = await this.log.reader.fetch(this.log.topics.replays, REPLAYS_PARTITION, from, signal);
    for (const message of batch.records) {
      const record = decodeReplayRecord(message);
      if (isUndecodable(record)) continue;
      if (record.type === 'audit') this.audited.take(record.audit);
      else if (record.type !== 'control') this.book.take(record);
      else if (record.control.kind === 'delivery') this.delivery = record.control;
    }
    return batch.nextOffset;
  }
}
