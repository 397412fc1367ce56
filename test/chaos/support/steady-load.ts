import { setTimeout as pass } from 'node:timers/promises';
import { numberedEvent, type NumberedEvent } from '../../support/numbered-events.ts';
import type { DoorAnswer, SegmentClient, SegmentMessage } from '../../support/segment-client.ts';
import { atTestEnd } from '../../support/test-end.ts';

const RETRY_MS = 200;

export interface SteadyLoadOptions {
  readonly segment: SegmentClient;
  /** The users are `<prefix>-<sender>-<number>`. */
  readonly prefix: string;
  /** Independent senders, each with users of its own. */
  readonly senders: number;
  /** Events in a sender's batch: one of each of its users. */
  readonly usersPerSender: number;
  /** From the beginning of a sender's batch to the beginning of its next one, if it is answered by then. */
  readonly everyMs: number;
  /** Whom a sender sends for; default: users whom nobody has chosen, so all partitions are in each batch. */
  readonly usersOf?: (sender: number) => readonly string[];
  /** On top of each event. */
  readonly extra?: Partial<SegmentMessage>;
}

/**
 * A flow of numbered events until it is stopped. Each sender sends as an SDK does: a batch after the other, the same one again until it
 * is taken. So what it has not given up lies in the log in the order of its sending, and a batch without a 200 may lie there twice.
 */
export class SteadyLoad {
  /** What ingest has acknowledged, in order for each user. */
  readonly taken: NumberedEvent[] = [];
  /** When the first attempt to send an event began, by message id (wall clock, milliseconds). */
  readonly sentAt = new Map<string, number>();
  /** When the 200 for an event came, by message id (wall clock, milliseconds). */
  readonly takenAt = new Map<string, number>();
  /** Answers other than 200. */
  readonly refusals: DoorAnswer[] = [];
  private stopping = false;
  private readonly running: Promise<unknown>;

  constructor(private readonly options: SteadyLoadOptions) {
    this.running = Promise.all(Array.from({ length: options.senders }, (_, sender) => this.send(sender)));
    atTestEnd(() => this.stop());
  }

  /** Waits for the batches that are under way. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
  }

  private async send(sender: number): Promise<void> {
    const { prefix, senders, usersPerSender, everyMs, extra } = this.options;
    const users =
      this.options.usersOf?.(sender) ?? Array.from({ length: usersPerSender }, (_, number) => `${prefix}-${sender}-${number}`);
    // Spread over the interval, or all senders would send at once for good.
    await pass((everyMs * sender) / senders);
    for (let n = 0; !this.stopping; n++) {
      const begunAt = performance.now();
      const batch = users.map((user) => numberedEvent(user, n, extra));
      for (const { messageId } of batch) this.sentAt.set(messageId, Date.now());
      if (await this.sendUntilTaken(batch)) {
        this.taken.push(...batch);
        for (const { messageId } of batch) this.takenAt.set(messageId, Date.now());
      }
      await pass(Math.max(1, everyMs - (performance.now() - begunAt)));
    }
  }

  /** @returns whether it was taken; only a stop ends the attempts otherwise, and what is in the log then nobody knows. */
  private async sendUntilTaken(batch: readonly NumberedEvent[]): Promise<boolean> {
    while (!this.stopping) {
      const answer = await this.options.segment.sendBatch(batch).catch(() => undefined);
      if (answer?.status === 200) return true;
      if (answer !== undefined) this.refusals.push(answer);
      await pass(RETRY_MS);
    }
    return false;
  }
}
