import { digestOfToken, newUserToken, type ConsoleRole } from '#config';
import { silentLogger } from '#observability';
import { guardSettings } from '../testing/guard-settings.ts';
import { COOKIE } from './cookie.ts';
import { Guard, type GuardedRequest, type GuardSettings } from './guard.ts';
import { BY_TOKEN } from './operator.ts';

const TOKEN = 'a token of some length';
const ANNAS = newUserToken(() => Buffer.alloc(32, 1));
const LOCAL = { host: 'localhost:3300' };
const PROXY = '10.0.0.7';

function guardOf(own: Partial<GuardSettings> = {}): Guard {
  return new Guard(guardSettings(own), silentLogger);
}

function decide(guard: Guard, request: Partial<GuardedRequest>): number {
  const decision = guard.decide({
    ...{ method: 'GET', isOpen: false, isForPrograms: false, needs: 'look', headers: LOCAL, address: '127.0.0.1' },
    ...request,
  });
  return decision.kind === 'allowed' ? 200 : decision.status;
}

describe('who may use the console', () => {
  const open = guardOf();
  const closed = guardOf({ token: TOKEN });
  const cookie = `other=1; ${COOKIE}=${closed.sessions.begin(BY_TOKEN)}`;
  const bearer = `Bearer ${TOKEN}`;
  const page = { isOpen: true };
  const metrics = { isOpen: true, isForPrograms: true };

  it.each<[string, Guard, Partial<GuardedRequest>, number]>([
    ['everybody on this machine, where there is no token', open, {}, 200],
    ['nobody by another name of this machine, where there is no token', open, { headers: { host: 'evil.example:3300' } }, 403],
    ['not even the page', open, { ...page, headers: { host: 'evil.example' } }, 403],
    ['an IPv6 loopback', open, { headers: { host: '[::1]:3300' } }, 200],
    ['nobody without the token', closed, {}, 401],
    ['whoever has it as Bearer, under any name', closed, { headers: { host: 'console.example', authorization: bearer } }, 200],
    ['nobody with another token', closed, { headers: { ...LOCAL, authorization: `${bearer}x` } }, 401],
    ['whoever has the cookie', closed, { headers: { ...LOCAL, cookie } }, 200],
    ['nobody whose cookie is the token itself', closed, { headers: { ...LOCAL, cookie: `${COOKIE}=${TOKEN}` } }, 401],
    ['everybody what is open', closed, { ...page, headers: { host: 'console.example' } }, 200],
    ['also from the page of another site', closed, { ...page, headers: { ...LOCAL, 'sec-fetch-site': 'cross-site' } }, 200],
    ['metrics by an address', closed, { ...metrics, headers: { host: '10.0.0.7:3300' } }, 200],
    ['metrics by an IPv6 address', closed, { ...metrics, headers: { host: '[fd00::7]:3300' } }, 200],
    ['metrics by a name of this network', closed, { ...metrics, headers: { host: 'console:3300' } }, 200],
    ['metrics by a name of this cluster', closed, { ...metrics, headers: { host: 'console.bridge.svc.cluster.local' } }, 200],
    ['no metrics by a name that anybody may own', closed, { ...metrics, headers: { host: 'evil.example' } }, 401],
    ['but with the token', closed, { ...metrics, headers: { host: 'console.example', authorization: bearer } }, 200],
  ])('%s', (_, guard, request, expected) => expect(decide(guard, request)).toBe(expected));
});

describe('what changes something', () => {
  const post = { method: 'POST' };

  it('needs a header that no other page can send', () => {
    const guard = guardOf();
    expect(decide(guard, post)).toBe(403);
    expect(decide(guard, { ...post, headers: { ...LOCAL, 'x-bridge-console': '1' } })).toBe(200);
  });

  it('or the token, which no other page knows; the cookie alone is not enough', () => {
    const guard = guardOf({ token: TOKEN });
    expect(decide(guard, { ...post, headers: { ...LOCAL, authorization: `Bearer ${TOKEN}` } })).toBe(200);
    const cookie = `${COOKIE}=${guard.sessions.begin(BY_TOKEN)}`;
    expect(decide(guard, { ...post, headers: { ...LOCAL, cookie } })).toBe(403);
  });

  it('is open to nobody without it either, where the route is open: the login', () => {
    const guard = guardOf({ token: TOKEN });
    expect(decide(guard, { ...post, isOpen: true })).toBe(403);
    expect(decide(guard, { ...post, isOpen: true, headers: { ...LOCAL, 'x-bridge-console': '1' } })).toBe(200);
  });

  it('is refused to the page of another site, whatever it can show', () => {
    const guard = guardOf({ token: TOKEN });
    const shown = { ...LOCAL, authorization: `Bearer ${TOKEN}`, 'x-bridge-console': '1' };
    expect(decide(guard, { ...post, headers: { ...shown, 'sec-fetch-site': 'cross-site' } })).toBe(403);
    expect(decide(guard, { ...post, isOpen: true, headers: { ...shown, 'sec-fetch-site': 'cross-site' } })).toBe(403);
    expect(decide(guard, { ...post, headers: { ...shown, 'sec-fetch-site': 'same-origin' } })).toBe(200);
  });
});

describe('a named operator', () => {
  const guard = guardOf({
    users: [{ name: 'anna', roles: ['look', 'unmask'], tokenDigest: digestOfToken(ANNAS) }],
    trustedProxy: `${PROXY}, 10.1.0.0/16`,
    trustedUserHeader: 'x-forwarded-user',
  });
  const of = (authorization: string) => ({ headers: { ...LOCAL, authorization } });
  const by = (address: string, user: string | string[]) => ({
    address,
    headers: { ...LOCAL, 'x-forwarded-user': user as string },
  });
  const as = (needs: ConsoleRole, method = 'GET') => ({ needs, method });

  it('may do what the roles allow, and nothing else', () => {
    const anna = of(`Bearer ${ANNAS}`);
    expect(decide(guard, { ...anna, ...as('look') })).toBe(200);
    expect(decide(guard, { ...anna, ...as('unmask', 'POST') })).toBe(200);
    expect(decide(guard, { ...anna, ...as('operate', 'POST') })).toBe(403);
  });

  it('is whom the proxy names, from its own addresses only', () => {
    expect(decide(guard, by(PROXY, 'anna'))).toBe(200);
    expect(decide(guard, by(`::ffff:${PROXY}`, 'anna'))).toBe(200);
    expect(decide(guard, by('10.1.2.3', 'anna'))).toBe(200);
    expect(decide(guard, by('10.0.0.8', 'anna'))).toBe(401);
    expect(decide(guard, by('127.0.0.1', 'anna'))).toBe(401);
    expect(decide(guard, { address: PROXY })).toBe(401);
  });

  it('may look where the proxy names somebody without a line', () => {
    expect(decide(guard, by(PROXY, 'ben@shop.example'))).toBe(200);
    expect(decide(guard, { ...by(PROXY, 'ben@shop.example'), needs: 'unmask' })).toBe(403);
    expect(decide(guard, { ...by(PROXY, 'anna'), needs: 'unmask' })).toBe(200);
  });

  it.each(['anna, ben', '', ' ', 'an na', 'anna\u202e'])('is nobody where the proxy names no one: %j', (name) =>
    expect(decide(guard, by(PROXY, name))).toBe(401),
  );

  it('is known by the proxy also where that hands on a credential of its own', () => {
    const request = by(PROXY, 'anna');
    for (let count = 0; count < 20; count++)
      expect(decide(guard, { ...request, headers: { ...request.headers, authorization: 'Bearer eyJhbGciOi' } })).toBe(200);
  });

  it('has a token that nobody could have guessed: of one that a human made up the digest is not enough', () => {
    const weak = guardOf({ users: [{ name: 'ben', roles: ['look'], tokenDigest: digestOfToken('summer2026') }] });
    expect(decide(weak, of('Bearer summer2026'))).toBe(401);
  });
});
