import { setTimeout as pass } from 'node:timers/promises';
import { callsFor, deliveryFaults, repeatsAmong } from './support/extole-calls.ts';
import { numberedEvent, type NumberedEvent } from './support/numbered-events.ts';
import { outcomeFaults, readBothTopics } from './support/outcome-facts.ts';
import type { DoorAnswer, SegmentClient } from './support/segment-client.ts';
import { untilSettled } from './support/settled.ts';
import { startOwnBroker, type OwnBroker } from './support/test-kafka.ts';
import { startStack, type TestStack } from './support/test-stack.ts';
import { waitFor } from './support/wait-for.ts';

/** LONG=1 for an outage as long as a broker's restart on a busy day. */
const OUTAGE_MS = process.env['LONG'] === '1' ? 30_000 : 12_000;
const CONCURRENCY = 32;
const SENDERS = 8;
const BATCH = 10;

/**
 * Sends like an SDK: one batch after the other, the same one again until it is taken. So what it has not given up lies in the log in the order of
 * its sending, and a batch whose answer was no 2xx may be in it twice.
 */
class Sender {
  readonly taken: NumberedEvent[] = [];
  readonly refusals: DoorAnswer[] = [];
  private stopping = false;
  private readonly running: Promise<void>;

  constructor(
    private readonly segment: SegmentClient,
    private readonly user: string,
  ) {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
  }

  /** Nobody is left to send to. */
  giveUp(): void {
    this.stopping = true;
    this.running.catch(() => undefined);
  }

  private async run(): Promise<void> {
    for (let n = 0; !this.stopping; n += BATCH) {
      const batch = Array.from({ length: BATCH }, (_, index) => numberedEvent(this.user, n + index));
      await this.sendUntilTaken(batch);
      this.taken.push(...batch);
      await pass(20);
    }
  }

  private async sendUntilTaken(batch: readonly NumberedEvent[]): Promise<void> {
    for (;;) {
      const answer = await this.segment.sendBatch(batch);
      if (answer.status === 200) return;
      this.refusals.push(answer);
      await pass(200);
    }
  }
}

describe('P1: nothing acknowledged is lost', () => {
  let broker: OwnBroker;
  let stack: TestStack;

  beforeAll(async () => {
    broker = await startOwnBroker();
    stack = await startStack({
      brokers: broker.brokers,
      env: { EXTOLE_MAX_CONCURRENCY: String(CONCURRENCY), DRAIN_TIMEOUT: '2s', EXTOLE_TIMEOUT_MS: '2000' },
    });
  }, 120_000);

  it('keeps what it has acknowledged when the broker goes away under load, refuses the rest with a Retry-After, and goes on by itself', async () => {
    const senders = Array.from({ length: SENDERS }, (_, index) => new Sender(stack.segment, `p1-${index}`));
    const countTaken = (): number => senders.reduce((sum, { taken }) => sum + taken.length, 0);
    await waitFor(() => countTaken() > 1_000, { describe: 'a flow of events' });

    await broker.stop();
    const takenAtStop = countTaken();
    await pass(OUTAGE_MS);
    const takenInOutage = countTaken() - takenAtStop;
    const readiness = await stack.ingest.ask('/health/ready');
    await broker.start();
    const takenAtReturn = countTaken();
    await waitFor(() => countTaken() > takenAtReturn + 1_000, { timeoutMs: 60_000, describe: 'the flow to go on' });
    await Promise.all(senders.map((sender) => sender.stop()));

    // Answers that were on their way when the broker had just ended.
    expect(takenInOutage).toBeLessThanOrEqual(SENDERS * BATCH);
    expect(readiness).toMatchObject({ status: 503, text: expect.stringContaining('log_unavailable') as unknown });
    const refusals = senders.flatMap((sender) => sender.refusals);
    expect(refusals.length).toBeGreaterThanOrEqual(SENDERS);
    for (const { status, headers } of refusals) {
      expect([429, 503]).toContain(status);
      expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    }

    const taken = senders.flatMap((sender) => sender.taken);
    await untilSettled(stack, 90_000);
    const topics = await readBothTopics(stack);
    const inLog = new Set(topics.events.map(({ headers }) => headers['messageId']));
    expect(taken.filter(({ messageId }) => !inLog.has(messageId))).toHaveLength(0);

    const ledger = await stack.extole.ledger();
    expect(deliveryFaults(taken, ledger)).toEqual([]);
    expect(repeatsAmong(callsFor(taken, ledger)).length).toBeLessThanOrEqual(2 * CONCURRENCY);
    expect(outcomeFaults(topics, { restated: true })).toEqual([]);
    expect(stack.forwarders.every(({ isRunning }) => isRunning) && stack.ingest.isRunning).toBe(true);
  }, 240_000);

  it('ends when told to stop while the broker is away, and says so where something is unfinished', async () => {
    const sender = new Sender(stack.segment, 'p1-stopped');
    await stack.extole.behaviour({ latencyMs: 500, jitterMs: 0 });
    await waitFor(() => sender.taken.length > BATCH, { describe: 'a flow of events' });
    await broker.kill9();
    sender.giveUp();
    for (const app of [stack.ingest, ...stack.forwarders]) {
      const { code, signal } = await app.terminate();
      expect(signal).toBeNull();
      expect([code, app.output.includes('stop_overdue')]).toEqual(code === 0 ? [0, false] : [1, true]);
    }
  }, 120_000);
});
