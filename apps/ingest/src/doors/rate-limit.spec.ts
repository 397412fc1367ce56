import { createHmac } from 'node:crypto';
import { basic, startIngest, type Answer, type RunningIngest } from '../testing/start-ingest.ts';

const track = { type: 'track', userId: 'u1', event: 'x' };
const batchOf = (count: number): object => ({ batch: Array.from({ length: count }, () => track) });

let ingest: RunningIngest;
beforeEach(async () => {
  ingest = await startIngest({ rateLimit: { count: 5, perMs: 60_000 } });
});
afterEach(() => ingest.close());

function postWebhook(events: readonly object[]): Promise<Answer> {
  const body = JSON.stringify(events);
  return ingest.post('/webhooks/segment', body, { 'x-signature': createHmac('sha1', 'secret-shop').update(body).digest('hex') });
}

describe('a key above its rate', () => {
  it('is told 429 by the tracking API, which SDKs do not count as an attempt, and when to come back', async () => {
    expect((await ingest.post('/v1/batch', batchOf(5), basic('write-shop'))).status).toBe(200);
    for (const [path, body] of [
      ['/v1/track', track],
      ['/v1/batch', batchOf(1)],
      ['/v1/page', {}],
    ] as const) {
      const answer = await ingest.post(path, body, basic('write-shop'));
      expect(answer).toMatchObject({ status: 429, body: { success: false, message: expect.any(String) as string } });
      expect(answer.headers.get('retry-after')).toMatch(/^1[0-2]$/);
    }
    expect(ingest.log.appended).toHaveLength(5);
    expect(await ingest.metrics.text()).toContain(
      'bridge_ingest_rate_limited_total{source="shop",door="tracking",app="ingest"} 3',
    );
  });

  it('is told 503 by the other doors: their senders give up on a 4xx', async () => {
    const send = {
      partner: () => ingest.post('/segment', track, basic('extole-shop')),
      webhook: () => postWebhook([track]),
      deletion: () => ingest.post('/v1/delete', { userId: 'u1' }, basic('delete-shop')),
    };
    for (const post of Object.values(send)) {
      for (let n = 0; n < 5; n++) expect((await post()).status).toBeLessThan(300);
      const answer = await post();
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toMatch(/^1[0-2]$/);
    }
  });

  it('holds up no other key, not even of its own source', async () => {
    await ingest.post('/v1/batch', batchOf(50), basic('write-shop'));
    expect((await ingest.post('/v1/track', track, basic('write-shop'))).status).toBe(429);
    expect((await ingest.post('/v1/track', track, basic('write-shop-next'))).status).toBe(200);
    expect((await ingest.post('/v1/track', track, basic('write-app'))).status).toBe(200);
    expect((await ingest.post('/v1/delete', { userId: 'u1' }, basic('delete-shop'))).status).toBe(202);
  });

  it('is not used up by somebody who does not hold it', async () => {
    for (let n = 0; n < 20; n++) await ingest.post('/v1/track', track, basic('write-sho'));
    expect((await ingest.post('/v1/track', track, basic('write-shop'))).status).toBe(200);
  });

  it('uses it up with bad events as well', async () => {
    await ingest.post('/v1/batch', { batch: [0, 0, 0, 0, 0] }, basic('write-shop'));
    expect((await ingest.post('/v1/track', track, basic('write-shop'))).status).toBe(429);
  });
});
