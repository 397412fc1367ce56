import { addressOf, startConsoleApp } from '../apps/console/src/testing/start-console-app.ts';
import { askEach, askTarget, type TargetRequest } from './hostile/ask-target.ts';
import { everySpelling, spellingsOf } from './hostile/spellings.ts';
import { launchChromium } from './sdk/browser/launch-chromium.ts';
import { servePage } from './sdk/browser/page-server.ts';
import { startConsole, type TestConsole } from './support/console-client.ts';
import { readTopic } from './support/read-topic.ts';
import { untilSettled } from './support/settled.ts';
import { startStack, type TestStack } from './support/test-stack.ts';

const TOKEN = 'a-token-of-some-length';
const EMAIL = 'someone-unmistakable@example.com';
const JSON_TYPE = { 'content-type': 'application/json' };
/** Fields that the answers of the API begin with. */
const ANSWERS = [
  '"forwarders"',
  '"stepSeconds"',
  '"timelines"',
  '"groups"',
  '"replays"',
  '"deletions"',
  '"results"',
  '"actions"',
];
/** What the console writes to its log about what somebody has done or seen. */
const TRACES = /"event":"(personal_data_shown|source_control_asked|replay_asked|replay_changed|redrive_asked)"/;

/** Spellings that a browser sends as they are; `test/hostile/spellings.ts` has the rest. */
const FROM_A_PAGE = new Set(['as documented', 'letter 1 encoded', 'every letter encoded', 'a letter doubly encoded', '/ behind']);

/** An address of the API, and a body with which its route would do what it is for. */
interface Target {
  readonly method: string;
  readonly address: string;
  readonly body: string;
}

let stack: TestStack;
let targets: Target[];
/** What nobody may learn without a credential. */
let secrets: string[];

beforeAll(async () => {
  stack = await startStack();
  await stack.segment.track(
    'somebody',
    'conversion',
    { email: EMAIL, partner_conversion_id: 'order-77' },
    { messageId: 'message-77' },
  );
  await untilSettled(stack);
  const [outcome] = await stack.readOutcomes();
  const { partition, offset } = outcome?.['position'] as { partition: number; offset: number };
  const subject = String(outcome?.['subject']);
  secrets = [EMAIL, 'message-77', 'order-77', subject, ...ANSWERS];

  const app = await startConsoleApp();
  await app.close();
  const parameters = {
    source: 'default',
    partition: `${partition}`,
    offset: `${offset}`,
    subject,
    run: 'run',
    id: 'del',
  };
  const body = JSON.stringify({ source: 'default', user: 'somebody', message: {}, all: true, redeliver: true });
  targets = app.routes
    .filter(({ url, method }) => url.startsWith('/api/') && method !== 'HEAD')
    .map(({ method, url }) => ({ method, address: addressOf(url, parameters), body }));
}, 120_000);

/** What has been said in the log, sent to Extole or written by the console: nothing, if nobody was let in. */
async function traces(console: TestConsole): Promise<string[]> {
  const asked = await readTopic(stack.topics.replays);
  const calls = await stack.extole.ledger({ path: '/v6/async-events' });
  return [
    ...asked.map(({ key }) => `a record of ${key} in ${stack.topics.replays}`),
    ...calls.slice(1).map(({ path }) => `another call of ${path}`),
    ...console.app.output.split('\n').filter((line) => TRACES.test(line)),
  ];
}

function unmask(): Target {
  return targets.find(({ address }) => address.endsWith('/unmask'))!;
}

describe('a console with a token', () => {
  it('shows and does nothing for who has none, by any method under any spelling, and everything for who has it', async () => {
    const console = await startConsole(stack, { env: { CONSOLE_TOKEN: TOKEN } });
    const bodyOf = new Map(targets.map(({ address, body }) => [address, body]));
    function* attacks(): Generator<TargetRequest & { name: string }> {
      for (const [address, body] of bodyOf) {
        for (const asked of everySpelling([address], ['GET', 'POST'])) {
          yield { ...asked, headers: JSON_TYPE, body };
          if (asked.method === 'POST') yield { ...asked, headers: {} };
        }
      }
    }
    const told: string[] = [];
    await askEach(console.url, attacks(), ({ name }, { status, text, headers }) => {
      const isStream = headers['content-type']?.startsWith('text/event-stream') === true;
      if (isStream || secrets.some((secret) => text.includes(secret))) told.push(`${name}: ${status} ${text.slice(0, 100)}`);
    });
    expect(told.slice(0, 20)).toEqual([]);
    expect(await traces(console)).toEqual([]);

    // The same requests with the credential do what they would have done.
    const authorization = `Bearer ${TOKEN}`;
    const { method, address: target } = unmask();
    expect((await askTarget(console.url, { method, target, headers: { authorization } })).text).toContain(EMAIL);
    const stop = { method: 'POST', target: '/%61pi/sources/default/stop', headers: { authorization } };
    expect((await askTarget(console.url, stop)).status).toBe(200);
    // A word on the source, what each of the two was recorded as, and a line in the log for each.
    expect(await traces(console)).toHaveLength(5);
    expect((await askTarget(console.url, { ...stop, target: '/api/sources/default/resume' })).status).toBe(200);
  }, 120_000);
});

describe('a console without a token', () => {
  it('does nothing for a page of another site in the same browser', async () => {
    const before = await readTopic(stack.topics.replays);
    const console = await startConsole(stack);
    const addresses = targets
      .filter(({ method }) => method === 'POST')
      .flatMap(({ address, body }) =>
        spellingsOf(address)
          .filter(({ name }) => FROM_A_PAGE.has(name))
          .map(({ target }) => ({ url: console.url + target, body })),
      );
    const elsewhere = new URL(await servePage('<!doctype html><title>Elsewhere</title><body></body>'));
    const page = await (await launchChromium()).newPage();
    // To the browser the same site on another port, and another site.
    for (const hostname of ['127.0.0.1', 'localhost']) {
      elsewhere.hostname = hostname;
      await page.goto(elsewhere.href);
      const sent = await page.evaluate(`(${ATTACK})(${JSON.stringify(addresses)})`);
      expect(sent).toBeGreaterThan(addresses.length);
    }
    expect(await readTopic(stack.topics.replays)).toHaveLength(before.length);
    expect(console.app.output.split('\n').filter((line) => TRACES.test(line))).toEqual([]);

    // The console's own page may, in the same browser.
    await page.goto(console.url);
    expect(await page.evaluate(`(${OWN})('/api/sources/default/probe')`)).toBe(200);
  }, 120_000);
});

/** All that a page can send to another site without asking it: simple requests, forms, beacons. Resolves to how many it has sent. */
const ATTACK = `async (addresses) => {
  let sent = 0;
  const send = async (url, init) => {
    sent++;
    await fetch(url, { method: 'POST', credentials: 'include', ...init }).catch(() => undefined);
  };
  const frame = document.body.appendChild(Object.assign(document.createElement('iframe'), { name: 'frame' }));
  for (const [index, { url, body }] of addresses.entries()) {
    await Promise.all([send(url, { mode: 'no-cors' }), send(url, { mode: 'no-cors', body }), send(url, { mode: 'no-cors', body: new Blob([body]) })]);
    if (index % 2 > 0) continue;
    await send(url, { mode: 'cors', headers: { 'x-bridge-console': '1' } });
    navigator.sendBeacon(url);
    const form = Object.assign(document.createElement('form'), { action: url, method: 'post', target: 'frame' });
    document.body.append(form);
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
    form.submit();
    await Promise.race([loaded, new Promise((resolve) => setTimeout(resolve, 1_000))]);
    form.remove();
    sent += 2;
  }
  return sent;
}`;

const OWN = `async (path) => (await fetch(path, { method: 'POST', headers: { 'x-bridge-console': '1' } })).status`;
