import { COOKIE, Guard, type GuardedRequest } from './guard.ts';

const TOKEN = 'a token of some length';
const LOCAL = { host: 'localhost:3300' };

function decide(guard: Guard, request: Partial<GuardedRequest>): number {
  const decision = guard.decide({ method: 'GET', isOpen: false, headers: LOCAL, ...request });
  return decision.kind === 'allowed' ? 200 : decision.status;
}

describe('who may use the console', () => {
  const open = new Guard(undefined);
  const closed = new Guard(TOKEN);
  const cookie = `other=1; ${COOKIE}=${closed.cookieValue}`;
  const bearer = `Bearer ${TOKEN}`;

  it.each<[string, Guard, Partial<GuardedRequest>, number]>([
    ['everybody on this machine, where there is no token', open, {}, 200],
    ['nobody by another name of this machine, where there is no token', open, { headers: { host: 'evil.example:3300' } }, 403],
    ['not even the page', open, { isOpen: true, headers: { host: 'evil.example' } }, 403],
    ['an IPv6 loopback', open, { headers: { host: '[::1]:3300' } }, 200],
    ['nobody without the token', closed, {}, 401],
    ['whoever has it as Bearer, under any name', closed, { headers: { host: 'console.example', authorization: bearer } }, 200],
    ['nobody with another token', closed, { headers: { ...LOCAL, authorization: `${bearer}x` } }, 401],
    ['whoever has the cookie', closed, { headers: { ...LOCAL, cookie } }, 200],
    ['nobody whose cookie is the token itself', closed, { headers: { ...LOCAL, cookie: `${COOKIE}=${TOKEN}` } }, 401],
    ['everybody what is open', closed, { isOpen: true, headers: { host: '10.0.0.7:3300' } }, 200],
    ['also from the page of another site', closed, { isOpen: true, headers: { ...LOCAL, 'sec-fetch-site': 'cross-site' } }, 200],
  ])('%s', (_, guard, request, expected) => expect(decide(guard, request)).toBe(expected));
});

describe('what changes something', () => {
  const post = { method: 'POST' };

  it('needs a header that no other page can send', () => {
    const guard = new Guard(undefined);
    expect(decide(guard, post)).toBe(403);
    expect(decide(guard, { ...post, headers: { ...LOCAL, 'x-bridge-console': '1' } })).toBe(200);
  });

  it('or the token, which no other page knows; the cookie alone is not enough', () => {
    const guard = new Guard(TOKEN);
    expect(decide(guard, { ...post, headers: { ...LOCAL, authorization: `Bearer ${TOKEN}` } })).toBe(200);
    expect(decide(guard, { ...post, headers: { ...LOCAL, cookie: `${COOKIE}=${guard.cookieValue}` } })).toBe(403);
  });

  it('is open to nobody without it either, where the route is open: the login', () => {
    expect(decide(new Guard(TOKEN), { ...post, isOpen: true })).toBe(403);
    expect(decide(new Guard(TOKEN), { ...post, isOpen: true, headers: { ...LOCAL, 'x-bridge-console': '1' } })).toBe(200);
  });

  it('is refused to the page of another site, whatever it can show', () => {
    const guard = new Guard(TOKEN);
    const shown = { ...LOCAL, authorization: `Bearer ${TOKEN}`, 'x-bridge-console': '1' };
    expect(decide(guard, { ...post, headers: { ...shown, 'sec-fetch-site': 'cross-site' } })).toBe(403);
    expect(decide(guard, { ...post, isOpen: true, headers: { ...shown, 'sec-fetch-site': 'cross-site' } })).toBe(403);
    expect(decide(guard, { ...post, headers: { ...shown, 'sec-fetch-site': 'same-origin' } })).toBe(200);
  });
});
