import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Verdict } from '#delivery';
import type { ExtoleClientOptions } from './client-options.ts';
import { ExtoleClient } from './extole-client.ts';

const TOKEN = 'secret-token-1';
const BODY = '{"event_name":"x","event_time":"2024-08-07T10:00:00.000Z","data":{"a":"é","b":1.0}}';

interface Seen {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly port: number | undefined;
}

/** A real server that records what it is sent before it answers as the test says. */
class FakeExtole {
  readonly seen: Seen[] = [];
  private readonly server: Server;

  constructor(answer: (response: ServerResponse, call: number) => void) {
    this.server = createServer(((request, response) => {
      void readAll(request).then((body) => {
        this.seen.push({
          method: request.method,
          path: request.url,
          headers: request.headers,
          body,
          port: request.socket.remotePort,
        });
        answer(response, this.seen.length);
      });
    }) satisfies RequestListener);
  }

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function extole(answer: (response: ServerResponse, call: number) => void): Promise<{ server: FakeExtole; url: string }> {
  const server = new FakeExtole(answer);
  const url = await server.listen();
  cleanups.push(() => server.close());
  return { server, url };
}

function client(baseUrl: string, options: Partial<ExtoleClientOptions> = {}): ExtoleClient {
  const made = new ExtoleClient({ baseUrl, accessToken: TOKEN, mode: 'async', timeoutMs: 5_000, ...options });
  cleanups.push(() => made.close());
  return made;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const ACCEPTED = (response: ServerResponse) => json(response, 200, { event_id: '7001' });

describe('what goes over the wire', () => {
  test('an event is posted byte for byte, with the token, to the asynchronous endpoint', async () => {
    const { server, url } = await extole(ACCEPTED);
    await expect(client(url).sendEvent(BODY)).resolves.toEqual({ kind: 'delivered', status: 200, extoleId: '7001' });
    expect(server.seen).toMatchObject([
      {
        method: 'POST',
        path: '/v6/async-events',
        body: BODY,
        headers: {
          authorization: `Bearer ${TOKEN}`,
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(BODY)),
        },
      },
    ]);
  });

  test('the synchronous mode has its own endpoint, and a base URL its path', async () => {
    const { server, url } = await extole(ACCEPTED);
    await client(`${url}/gateway/`, { mode: 'sync' }).sendEvent(BODY);
    expect(server.seen[0]?.path).toBe('/gateway/v6/events');
  });

  test('a profile event goes to the synchronous endpoint in either mode, and its answer names the person', async () => {
    const { server, url } = await extole((response) => json(response, 200, { event_id: '7001', person_id: '9' }));
    const verdict = { kind: 'delivered', status: 200, extoleId: '7001', personId: '9' };
    await expect(client(url).personStep({ kind: 'identify', body: BODY })).resolves.toEqual(verdict);
    expect(server.seen).toMatchObject([{ method: 'POST', path: '/v6/events', body: BODY }]);
  });

  test('what a person has is asked for by name, and comes back with its scope', async () => {
    const answer = {
      age: { id: '1', name: 'age', value: 25, scope: 'PRIVATE' },
      tags: { value: { b: 1, a: 2 }, scope: 'PUBLIC' },
      odd: 7,
    };
    const { server, url } = await extole((response) => json(response, 200, answer));
    const verdict = await client(url).personStep({ kind: 'read', personId: '9', names: ['age', 'a&b c'] });
    expect(server.seen).toMatchObject([{ method: 'GET', path: '/v5/persons/9/data?names=age&names=a%26b%20c&limit=2' }]);
    expect(verdict.kind === 'delivered' && verdict.parameters).toEqual(
      new Map([
        ['age', { value: '25', scope: 'PRIVATE' }],
        ['tags', { value: '{"a":2,"b":1}', scope: 'PUBLIC' }],
      ]),
    );
  });

  test('a parameter is made by POST and changed by PUT, as PUBLIC', async () => {
    const { server, url } = await extole((response) => json(response, 200, { id: '1' }));
    const parameter = { name: 'my plan?', value: '"gold"' };
    await client(url).personStep({ kind: 'write', personId: '9', parameter, exists: false });
    await client(url).personStep({ kind: 'write', personId: '9', parameter, exists: true });
    expect(server.seen).toMatchObject([
      { method: 'POST', path: '/v5/persons/9/data', body: '{"name":"my plan?","value":"gold","scope":"PUBLIC"}' },
      {
        method: 'PUT',
        path: '/v5/persons/9/data/my%20plan%3F',
        body: '{"value":"gold","scope":"PUBLIC"}',
        headers: { 'content-type': 'application/json' },
      },
    ]);
  });

  test('an erasure names the user and our deletion id', async () => {
    const { server, url } = await extole((response) => json(response, 200, { id: '42', status: 'PENDING' }));
    await expect(client(url).erase({ partnerUserId: '056tf9eqw24', note: 'del_abc' })).resolves.toMatchObject({
      kind: 'delivered',
      extoleId: '42',
    });
    expect(server.seen).toMatchObject([
      { method: 'POST', path: '/v4/erasures', body: '{"partner_user_id":"056tf9eqw24","note":"del_abc"}' },
    ]);
  });

  test('the token check is a GET without a body', async () => {
    const { server, url } = await extole((response) => json(response, 200, [{ access_token: 'x' }]));
    await expect(client(url).checkToken()).resolves.toEqual({ kind: 'delivered', status: 200 });
    expect(server.seen).toMatchObject([
      { method: 'GET', path: '/v4/tokens', body: '', headers: { authorization: `Bearer ${TOKEN}` } },
    ]);
    expect(server.seen[0]?.headers).not.toHaveProperty('content-type');
  });

  test('calls one after another keep their connection', async () => {
    const { server, url } = await extole(ACCEPTED);
    const one = client(url);
    for (let call = 0; call < 20; call++) await one.sendEvent(BODY);
    // Two, not one: undici counts a connection as busy for a moment longer than the answer takes to arrive.
    expect(new Set(server.seen.map(({ port }) => port)).size).toBeLessThanOrEqual(2);
  });

  test('calls at once are in flight at once, each on its own connection', async () => {
    const waiting: ServerResponse[] = [];
    const { server, url } = await extole((response) => {
      waiting.push(response);
      if (waiting.length === 5) waiting.forEach(ACCEPTED);
    });
    const one = client(url);
    await Promise.all(Array.from({ length: 5 }, () => one.sendEvent(BODY)));
    expect(new Set(server.seen.map(({ port }) => port)).size).toBe(5);
  });
});

describe('answers become verdicts', () => {
  test.each<[status: number, body: unknown, verdict: Partial<Verdict>]>([
    [400, { code: 'event_blocked', unique_id: 'u-1' }, { kind: 'rejected', code: 'event_blocked', uniqueId: 'u-1' }],
    [400, { code: 'validation_error' }, { kind: 'dead-letter', code: 'validation_error' }],
    [401, { code: 'invalid_access_token' }, { kind: 'stop', code: 'invalid_access_token' }],
    [402, {}, { kind: 'stop', code: 'http_402' }],
    [403, { code: 'scopes_denied' }, { kind: 'stop', code: 'scopes_denied' }],
    [404, {}, { kind: 'stop', code: 'http_404' }],
    [415, {}, { kind: 'stop', code: 'http_415' }],
    [500, { code: 'software_error' }, { kind: 'retry', code: 'software_error' }],
    [503, {}, { kind: 'retry', code: 'http_503' }],
  ])('%i %j', async (status, body, verdict) => {
    const { url } = await extole((response) => json(response, status, body));
    await expect(client(url).sendEvent(BODY)).resolves.toMatchObject({ status, ...verdict });
  });

  test('429 with Retry-After', async () => {
    const { url } = await extole((response) =>
      response.writeHead(429, { 'retry-after': '2' }).end('{"code":"too_many_requests"}'),
    );
    await expect(client(url).sendEvent(BODY)).resolves.toEqual({
      kind: 'retry',
      reason: 'throttled',
      code: 'too_many_requests',
      status: 429,
      retryAfterMs: 2_000,
    });
  });

  test('204, and a page where an answer should be, are a misrouted account', async () => {
    const { url } = await extole((response, call) => {
      if (call === 1) response.writeHead(204).end();
      else response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>');
    });
    const one = client(url);
    await expect(one.sendEvent(BODY)).resolves.toEqual({ kind: 'stop', code: 'misrouted', status: 204 });
    await expect(one.sendEvent(BODY)).resolves.toEqual({ kind: 'stop', code: 'misrouted', status: 200 });
  });

  test('P9: a body without end is cut off, and the next call still works', async () => {
    const { url } = await extole((response, call) => {
      if (call > 1) return ACCEPTED(response);
      response.writeHead(500, { 'content-type': 'application/json' });
      const flood = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.on('drain', flood);
      flood();
    });
    const one = client(url);
    await expect(one.sendEvent(BODY)).resolves.toEqual({ kind: 'retry', reason: 'transient', code: 'http_500', status: 500 });
    await expect(one.sendEvent(BODY)).resolves.toMatchObject({ kind: 'delivered' });
  });
});

test('a redirect is never followed: the token goes nowhere else', async () => {
  const elsewhere = await extole(ACCEPTED);
  const { server, url } = await extole((response) =>
    response.writeHead(307, { location: `${elsewhere.url}/v6/async-events` }).end(),
  );
  await expect(client(url).sendEvent(BODY)).resolves.toEqual({ kind: 'stop', code: 'redirect', status: 307 });
  expect(server.seen).toHaveLength(1);
  expect(elsewhere.server.seen).toHaveLength(0);
});

describe('no answer is a retry, and never an exception', () => {
  const QUICK = { timeoutMs: 150 };
  const timedOut = { kind: 'retry', reason: 'transient', code: 'timeout' };

  test('a server that never answers', async () => {
    const { server, url } = await extole(() => undefined);
    await expect(client(url, QUICK).sendEvent(BODY)).resolves.toEqual(timedOut);
    expect(server.seen).toHaveLength(1);
  });

  test('a server that stops after the headers', async () => {
    const { url } = await extole((response) => response.writeHead(200, { 'content-length': '100' }).write('{"event_id"'));
    await expect(client(url, QUICK).sendEvent(BODY)).resolves.toEqual(timedOut);
  });

  test('a server that sends a byte at a time, for ever', async () => {
    const { url } = await extole((response) => {
      response.writeHead(200);
      const trickle = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(trickle));
    });
    await expect(client(url, QUICK).sendEvent(BODY)).resolves.toEqual(timedOut);
  });

  test('a connection that breaks off in the middle of an answer', async () => {
    const { url } = await extole((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"event_id"', () => response.destroy());
    });
    await expect(client(url).sendEvent(BODY)).resolves.toEqual({ kind: 'retry', reason: 'transient', code: 'connection_lost' });
  });

  test('a connection that breaks off before the answer, without a second attempt of its own', async () => {
    const { server, url } = await extole((response) => response.destroy());
    await expect(client(url).sendEvent(BODY)).resolves.toEqual({ kind: 'retry', reason: 'transient', code: 'connection_lost' });
    expect(server.seen).toHaveLength(1);
  });

  test('nobody listens', async () => {
    const { server, url } = await extole(ACCEPTED);
    await server.close();
    cleanups.pop();
    await expect(client(url).sendEvent(BODY)).resolves.toEqual({
      kind: 'retry',
      reason: 'transient',
      code: 'connection_refused',
    });
  });

  test('something that is not HTTP', async () => {
    const { url } = await extole((response) => response.socket?.end('SSH-2.0-OpenSSH\r\n'));
    await expect(client(url).sendEvent(BODY)).resolves.toMatchObject({ kind: 'retry', code: 'invalid_answer' });
  });

  test('the caller withdraws what is under way, or waits for a connection; what comes later is sent', async () => {
    let withdraw = (): number => 0;
    const { server, url } = await extole((response, nth) => void (nth === 1 ? expect(withdraw()).toBe(2) : response.end('{}')));
    const one = client(url, { connections: 1 });
    withdraw = () => one.withdraw();
    const withdrawn = { kind: 'retry', reason: 'withdrawn', code: 'aborted' };
    const calls = [one.sendEvent(BODY), one.sendEvent(BODY)];
    await expect(Promise.all(calls)).resolves.toEqual([withdrawn, withdrawn]);
    expect(server.seen).toHaveLength(1);
    await one.sendEvent(BODY);
    expect(server.seen).toHaveLength(2);
    expect(one.withdraw()).toBe(0);
  });

  test('a call that may no longer be sent when a connection is free for it is never sent', async () => {
    let answerFirst = (): void => undefined;
    const arrived = new Promise<void>((resolve) => {
      answerFirst = resolve;
    });
    let first: ServerResponse | undefined;
    const { server, url } = await extole((response) => {
      first = response;
      answerFirst();
    });
    const one = client(url, { connections: 1 });
    let mayGoOn = true;
    const maySend = (): boolean => mayGoOn;
    const sent = one.sendEvent(BODY, { maySend });
    await arrived;
    const waiting = one.sendEvent(BODY, { maySend });
    mayGoOn = false;
    if (first !== undefined) ACCEPTED(first);
    await expect(sent).resolves.toMatchObject({ kind: 'delivered' });
    await expect(waiting).resolves.toEqual({ kind: 'retry', reason: 'withdrawn', code: 'not_sent' });
    expect(server.seen).toHaveLength(1);
  });

  test('the client is closed', async () => {
    const { url } = await extole(ACCEPTED);
    const one = new ExtoleClient({ baseUrl: url, accessToken: TOKEN, mode: 'async', timeoutMs: 1_000 });
    await one.close();
    await expect(one.sendEvent(BODY)).resolves.toEqual({ kind: 'retry', reason: 'transient', code: 'client_closed' });
  });
});

test('closing waits for the call in flight', async () => {
  let closed: Promise<void> | undefined;
  const { url } = await extole((response) => {
    closed = one.close();
    ACCEPTED(response);
  });
  const one = new ExtoleClient({ baseUrl: url, accessToken: TOKEN, mode: 'async', timeoutMs: 5_000 });
  await expect(one.sendEvent(BODY)).resolves.toMatchObject({ kind: 'delivered' });
  await closed;
});
