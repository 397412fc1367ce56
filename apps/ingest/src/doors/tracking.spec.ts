import { gzipSync } from 'node:zlib';
import { Analytics } from '@segment/analytics-node';
import { LogUnavailableError } from '#event-log';
import { basic, startIngest, type RunningIngest } from '../testing/start-ingest.ts';

const track = { userId: 'u1', event: 'Signed Up', messageId: 'm1', properties: { plan: 'pro' } };

let ingest: RunningIngest;
beforeEach(async () => {
  ingest = await startIngest();
});
afterEach(() => ingest.close());

describe('the tracking API', () => {
  it.each([
    ['identify', 'i'],
    ['track', 't'],
  ])('takes POST /v1/%s, /v1/%s, with and without a slash at the end', async (long, short) => {
    for (const path of [`/v1/${long}`, `/v1/${long}/`, `/v1/${short}`, `/v1/${short}/`]) {
      expect(await ingest.post(path, track, basic('write-shop'))).toMatchObject({ status: 200, body: { success: true } });
    }
    expect(ingest.log.values('segment.events.shop')).toHaveLength(4);
    expect(ingest.log.values('events')[0]).toMatchObject({ type: long, userId: 'u1', messageId: 'm1' });
  });

  it.each(['page', 'p', 'screen', 's', 'group', 'g', 'alias', 'a'])(
    'answers 200 to /v1/%s, counts it, and writes nothing',
    async (path) => {
      expect((await ingest.post(`/v1/${path}`, { userId: 'u1' }, basic('write-shop'))).status).toBe(200);
      expect(ingest.log.appended).toEqual([]);
      expect(await ingest.metrics.text()).toMatch(
        /bridge_ingest_unsupported_total\{source="shop",door="tracking",type="\w+",app="ingest"\} 1/,
      );
    },
  );

  it.each(['identify', 'track', 'page', 'alias'])(
    'refuses a deletion at /v1/%s instead of losing it behind a 200',
    async (path) => {
      const deletion = { type: 'delete', userId: 'secret-user', event: 'Signed Up' };
      expect(await ingest.post(`/v1/${path}`, deletion, basic('write-shop'))).toMatchObject({
        status: 400,
        body: { success: false, message: expect.stringContaining('/v1/delete') as string },
      });
      expect(ingest.log.appended).toEqual([]);
    },
  );

  it('writes under the subject of the event, with its facts in headers, for the source of the key', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await ingest.post('/v1/track', track, { ...basic('write-app'), traceparent });
    expect(ingest.log.appended[0]).toMatchObject({
      topic: 'test.segment.events.app',
      record: { key: 'u1', headers: { type: 'track', messageId: 'm1', traceparent } },
    });
  });

  it('answers only when the log has acknowledged everything (P1)', async () => {
    const acknowledge = ingest.log.holdAcknowledgements();
    let hasAnswered = false;
    const answer = ingest.post('/v1/batch', { batch: [{ type: 'track', ...track }] }, basic('write-shop')).finally(() => {
      hasAnswered = true;
    });
    await until(() => ingest.log.appended.length === 1);
    // A second, whole round trip: an answer to the first would have come by then.
    await fetch(`${ingest.url}/docs-json`);
    expect(hasAnswered).toBe(false);
    acknowledge();
    expect((await answer).status).toBe(200);
  });
});

describe('a batch', () => {
  it.each(['/v1/batch', '/v1/import/', '/v1/b'])('comes in at %s, and keeps its order', async (path) => {
    const batch = [1, 2, 3].map((n) => ({ ...track, type: 'track', messageId: `m${n}` }));
    expect((await ingest.post(path, { batch, writeKey: 'write-shop' })).status).toBe(200);
    expect(ingest.log.values('events')).toMatchObject([{ messageId: 'm1' }, { messageId: 'm2' }, { messageId: 'm3' }]);
  });

  it('is answered 200 with bad events in it, which are counted and logged by reason, without their values', async () => {
    const batch = [{ type: 'track', ...track }, { type: 'track', userId: 'secret-user' }, 7, { type: 'page' }];
    expect((await ingest.post('/v1/batch', { batch }, basic('write-shop'))).status).toBe(200);
    expect(ingest.log.values('events')).toHaveLength(1);
    const text = await ingest.metrics.text();
    for (const reason of ['missing_event', 'not_an_object']) {
      expect(text).toContain(`bridge_ingest_rejected_total{source="shop",door="tracking",reason="${reason}",app="ingest"} 1`);
      expect(ingest.lines.join('')).toContain(reason);
    }
    expect(text).toContain('bridge_ingest_events_total{source="shop",door="tracking",type="track",app="ingest"} 1');
    expect(ingest.lines.join('') + text).not.toContain('secret-user');
  });

  it('tells that a deletion is not taken here, once the rest is in the log', async () => {
    const batch = [{ type: 'track', ...track }, { type: 'delete', userId: 'secret-user' }, { type: 'page' }];
    expect(await ingest.post('/v1/batch', { batch }, basic('write-shop'))).toMatchObject({
      status: 400,
      body: { success: false, message: expect.stringContaining('/v1/delete') as string },
    });
    expect(ingest.log.values('events')).toHaveLength(1);
    const text = await ingest.metrics.text();
    expect(text).toContain(
      'bridge_ingest_rejected_total{source="shop",door="tracking",reason="deletion_not_allowed",app="ingest"} 1',
    );
    expect(ingest.lines.join('') + text).not.toContain('secret-user');
  });

  it('lends its context to its events', async () => {
    const batch = [{ type: 'track', ...track, context: { ip: '2.2.2.2' } }];
    await ingest.post('/v1/batch', { batch, context: { ip: '1.1.1.1', library: { name: 'x' } } }, basic('write-shop'));
    expect(ingest.log.values('events')).toMatchObject([{ context: { ip: '2.2.2.2', library: { name: 'x' } } }]);
  });

  it.each([
    ['no array', { batch: { 0: track } }],
    ['no batch', {}],
    ['2,501 events', { batch: Array.from({ length: 2_501 }, () => 0) }],
    [
      'more than 500 KB',
      { batch: Array.from({ length: 20 }, () => ({ type: 'track', ...track, properties: { a: 'x'.repeat(30_000) } })) },
    ],
    ['a context that no event could hold', { batch: [], context: { a: 'x'.repeat(40_000) } }],
    ['a body that is no object', [track]],
  ])('with %s is a 400', async (_, body) => {
    expect(await ingest.post('/v1/batch', body, basic('write-shop'))).toMatchObject({
      status: 400,
      body: { success: false, message: expect.any(String) as string },
    });
    expect(ingest.log.appended).toEqual([]);
  });

  it('is not let through by a key __proto__ in its body', async () => {
    const body = '{"__proto__":{"batch":[]},"batch":"none"}';
    expect((await ingest.post('/v1/batch', body, basic('write-shop'))).status).toBe(400);
  });

  it('may be empty', async () => {
    expect((await ingest.post('/v1/batch', { batch: [] }, basic('write-shop'))).status).toBe(200);
  });
});

describe('write keys', () => {
  it.each([
    ['in the header', {}, basic('write-shop')],
    ['in the header, a second one of the source', {}, basic('write-shop-next')],
    ['in the body', { writeKey: 'write-shop' }, {}],
    ['in both, as browsers do', { writeKey: 'write-shop' }, basic('write-shop')],
    ['in the body, with an empty user name', { writeKey: 'write-shop' }, basic('')],
  ])('%s are taken', async (_, body, headers) => {
    expect((await ingest.post('/v1/track', { ...track, ...body }, headers)).status).toBe(200);
    expect(ingest.log.appended[0]?.topic).toBe('test.segment.events.shop');
  });

  it.each([
    ['no key', {}, {}],
    ['an unknown key', {}, basic('write-none')],
    ['an Extole key', {}, basic('extole-shop')],
    ['a deletion key', { writeKey: 'delete-shop' }, {}],
    ['a key of the wrong type', { writeKey: 7 }, {}],
    ['another scheme', {}, { authorization: 'Bearer write-shop' }],
  ])('%s is a 401, always the same', async (_, body, headers) => {
    expect(await ingest.post('/v1/track', { ...track, ...body }, headers)).toMatchObject({
      status: 401,
      body: { success: false, message: 'the write key is missing or unknown' },
    });
    expect(ingest.log.appended).toEqual([]);
  });
});

describe('bodies', () => {
  it('may be text/plain, as browsers send them', async () => {
    const headers = { 'content-type': 'text/plain;charset=UTF-8' };
    expect((await ingest.post('/v1/t', { ...track, writeKey: 'write-shop' }, headers)).status).toBe(200);
  });

  it('may be gzip, as text/plain too, as Kotlin and Swift send them', async () => {
    const body = gzipSync(JSON.stringify({ batch: [{ type: 'track', ...track }], writeKey: 'write-shop' }));
    for (const type of ['application/json; charset=utf-8', 'text/plain']) {
      expect((await ingest.post('/v1/b', body, { 'content-type': type, 'content-encoding': 'gzip' })).status).toBe(200);
    }
    expect(ingest.log.values('events')).toHaveLength(2);
  });

  it.each([
    [400, 'no JSON', '{"userId":"u1"', {}],
    [400, 'empty', '', {}],
    [400, 'no object', '7', {}],
    [400, 'no gzip', 'abc', { 'content-encoding': 'gzip' }],
    [415, 'XML', '<a/>', { 'content-type': 'application/xml' }],
    [415, 'a form', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }],
    [415, 'Brotli', 'abc', { 'content-encoding': 'br' }],
    [413, 'more than 1 MB', `"${'x'.repeat(1_100_000)}"`, {}],
    [413, 'a gzip bomb', gzipSync(Buffer.alloc(50_000_000, 32)), { 'content-encoding': 'gzip' }],
    [400, 'an event of more than 32 KB', JSON.stringify({ ...track, properties: { a: 'x'.repeat(33_000) } }), {}],
  ])('%i: %s', async (status, _, body, headers) => {
    expect(await ingest.post('/v1/track', body, { ...basic('write-shop'), ...headers })).toMatchObject({
      status,
      body: { success: false, message: expect.any(String) as string },
    });
    expect(ingest.log.appended).toEqual([]);
  });

  it('of hostile depth are refused like other bad events', async () => {
    const body = `{"userId":"u1","event":"x","properties":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`;
    expect((await ingest.post('/v1/track', body, basic('write-shop'))).status).toBe(200);
    expect(ingest.log.appended).toEqual([]);
  });
});

describe('when the log does not take events', () => {
  it('one failed append fails the whole request with 503 and Retry-After: the sender repeats it all', async () => {
    ingest.log.failWhen(({ key }) => (key === 'u2' ? new LogUnavailableError('log_unavailable', 'no broker', 1.2) : undefined));
    const batch = ['u1', 'u2', 'u3'].map((userId) => ({ ...track, type: 'track', userId }));
    const answer = await ingest.post('/v1/batch', { batch }, basic('write-shop'));
    expect(answer).toMatchObject({ status: 503, body: { success: false } });
    expect(answer.headers.get('retry-after')).toBe('2');
  });

  it('a full queue is a 429 with Retry-After, which SDKs do not count as an attempt', async () => {
    ingest.log.failWhen(() => new LogUnavailableError('log_queue_full', 'full', 0.2));
    const answer = await ingest.post('/v1/track', track, basic('write-shop'));
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  it('a bug is a 500 that tells nothing, and is logged without values', async () => {
    ingest.log.failWhen(() => new Error('secret-user'));
    expect(await ingest.post('/v1/track', track, basic('write-shop'))).toMatchObject({
      status: 500,
      body: { success: false, message: 'internal server error' },
    });
    expect(ingest.lines.join('')).toContain('request_failed');
    expect(ingest.lines.join('')).not.toContain('secret-user');
  });
});

describe('browsers', () => {
  it('may ask before they send, from any origin, once a day', async () => {
    const preflight = await fetch(`${ingest.url}/v1/t`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://shop.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,x-retry-count',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
    expect(preflight.headers.get('access-control-allow-headers')).toBe(
      'Authorization, Content-Type, Content-Encoding, X-Retry-Count',
    );
    expect(preflight.headers.get('access-control-max-age')).toBe('86400');
  });

  it('may read the answer, also of a refusal', async () => {
    for (const key of ['write-shop', 'write-none']) {
      const answer = await ingest.post('/v1/t', track, { ...basic(key), origin: 'https://shop.example' });
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    }
  });

  it('are told by the settings to send where they asked', async () => {
    const response = await fetch(`${ingest.url}/v1/projects/write-shop/settings`, {
      headers: { origin: 'https://shop.example' },
    });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await response.json()).toMatchObject({
      integrations: { 'Segment.io': { apiKey: 'write-shop', apiHost: `${new URL(ingest.url).host}/v1`, protocol: 'http' } },
      metrics: { sampleRate: 0 },
    });
  });

  it('behind a proxy are told the host and protocol that the proxy was asked for', async () => {
    const headers = { 'x-forwarded-host': 'events.shop.example', 'x-forwarded-proto': 'https' };
    const response = await fetch(`${ingest.url}/v1/projects/write-shop/settings`, { headers });
    expect(await response.json()).toMatchObject({
      integrations: { 'Segment.io': { apiHost: 'events.shop.example/v1', protocol: 'https' } },
    });
  });

  it('get no settings for a key that is no write key', async () => {
    for (const key of ['write-none', 'delete-shop']) {
      expect((await fetch(`${ingest.url}/v1/projects/${key}/settings`)).status).toBe(404);
    }
  });
});

describe('unknown paths', () => {
  const LONG_PROJECT = `/v1/projects/${'extra'.repeat(100)}/settings`;

  it.each(['/v1/nothing', '/', '/v1/track/extra', '/%zzextra', '/segment/%zzextra', LONG_PROJECT])(
    '%s is JSON in the shape of the API, never a redirect',
    async (path) => {
      const answer = await ingest.post(path, track, basic('write-shop'));
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(405);
      const { success, ...rest } = answer.body as Record<string, unknown>;
      expect(success).toBe(false);
      expect(rest).toEqual({ message: expect.any(String) as string });
      expect(JSON.stringify(answer.body)).not.toContain('extra');
    },
  );
});

describe("Segment's own server SDK", () => {
  it('delivers through us, its events complete and in order', async () => {
    const errors: unknown[] = [];
    const analytics = new Analytics({ writeKey: 'write-shop', host: ingest.url, flushAt: 3 });
    analytics.on('error', (error) => errors.push(error));
    analytics.identify({ userId: 'u1', traits: { email: 'ada@example.com' } });
    analytics.track({ userId: 'u1', event: 'Order Completed', properties: { total: '99.90' } });
    analytics.page({ userId: 'u1', name: 'Home' });
    await analytics.closeAndFlush();
    expect(errors).toEqual([]);
    expect(ingest.log.values('segment.events.shop')).toMatchObject([
      { type: 'identify', userId: 'u1', traits: { email: 'ada@example.com' } },
      { type: 'track', userId: 'u1', event: 'Order Completed', properties: { total: '99.90' } },
    ]);
  });
});

it('measures requests by route and status, never by path', async () => {
  await fetch(`${ingest.url}/v1/projects/write-shop/settings`);
  await ingest.post('/v1/track/', track, basic('write-none'));
  const text = await ingest.metrics.text();
  expect(text).toContain(
    'bridge_ingest_request_seconds_count{app="ingest",route="/v1/projects/:writeKey/settings",status="200"} 1',
  );
  expect(text).toContain('bridge_ingest_request_seconds_count{app="ingest",route="/v1/track",status="401"} 1');
  expect(text).not.toContain('write-shop');
});

it('describes its doors', async () => {
  const document = (await (await fetch(`${ingest.url}/docs-json`)).json()) as { paths: Record<string, unknown> };
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining([
      '/v1/identify',
      '/v1/t',
      '/v1/batch',
      '/v1/import',
      '/segment',
      '/webhooks/segment',
      '/v1/delete',
      '/v1/projects/{writeKey}/settings',
    ]),
  );
  const page = await fetch(`${ingest.url}/docs`);
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(await page.text()).toContain('POST /v1/delete');
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
