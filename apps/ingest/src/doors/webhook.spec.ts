import { createHmac } from 'node:crypto';
import { startIngest, type RunningIngest } from '../testing/start-ingest.ts';

const events = [1, 2].map((n) => ({ type: 'track', userId: 'u1', event: 'Signed Up [a, b] "c\\"', messageId: `m${n}` }));

let ingest: RunningIngest;
afterEach(() => ingest.close());

function signed(text: string, secret = 'secret-app'): Record<string, string> {
  return { 'x-signature': createHmac('sha1', secret).update(text).digest('hex') };
}

describe('the webhook door', () => {
  beforeEach(async () => {
    ingest = await startIngest();
  });

  it('takes one event for the source whose secret signed it', async () => {
    const body = JSON.stringify(events[0]);
    expect((await ingest.post('/webhooks/segment', body, signed(body))).status).toBe(200);
    expect(ingest.log.appended[0]?.topic).toBe('test.segment.events.app');
  });

  it('takes a batch whose whole body is signed', async () => {
    const body = JSON.stringify(events);
    expect((await ingest.post('/webhooks/segment/', body, signed(body, 'secret-shop'))).status).toBe(200);
    expect(ingest.log.values('events.shop')).toHaveLength(2);
  });

  it('answers 200 to a message that it cannot take, and counts it', async () => {
    const body = JSON.stringify([events[0], { type: 'track', userId: 'u1' }]);
    expect((await ingest.post('/webhooks/segment', body, signed(body))).status).toBe(200);
    expect(await ingest.metrics.text()).toContain('door="webhook",reason="missing_event",app="ingest"} 1');
  });

  it('tells that a deletion is not taken here, instead of losing it behind a 200', async () => {
    const body = JSON.stringify({ type: 'delete', userId: 'u1' });
    expect((await ingest.post('/webhooks/segment', body, signed(body))).status).toBe(501);
    expect(ingest.log.appended).toEqual([]);
  });

  it.each([
    ['no signature', {}],
    ['a signature by another secret', signed(JSON.stringify(events), 'guess')],
    ['a signature over something else', signed('{}')],
    ['no hex', { 'x-signature': 'z'.repeat(40) }],
  ])('answers 401 to %s', async (_, headers) => {
    const answer = await ingest.post('/webhooks/segment', JSON.stringify(events), headers);
    expect(answer.status).toBe(401);
    expect(Object.keys(answer.body as object)).toEqual(['message']);
    expect(ingest.log.appended).toEqual([]);
  });

  it('refuses a batch of which only the first event is signed', async () => {
    const headers = signed(JSON.stringify(events[0]));
    expect((await ingest.post('/webhooks/segment', JSON.stringify(events), headers)).status).toBe(403);
    expect(ingest.log.appended).toEqual([]);
    expect(ingest.lines.join('')).toContain('webhook_batch_refused');
  });

  it('takes a batch of one that is signed as Segment does it', async () => {
    const headers = signed(JSON.stringify(events[0]));
    expect((await ingest.post('/webhooks/segment', JSON.stringify([events[0]]), headers)).status).toBe(200);
  });
});

describe('the webhook door with WEBHOOK_BATCH_SIGNATURE=first-event', () => {
  beforeEach(async () => {
    ingest = await startIngest({ webhookBatchSignature: 'first-event' });
  });

  it('takes a batch of which only the first event is signed, as it was sent', async () => {
    const first = JSON.stringify(events[0], null, 2);
    const body = `[ ${first} , ${JSON.stringify(events[1])}]`;
    expect((await ingest.post('/webhooks/segment', body, signed(first))).status).toBe(200);
    expect(ingest.log.values('events')).toHaveLength(2);
    expect(ingest.lines.join('')).toContain('"kind":"first-event"');
  });

  it('does not take a signature over the second event', async () => {
    const headers = signed(JSON.stringify(events[1]));
    expect((await ingest.post('/webhooks/segment', JSON.stringify(events), headers)).status).toBe(401);
  });
});
