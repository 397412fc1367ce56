import { askEach, askTarget, type TargetAnswer, type TargetRequest } from '../../../../test/hostile/ask-target.ts';
import { everySpelling, type SpelledRequest } from '../../../../test/hostile/spellings.ts';
import { addressOf, startConsoleApp, type RunningConsoleApp } from '../testing/start-console-app.ts';

const TOKEN = 'a token of some length';
const CREDENTIAL = { authorization: `Bearer ${TOKEN}` };
const JSON_TYPE = { 'content-type': 'application/json' };

/** What everybody may look at: nothing of it is anybody's. Whoever adds to it opens a route to the whole network. */
const OPEN_TO_READ = [
  ...['/', '/index.html', '/main.js', '/styles/base.css'],
  ...['preact.js', 'preact-hooks.js', 'preact-jsx-runtime.js', 'uplot.js', 'uplot.css'].map((file) => `/vendor/${file}`),
  ...['/health/live', '/health/ready', '/metrics', '/api/session'],
].flatMap((url) => [`GET ${url}`, `HEAD ${url}`]);
const OPEN_TO_SIGN_IN = ['POST /api/login', 'POST /api/logout'];

const PARAMETERS: Readonly<Record<string, string>> = {
  source: 'default',
  partition: '0',
  offset: '0',
  subject: '0'.repeat(32),
  run: 'run-1',
  id: 'del_1',
};

/** Addresses that Fastify answers before any hook: a part that is too long, a broken escape, a scheme without a host. */
const BEYOND_THE_ROUTER = [`/api/deletions/${'a'.repeat(101)}`, '/api/overview%zz', 'http:///api/overview'];

/** Every route, as it is documented. */
function asDocumented(routes: RunningConsoleApp['routes'], headers: Readonly<Record<string, string>>): TargetRequest[] {
  return routes.map(({ method, url }) => ({
    method,
    target: addressOf(url, PARAMETERS),
    headers: { ...JSON_TYPE, ...headers },
    body: '{}',
  }));
}

/** As a form or a `no-cors` fetch would send it, or as a program. */
function* attacksOn(routes: RunningConsoleApp['routes']): Generator<SpelledRequest & TargetRequest> {
  const addresses = new Set(routes.map(({ url }) => addressOf(url, PARAMETERS)));
  const types = [JSON_TYPE, { 'content-type': 'text/plain' }];
  let count = 0;
  for (const attack of everySpelling(
    addresses,
    routes.map(({ method }) => method),
  ))
    yield { ...attack, headers: types[count++ % types.length]!, body: '{"source":"default"}' };
}

/** Sends every attack; returns what was answered as if it were allowed, and is not open. */
async function walk(console: RunningConsoleApp, attacks: Iterable<SpelledRequest & TargetRequest>): Promise<string[]> {
  const open = await Promise.all(
    OPEN_TO_READ.map((route) => askTarget(console.url, { method: 'GET', target: route.split(' ')[1]! })),
  );
  const openTexts = new Set(open.map(({ text }) => text));
  const isOpen = ({ text }: TargetAnswer): boolean => text === '' || openTexts.has(text) || text.startsWith('# HELP');
  const faults: string[] = [];
  console.reached.clear();
  await askEach(console.url, attacks, ({ name }, answer) => {
    const isRefused = answer.status === 0 || (answer.status >= 400 && answer.status < 500);
    const isNotReady = answer.status === 503 && answer.text.includes('unavailable');
    if (!isRefused && !isNotReady && !isOpen(answer)) faults.push(`${name}: ${answer.status} ${answer.text.slice(0, 80)}`);
  });
  return faults;
}

describe('a console with a token', () => {
  let console: RunningConsoleApp;
  beforeAll(async () => {
    console = await startConsoleApp({ CONSOLE_TOKEN: TOKEN });
  });
  afterAll(() => console.close());
  beforeEach(() => console.reached.clear());

  it('lets nobody without it reach anything but the page, the health checks and the login', async () => {
    await askEach(console.url, asDocumented(console.routes, { 'x-bridge-console': '1' }), () => undefined);
    expect([...console.reached].sort()).toEqual([...OPEN_TO_READ, ...OPEN_TO_SIGN_IN].sort());
  });

  it('nor by any method under any spelling of an address', async () => {
    expect((await walk(console, attacksOn(console.routes))).slice(0, 20)).toEqual([]);
    expect([...console.reached].sort()).toEqual([...OPEN_TO_READ].sort());
  }, 120_000);

  it('lets whoever has it reach every route, which shows that the walk would see one that is left open', async () => {
    const shown = { ...CREDENTIAL, 'x-bridge-console': '1' };
    await askEach(console.url, asDocumented(console.routes, shown), () => undefined);
    const declared = console.routes.map(({ method, url }) => `${method} ${url}`);
    expect([...console.reached].sort()).toEqual([...new Set(declared)].sort());
    expect(declared.length).toBeGreaterThan(OPEN_TO_READ.length + 20);
  });

  it.each(BEYOND_THE_ROUTER)('asks for it also at what the router cannot even look up: %s', async (target) => {
    const ask = (method: string, headers = {}): Promise<TargetAnswer> => askTarget(console.url, { method, target, headers });
    expect((await ask('GET')).status).toBe(401);
    expect((await ask('POST')).status).toBe(401);
    const { status, text, headers } = await ask('GET', CREDENTIAL);
    expect({ status, text }).toEqual({ status: 404, text: '{"message":"there is nothing at that address"}' });
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('lets no cache keep what the API answers, and every cache ask again for a file', async () => {
    const cacheControl = async (target: string): Promise<string | undefined> =>
      (await askTarget(console.url, { method: 'GET', target, headers: CREDENTIAL })).headers['cache-control'];
    expect(await cacheControl('/api/overview')).toBe('no-store');
    expect(await cacheControl('/%61pi/overview')).toBe('no-store');
    expect(await cacheControl('http://x/api/overview')).toBe('no-store');
    expect(await cacheControl('/api/nothing')).toBe('no-store');
    expect(await cacheControl('/main.js')).toBe('no-cache');
    expect(await cacheControl('/%6dain.js')).toBe('no-cache');
  });
});

describe('a console without a token', () => {
  let console: RunningConsoleApp;
  beforeAll(async () => {
    console = await startConsoleApp();
  });
  afterAll(() => console.close());
  beforeEach(() => console.reached.clear());

  it('changes nothing without the header, by any method under any spelling of an address', async () => {
    const changing = [...attacksOn(console.routes)].filter(({ method }) => method !== 'GET' && method !== 'HEAD');
    expect((await walk(console, changing)).slice(0, 20)).toEqual([]);
    expect([...console.reached]).toEqual([]);
  }, 120_000);

  it.each(BEYOND_THE_ROUTER)('answers no other name at what the router cannot even look up: %s', async (target) => {
    expect((await askTarget(console.url, { method: 'GET', target, headers: { host: 'evil.example' } })).status).toBe(403);
    expect((await askTarget(console.url, { method: 'GET', target, headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(
      403,
    );
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port or name of this site', { 'sec-fetch-site': 'same-site' }],
    ['another origin, as older browsers say it', { origin: 'http://localhost:1' }],
    ['no origin that it would name', { origin: 'null' }],
  ])('shows and changes nothing for a page of %s, header or not', async (_, headers) => {
    await askEach(console.url, asDocumented(console.routes, { 'x-bridge-console': '1', ...headers }), () => undefined);
    expect([...console.reached].sort()).toEqual([...OPEN_TO_READ].sort());
  });

  it('does everything for its own page', async () => {
    const own = { 'x-bridge-console': '1', 'sec-fetch-site': 'same-origin', origin: console.url };
    await askEach(console.url, asDocumented(console.routes, own), () => undefined);
    expect(console.reached.size).toBe(new Set(console.routes.map(({ method, url }) => `${method} ${url}`)).size);
  });
});
