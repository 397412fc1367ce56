import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '#delivery';
import { createKafka, encodeEvent, encodeOutcome, LogWriter, partitionFor, type LogSink } from '#event-log';
import { SubjectHasher, toSubjectKey, type SegmentEvent } from '#segment';
import { callsFor, deliveryFaults, repeatsAmong } from '../support/extole-calls.ts';
import { eventEnds, moveGroup } from '../support/group-offsets.ts';
import { numberedEvents, sendInBatches } from '../support/numbered-events.ts';
import { untilCalls, untilSettled } from '../support/settled.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { startStack, type TestStack } from '../support/test-stack.ts';
import { startChaosBroker } from './support/chaos-broker.ts';
import { reportFigure } from './support/figures.ts';
import { scaled } from './support/scale.ts';
import { largest, median } from './support/statistics.ts';

const OUTCOMES = scaled(1_000_000, 20_000);
const PARTITIONS = 12;
const USERS = 100_000;
const AT_ONCE = 20_000;
const CONCURRENCY = 128;
const FIRST_CALL_BOUND_S = 5;
const KILLS = scaled(5, 2);
const QUIET: LogSink = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Seconds from a kill to the first call after it, and until each partition has called again; and how many records the start has read back. */
interface Recovery {
  readonly firstCall: number;
  readonly allPartitions: number;
  readonly readBack: number;
}

describe('a kill -9 with a full window', () => {
  let stack: TestStack;
  let stateDir: string;

  beforeAll(async () => {
    const { brokers } = await startChaosBroker({ heapMb: 512 });
    stateDir = tempFolder('state');
    stack = await startStack({
      brokers,
      partitions: PARTITIONS,
      forwarders: 0,
      env: { EXTOLE_MAX_CONCURRENCY: String(CONCURRENCY) },
    });
    await fillWindow(brokers);
    await moveGroup(stack, await eventEnds(stack));
    await stack.extole.behaviour({ latencyMs: 20, jitterMs: 20 });
    await stack.startForwarder({ stateDir });
  }, 300_000);

  /** Delivered events of the past, written as ingest and forwarder would have. */
  async function fillWindow(brokers: string): Promise<void> {
    const kafka = createKafka({ brokers: [brokers], clientId: 'window', ssl: false }, QUIET);
    const writer = new LogWriter({ kafka, log: QUIET, deadlineMs: 60_000, maxQueuedBytes: 512 * 1024 ** 2 });
    const hasher = new SubjectHasher(stack.env['SUBJECT_HASH_KEY'] ?? '', 'default');
    await writer.connect();
    for (let start = 0; start < OUTCOMES; start += AT_ONCE) {
      const count = Math.min(AT_ONCE, OUTCOMES - start);
      await Promise.all(Array.from({ length: count }, (_, index) => appendDelivered(writer, hasher, start + index)));
    }
    await writer.close();
  }

  async function appendDelivered(writer: LogWriter, hasher: SubjectHasher, number: number): Promise<void> {
    const at = new Date().toISOString();
    const userId = `past-${number % USERS}`;
    const messageId = `past-message-${number}`;
    const event: SegmentEvent = { type: 'track', messageId, userId, event: 'Past', timestamp: at, receivedAt: at };
    const position = await writer.append(stack.topics.events, encodeEvent(event, toSubjectKey(userId)));
    const subject = hasher.subject(toSubjectKey(userId));
    const outcome: Outcome = {
      schema: 1,
      outcome: 'delivered',
      type: 'track',
      event: 'Past',
      subject,
      messageId,
      messageKey: hasher.dedupKey(subject, 'message', messageId),
      position,
      attempts: 1,
      status: 200,
      mappingVersion: 'default',
      latencyMs: 25,
      at,
    };
    await writer.append(stack.topics.outcomes, encodeOutcome(outcome), position.partition);
  }

  /** Kills the forwarder in the middle of a backlog, and starts it again. */
  async function recoverFromKill(prefix: string, spoil: () => void = () => undefined): Promise<Recovery> {
    await stack.extole.reset();
    await stack.extole.behaviour({ latencyMs: 20, jitterMs: 20 });
    const events = numberedEvents({ total: 10_000, users: 1_000, prefix });
    await sendInBatches(stack.segment, events);
    await untilCalls(stack, 500);
    const killedAt = Date.now();
    await stack.forwarders.at(-1)?.kill9();
    const before = (await stack.extole.summary()).calls;
    expect(before).toBeLessThan(events.length);
    spoil();
    const forwarder = await stack.startForwarder({ stateDir });
    await untilSettled(stack, 120_000);
    const ledger = await stack.extole.ledger();
    expect(deliveryFaults(events, ledger)).toEqual([]);
    expect(repeatsAmong(callsFor(events, ledger)).length).toBeLessThanOrEqual(2 * CONCURRENCY);

    const firstCalls = new Map<number, number>();
    for (const { seq, at, partnerUserId } of ledger) {
      const partition = partitionFor(partnerUserId ?? '', PARTITIONS);
      if (seq > before && !firstCalls.has(partition)) firstCalls.set(partition, (at - killedAt) / 1_000);
    }
    expect(firstCalls.size).toBe(PARTITIONS);
    const restored = forwarder.logs.filter(({ event }) => event === 'partition_restored');
    return {
      firstCall: Math.min(...firstCalls.values()),
      allPartitions: Math.max(...firstCalls.values()),
      readBack: restored.reduce((sum, { count }) => sum + Number(count), 0),
    };
  }

  function report(name: string, recoveries: readonly Recovery[]): void {
    const all = recoveries.map(({ allPartitions }) => allPartitions);
    const first = recoveries.map(({ firstCall }) => firstCall);
    reportFigure({
      name: `kill -9 to the first call, ${name}, ${OUTCOMES} outcomes in the window`,
      values: { median: median(first), max: largest(first) },
      unit: 's',
      bound: FIRST_CALL_BOUND_S,
    });
    reportFigure({
      name: `kill -9 until every partition has called again, ${name}, ${OUTCOMES} outcomes in the window`,
      values: { median: median(all), max: largest(all) },
      unit: 's',
    });
    reportFigure({ name: `records read back, ${name}`, values: { median: median(recoveries.map(({ readBack }) => readBack)) } });
    expect(largest(first)).toBeLessThan(FIRST_CALL_BOUND_S);
  }

  it('calls again in under 5 s from the checkpoints', async () => {
    await stack.forwarders.at(-1)?.terminate();
    await stack.startForwarder({ stateDir });
    const recoveries: Recovery[] = [];
    for (let kill = 0; kill < KILLS; kill++) recoveries.push(await recoverFromKill(`window-${kill}`));
    report('with checkpoints', recoveries);
  }, 600_000);

  it('knows from the checkpoints what it has delivered', async () => {
    await stack.extole.reset();
    const past = Array.from({ length: 1_000 }, (_, number) => ({
      type: 'track' as const,
      event: 'Past',
      userId: `past-${number % USERS}`,
      messageId: `past-message-${number}`,
    }));
    await sendInBatches(stack.segment, past);
    await untilSettled(stack);
    expect(callsFor(past, await stack.extole.ledger())).toHaveLength(0);
  }, 60_000);

  it('calls again in under 5 s when the checkpoints are gone, from the topics alone', async () => {
    const removeCheckpoints = (): void =>
      readdirSync(stateDir)
        .filter((name) => name.endsWith('.checkpoint'))
        .forEach((name) => rmSync(join(stateDir, name)));
    const recoveries: Recovery[] = [];
    for (let kill = 0; kill < KILLS; kill++) recoveries.push(await recoverFromKill(`bare-window-${kill}`, removeCheckpoints));
    report('without checkpoints', recoveries);
    expect(Math.min(...recoveries.map(({ readBack }) => readBack))).toBeGreaterThanOrEqual(OUTCOMES);
  }, 600_000);
});
