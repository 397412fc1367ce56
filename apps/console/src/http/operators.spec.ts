import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { consoleUserLine, newUserToken, type ConsoleRole } from '#config';
import { createLogger } from '#observability';
import { askTarget, type TargetAnswer } from '../../../../test/hostile/ask-target.ts';
import { tempFolder } from '../../../../test/support/temp-folder.ts';
import type { Session } from '../api/index.ts';
import { addressOf, startConsoleApp, type RunningConsoleApp } from '../testing/start-console-app.ts';

const TOKENS: Readonly<Record<ConsoleRole, string>> = {
  look: newUserToken((bytes) => Buffer.alloc(bytes, 1)),
  operate: newUserToken((bytes) => Buffer.alloc(bytes, 2)),
  unmask: newUserToken((bytes) => Buffer.alloc(bytes, 3)),
};
const PROXY_HEADER = 'x-forwarded-user';
const JSON_TYPE = { 'content-type': 'application/json' };
const GUARD = { 'x-bridge-console': '1' };

/** What takes more than a look. Whoever adds a route that changes something, or shows a person, adds it here. */
const OPERATING = [
  ...['stop', 'resume', 'probe'].map((verb) => `POST /api/sources/:source/${verb}`),
  ...['', '/:source/:run/pause', '/:source/:run/resume', '/:source/:run/cancel'].map((path) => `POST /api/replays${path}`),
  'POST /api/dead-letters/redrive',
];
const UNMASKING = ['POST /api/events/:source/:partition/:offset/unmask'];

let console: RunningConsoleApp;
const lines: Readonly<Record<string, unknown>>[] = [];

beforeAll(async () => {
  const path = join(tempFolder('users'), 'users');
  const users = (['look', 'operate', 'unmask'] as const).map((role) => consoleUserLine(`${role}-er`, [role], TOKENS[role]));
  writeFileSync(path, users.join('\n'));
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  const log = createLogger({ app: 'console', level: 'info', destination: { write } });
  const proxy = { CONSOLE_TRUSTED_USER_HEADER: PROXY_HEADER, CONSOLE_TRUSTED_PROXY: '127.0.0.1' };
  console = await startConsoleApp({ CONSOLE_USERS_FILE: path, TOPIC_PREFIX: 'acme.', ...proxy }, log);
});
afterAll(() => console.close());

function ask(
  method: string,
  target: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<TargetAnswer> {
  return askTarget(console.url, {
    ...{ method, target, headers: { ...GUARD, ...(body !== undefined && JSON_TYPE), ...headers } },
    ...(body !== undefined && { body }),
  });
}

/** From an address of its own, so that one test's wrong logins are not another's. */
function login(token: string, from: string): Promise<TargetAnswer> {
  return ask('POST', '/api/login', { 'x-forwarded-for': from }, JSON.stringify({ token }));
}

function cookieIn({ headers }: TargetAnswer): string {
  const [cookie = ''] = [headers['set-cookie']].flat();
  return cookie.split(';')[0] ?? '';
}

const sessionIn = ({ text }: TargetAnswer): Session => JSON.parse(text) as Session;

describe('what an operator may do is decided by the server, for each route:', () => {
  it.each<[ConsoleRole, readonly string[]]>([
    ['look', [...OPERATING, ...UNMASKING]],
    ['operate', UNMASKING],
    ['unmask', OPERATING],
  ])('with the role %s', async (role, refused) => {
    const told: string[] = [];
    for (const { method, url } of console.routes.filter(({ url }) => url.startsWith('/api/') && url !== '/api/live')) {
      const { status, text } = await ask(method, addressOf(url, {}), { authorization: `Bearer ${TOKENS[role]}` }, '{}');
      if (status === 403) told.push(`${method} ${url}`);
      if (status === 403) expect(text).toMatch(new RegExp(`${role}-er lacks the role \\w+: it is given in CONSOLE_USERS_FILE`));
    }
    expect(told.sort()).toEqual([...refused].sort());
  });

  it('and by the users file for whom the proxy names', async () => {
    const [stop, unmask] = ['/api/sources/x/stop', '/api/events/x/0/0/unmask'];
    const statuses = async (name: string) =>
      Promise.all([stop, unmask].map(async (target) => (await ask('POST', target, { [PROXY_HEADER]: name }, '{}')).status));
    expect(await statuses('operate-er')).toEqual([404, 403]);
    expect(await statuses('stranger')).toEqual([403, 403]);
    const session = sessionIn(await ask('GET', '/api/session', { [PROXY_HEADER]: 'stranger' }));
    expect(session).toMatchObject({ signedIn: true, canSignOut: false, operator: { name: 'stranger', roles: ['look'] } });
  });
});

describe('a login', () => {
  it('begins a session of its own, which the logout ends at the server', async () => {
    const before = sessionIn(await ask('GET', '/api/session'));
    expect(before).toEqual({
      ...{ needsToken: true, takesTokens: true, signedIn: false, operator: null, canSignOut: false },
      ...{ prefix: '', sources: [] },
    });
    const [one, other] = await Promise.all([login(TOKENS.operate, '198.51.100.1'), login(TOKENS.operate, '198.51.100.1')]);
    expect(sessionIn(one)).toMatchObject({
      ...{ signedIn: true, canSignOut: true, prefix: 'acme.', sources: ['default'] },
      operator: { name: 'operate-er', roles: ['look', 'operate'] },
    });
    const [cookie, otherCookie] = [cookieIn(one), cookieIn(other)];
    expect(cookie).not.toBe(otherCookie);
    expect((await ask('GET', '/api/overview', { cookie })).status).toBe(200);

    const out = await ask('POST', '/api/logout', { cookie }, '{}');
    expect(cookieIn(out)).toBe('bridge_console=');
    expect(sessionIn(out)).toMatchObject({ signedIn: false, sources: [] });
    expect((await ask('GET', '/api/overview', { cookie })).status).toBe(401);
    expect((await ask('GET', '/api/overview', { cookie: otherCookie })).status).toBe(200);
    expect(lines).toContainEqual(expect.objectContaining({ event: 'signed_in', by: 'operate-er', address: '198.51.100.1' }));
    expect(lines).toContainEqual(expect.objectContaining({ event: 'signed_out', by: 'operate-er' }));
  });

  it('has its session ended by a logout that comes in the name of somebody whom the proxy knows', async () => {
    const cookie = cookieIn(await login(TOKENS.operate, '198.51.100.6'));
    await ask('POST', '/api/logout', { cookie, [PROXY_HEADER]: 'pat' }, '{}');
    expect((await ask('GET', '/api/overview', { cookie })).status).toBe(401);
  });

  it('that is wrong is logged with its address, never with what was shown, and several have to wait; nobody else has', async () => {
    const guess = `bridge_${'x'.repeat(43)}`;
    for (let count = 1; count <= 5; count++) expect((await login(guess, '198.51.100.2')).status).toBe(401);
    const refused = lines.filter(({ event, address }) => event === 'login_refused' && address === '198.51.100.2');
    expect(refused.map(({ count }) => count)).toEqual([1, 2, 3, 4, 5]);
    expect(JSON.stringify(lines)).not.toContain(guess);

    const tooSoon = await login(TOKENS.look, '198.51.100.2');
    expect({ status: tooSoon.status, after: tooSoon.headers['retry-after'] }).toEqual({ status: 429, after: '1' });
    expect(tooSoon.text).toContain('too many wrong tokens from this address: try again in 1 s');
    // A token in a header is a guess like any other.
    const header = { authorization: `Bearer ${TOKENS.look}`, 'x-forwarded-for': '198.51.100.2' };
    expect((await ask('GET', '/api/overview', header)).status).toBe(429);
    expect((await login(TOKENS.look, '198.51.100.3')).status).toBe(200);
  });

  it('by wrong tokens in a header has to wait, too', async () => {
    const header = { authorization: 'Bearer wrong', 'x-forwarded-for': '198.51.100.4' };
    const statuses: number[] = [];
    for (let count = 0; count < 7; count++) statuses.push((await ask('GET', '/api/overview', header)).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
  });
});

describe('an answer', () => {
  const credential = { authorization: `Bearer ${TOKENS.look}` };

  it('to a HEAD of the event stream ends', async () => {
    // One connection: the second is answered only when the first has ended.
    const head = (connection: string) =>
      `HEAD /api/live HTTP/1.1\r\nhost: localhost\r\nauthorization: ${credential.authorization}\r\nconnection: ${connection}\r\n\r\n`;
    const socket = connect(Number(new URL(console.url).port), '127.0.0.1');
    socket.write(head('keep-alive') + head('close'));
    const answers = (await text(socket)).split('\r\n').filter((line) => /^(HTTP|content-type)/i.test(line));
    const answer = ['HTTP/1.1 200 OK', 'content-type: text/event-stream'];
    expect(answers).toEqual([...answer, ...answer]);
  });

  it.each([
    [(etag: string) => etag, 304],
    [(etag: string) => `W/${etag}`, 304],
    [(etag: string) => `"other", W/${etag}`, 304],
    [() => '*', 304],
    [() => '"other"', 200],
    [(etag: string) => etag.slice(1, -1), 200],
  ])('to who has kept a file says so: %#', async (kept, expected) => {
    const { headers } = await ask('GET', '/main.js');
    expect((await ask('GET', '/main.js', { 'if-none-match': kept(String(headers['etag'])) })).status).toBe(expected);
  });

  it.each([
    ['too large', 413, JSON.stringify({ source: 'x'.repeat(200_000) }), 'application/json'],
    ['no JSON', 400, '{', 'application/json'],
    ['of another type', 415, 'source=x', 'text/plain'],
  ])('to a body that is %s is JSON', async (_, status, body, type) => {
    const answer = await ask('POST', '/api/find', { ...credential, 'content-type': type }, body);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual({ message: expect.any(String) as string });
    expect(answer.headers['content-type']).toContain('application/json');
  });
});
