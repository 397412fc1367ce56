import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createKafka, SESSION_TIMEOUT_MS, type LogSink } from '#event-log';
import { startChaosBroker, type ChaosBroker } from './chaos/support/chaos-broker.ts';
import { atTestEnd } from './support/test-end.ts';
import { withAdmin } from './support/test-kafka.ts';
import { waitFor } from './support/wait-for.ts';

const HOUR_MS = 3_600_000;
const QUIET: LogSink = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A confirmation of our membership: when it is said to have been true, and when we heard of it (monotonic milliseconds). */
interface Confirmation {
  readonly sentAt: number;
  readonly heardAt: number;
}

describe('membership in the consumer group, which the right to deliver rests on (P8)', () => {
  let broker: ChaosBroker;

  beforeAll(async () => {
    broker = await startChaosBroker({ heapMb: 256 });
  }, 90_000);

  afterEach(() => {
    jest.restoreAllMocks();
    broker.proxy.delayMs = 0;
  });

  /** Joins a group of its own through the proxy; the confirmations are collected as they come, and Kafka's id of the member at each join. */
  async function join(memberIds: string[] = []): Promise<Confirmation[]> {
    const topic = `membership-${randomUUID()}`;
    await withAdmin(
      (admin) => admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true }),
      broker.brokers,
    );
    const confirmations: Confirmation[] = [];
    const kafka = createKafka({ brokers: [broker.proxiedBrokers], clientId: 'membership', ssl: false }, QUIET);
    const consumer = kafka.consumer({
      groupId: topic,
      topics: [topic],
      member: () => ({ name: topic, owned: [] }),
      drainTimeoutMs: 20_000,
      monotonicNow: () => performance.now(),
      events: {
        beforeRebalance: () => Promise.resolve(),
        assigned: ({ memberId }) => void memberIds.push(memberId),
        records: () => Promise.resolve(),
        membershipConfirmed: (sentAt) => confirmations.push({ sentAt, heardAt: performance.now() }),
        partitionFailed: () => undefined,
        crashed: () => undefined,
      },
    });
    atTestEnd(() => consumer.stop());
    await consumer.start();
    await waitFor(() => confirmations.length > 0, { describe: 'a first heartbeat' });
    return confirmations;
  }

  it('goes on being confirmed when the wall clock steps back by an hour', async () => {
    const confirmations = await join();
    const now = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => now() - HOUR_MS);
    const before = confirmations.length;
    // Not by waitFor: it goes by the wall clock, too.
    for (let polls = 0; polls < 100 && confirmations.length < before + 3; polls++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(confirmations.length).toBeGreaterThanOrEqual(before + 3);
  }, 60_000);

  it('is confirmed as of the sending of a heartbeat, however late its answer is heard', async () => {
    const confirmations = await join();
    broker.proxy.delayMs = 1_500;
    // The first ones may have been under way already.
    const before = confirmations.length + 2;
    await waitFor(() => confirmations.length > before, { describe: 'heartbeats over a slow network' });
    const ages = confirmations.slice(before).map(({ sentAt, heardAt }) => heardAt - sentAt);
    expect(Math.min(...ages)).toBeGreaterThan(2_900);
  }, 60_000);

  it('goes on after an outage of the broker: as the member that it was, and soon', async () => {
    const memberIds: string[] = [];
    const confirmations = await join(memberIds);
    await broker.stop();
    await broker.start();
    const backAt = performance.now();
    await waitFor(() => confirmations.some(({ sentAt }) => sentAt > backAt), { describe: 'a heartbeat that is answered' });
    expect(performance.now() - backAt).toBeLessThan(SESSION_TIMEOUT_MS / 2);
    expect(new Set(memberIds).size).toBe(1);
  }, 90_000);
});
