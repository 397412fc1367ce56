import { setTimeout } from 'node:timers/promises';
import { LogUnavailableError, sizeOf } from '#event-log';
import { basic, startIngest, type RunningIngest } from '../testing/start-ingest.ts';

const QUEUE_BYTES = 200_000;
const batch = Array.from({ length: 10 }, () => ({ type: 'track', userId: 'u', event: 'x', properties: { a: 'x'.repeat(900) } }));
const small = { userId: 'ann', event: 'Signed Up' };

let ingest: RunningIngest;
let acknowledge: () => void;
let underWay: Promise<unknown>[];

beforeEach(async () => {
  ingest = await startIngest({ logQueueBytes: QUEUE_BYTES });
  // Kafka takes nothing, and the queue holds what it may.
  acknowledge = ingest.log.holdAcknowledgements();
  let queued = 0;
  ingest.log.failWhen((record) => {
    queued += sizeOf(record);
    return queued > QUEUE_BYTES ? new LogUnavailableError('log_queue_full', 'too many records wait for Kafka', 1) : undefined;
  });
  underWay = [];
});
afterEach(async () => {
  acknowledge();
  await Promise.all(underWay);
  await ingest.close();
});

/** Sends a request; resolves with its status, or with undefined once its first record waits for Kafka. */
async function begin(path: string, body: unknown, key: string): Promise<number | undefined> {
  const before = ingest.log.appended.length;
  let status: number | undefined;
  underWay.push(ingest.post(path, body, basic(key)).then((answer) => (status = answer.status)));
  while (status === undefined && ingest.log.appended.length === before) await setTimeout(1);
  return status;
}

/** Sends batches until one is turned away. */
async function flood(key: string): Promise<number> {
  for (let sent = 1; sent <= 100; sent++) {
    const status = await begin('/v1/batch', { batch }, key);
    if (status !== undefined) return status;
  }
  throw new Error('nothing was turned away');
}

/** Sends a request and sees that it waits for Kafka: that it is in. */
async function expectTaken(path: string, body: unknown, key: string): Promise<void> {
  expect({ refused: await begin(path, body, key), path, key }).toEqual({ refused: undefined, path, key });
}

describe('a sender that fills the queue', () => {
  it('is told to come again, and keeps out no other key, no other source and no deletion', async () => {
    expect(await flood('write-shop')).toBe(429);
    await expectTaken('/v1/track', small, 'write-shop-next');
    await expectTaken('/segment', { type: 'track', ...small }, 'extole-shop');
    await expectTaken('/v1/track', small, 'write-app');
    await expectTaken('/v1/delete', { userId: 'ann' }, 'delete-app');
    expect(await ingest.metrics.text()).toContain(
      'bridge_ingest_turned_away_total{status="429",reason="share_full",app="ingest"} 1',
    );
  });

  it('does so with any number of others, and a deletion has room still', async () => {
    for (const key of ['write-shop', 'write-shop-next', 'write-app']) expect(await flood(key)).toBe(429);
    await expectTaken('/v1/delete', { userId: 'ann' }, 'delete-shop');
  });

  it('has most of the queue while it is alone, and all of its share again once Kafka has taken it', async () => {
    expect(await flood('write-shop')).toBe(429);
    const first = ingest.log.appended.length;
    expect(first).toBeGreaterThanOrEqual(110);
    ingest.log.failWhen(() => undefined);
    acknowledge();
    await Promise.all(underWay);
    acknowledge = ingest.log.holdAcknowledgements();
    expect(await flood('write-shop')).toBe(429);
    expect(ingest.log.appended.length).toBe(2 * first);
  });
});
