import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureChromium } from './sdk/browser/ensure-chromium.ts';
import { seriousFindings } from './support/axe.ts';
import { startConsole, type TestConsole } from './support/console-client.ts';
import { ConsolePage, VIEWS } from './support/console-page.ts';
import { jsonOf, runBridge } from './support/run-bridge.ts';
import { tempFolder } from './support/temp-folder.ts';
import { startStack, type TestStack } from './support/test-stack.ts';

const EMAIL = 'someone-unmistakable@example.com';

let stack: TestStack;
let panel: TestConsole;
let browser: ConsolePage;

beforeAll(async () => {
  await ensureChromium();
  stack = await startStack({ env: { MAPPING_FILE: 'examples/mapping.yaml' } });
  panel = await startConsole(stack);
  browser = await ConsolePage.open(panel.url);
}, 700_000);

/** A conversion (or another event) of `user`, known by `name` as its message id and, unless `key` says otherwise, as its partner's key. */
async function convert(user: string, name: string, { event = 'conversion', key = name } = {}): Promise<void> {
  await stack.segment.track(user, event, { email: EMAIL, partner_conversion_id: key }, { messageId: name });
}

describe('starting on its first page, the console shows why a conversion did not reach Extole:', () => {
  it('it was filtered, by which rule', async () => {
    await convert('filtered-user', 'filtered', { event: 'Internal Ping' });
    await panel.untilEntry('filtered', 'filtered', ({ fate }) => fate.kind === 'filtered');

    const answer = await browser.find('filtered');
    await browser.untilSaid('Not sent: filtered', answer);
    await browser.untilSaid(/was not sent: the mapping drops events of this name \(track\.events\.Internal Ping\)/, answer);
  }, 60_000);

  it('it is a duplicate, and of which event', async () => {
    await convert('twice', 'first', { key: 'order-1' });
    await convert('twice', 'second', { key: 'order-1' });
    await panel.untilEntry('second', 'a duplicate', ({ fate }) => fate.kind === 'duplicate');

    const answer = await browser.find('second');
    await browser.untilSaid(/^This conversion was not sent: it repeats the event at \d+:\d+ \(the same partner's key\)/, answer);
    await browser.link('Show the event that it repeats').click();
    await browser.untilSaid('This conversion reached Extole.', answer);
    await browser.untilSaid('first', answer);
  }, 60_000);

  it('it is a dead letter, with the code, and can be redriven from there', async () => {
    const fault = { match: { partnerUserId: 'refused' }, kind: 'status', status: 400, code: 'invalid_parameter' } as const;
    await stack.extole.behaviour({ faults: [fault] });
    await convert('refused', 'refused-conversion');
    await panel.untilEntry('refused-conversion', 'a dead letter', ({ fate }) => fate.kind === 'dead-lettered');

    const answer = await browser.find('refused-conversion');
    await browser.untilSaid(/^This conversion was given up: .*400 invalid_parameter/, answer);
    await browser.link(/^Dead letters of this kind/).click();
    await browser.untilSaid('1 event in 1 group');

    await stack.extole.behaviour({ faults: [] });
    await browser.button('Preview a redrive').click();
    await browser.untilSaid('1 dead letter');
    await browser.confirm('Redrive 1 event', 'Redrive them');
    await browser.untilSaid('100%');
    await browser.untilSaid('This conversion reached Extole.', await browser.find('refused-conversion'));
  }, 60_000);

  it('it is still in the backlog, and what comes before it', async () => {
    await stack.extole.behaviour({ faults: [{ match: { eventName: 'Unlucky' }, kind: 'status', status: 500 }] });
    await convert('unlucky', 'before', { event: 'Unlucky' });
    await convert('unlucky', 'behind');

    await panel.untilEntry('behind', 'in the backlog', ({ fate }) => fate.kind === 'backlog');
    const answer = await browser.find('behind');
    await browser.untilSaid('Not sent yet: in the backlog', answer);
    await browser.untilSaid(/^This conversion waits in the backlog: 1 record of its partition before it/, answer);

    // The page follows by itself.
    await stack.extole.behaviour({ faults: [] });
    await browser.untilSaid('This conversion reached Extole.', answer);
  }, 60_000);

  it('its account is stopped: why, and it goes on once that is mended', async () => {
    await stack.extole.behaviour({ tokens: ['another'] });
    await convert('locked-out', 'held');
    await panel.untilEntry('held', 'held', ({ fate }) => fate.kind === 'held');

    const answer = await browser.find('held');
    await browser.untilSaid('Not sent yet: source stopped', answer);
    await browser.untilSaid(/^This conversion waits in the log: .*Extole answers 401 .*check EXTOLE_ACCESS_TOKEN/, answer);
    await browser.link('Source default now: stopped').click();
    await browser.untilSaid('Stopped: configuration');

    await stack.extole.behaviour({ tokens: [stack.env['EXTOLE_ACCESS_TOKEN'] ?? ''] });
    await browser.button('Probe now').click();
    await browser.untilSaid('Delivering');
    await browser.untilSaid('This conversion reached Extole.', await browser.find('held'));
  }, 60_000);

  it('its user was deleted meanwhile, and how the deletion stands', async () => {
    await browser.goToFirstPage();
    await browser.button('Stop').click();
    await browser.page.getByRole('dialog').getByRole('textbox').fill('a deletion is to come first');
    await browser.button('Stop it').click();
    await browser.untilSaid('Stopped: by an operator');
    await browser.untilSaid(/a deletion is to come first/);

    await convert('leaving', 'too-late');
    await panel.untilEntry('too-late', 'held', ({ fate }) => fate.kind === 'held');
    await stack.segment.deleteUser('leaving');
    await panel.untilEntry('too-late', 'erased', ({ fate }) => fate.kind === 'erased');

    const answer = await browser.find('too-late');
    await browser.untilSaid(/^This event was not sent: its user was deleted later in the log/, answer);
    await browser.link('Follow the deletion').click();
    await browser.untilSaid(/^Extole has taken the erasure\./);

    await browser.goToFirstPage();
    await browser.confirm('Resume', 'Resume it');
    await browser.untilSaid('Delivering');
  }, 60_000);
});

describe("the console's page", () => {
  it('leads by keyboard alone from anywhere to the answer, and past the header', async () => {
    const { page } = browser;
    await browser.goToFirstPage();
    await browser.untilSaid('Delivering');
    await page.keyboard.press('Tab');
    await browser.untilFocused('.skip');
    await page.keyboard.press('Enter');
    await browser.untilFocused('main');

    await page.keyboard.press('/');
    await browser.untilFocused('#search');
    await page.keyboard.type('twice');
    await page.keyboard.press('Enter');
    await browser.untilSaid('All of this user: 2 events');
    await browser.untilFocused('h1');
    // Past the button that copies the link, to the newest event.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await browser.untilFocused('.timeline a');
    await page.keyboard.press('Enter');
    await browser.untilFocused('article h2');
    // The address can be sent on: it names the event, and nobody.
    expect(page.url()).toMatch(/#\/find\/default\/[0-9a-f]{32}\/\d+-\d+$/);
  }, 60_000);

  it('shows what an event holds, masked until it is unmasked on purpose, which it says is logged', async () => {
    const answer = await browser.find('first');
    await browser.button('Show what it holds').click();
    await browser.untilSaid(/"partner_conversion_id": "•••"/, answer);
    expect(await answer.innerText()).not.toContain(EMAIL);

    await browser.button('Unmask personal data').click();
    await browser.untilSaid(/is written to the console’s log/);
    await browser.button('Unmask, and log it').click();
    await browser.untilSaid(new RegExp(`"email": "${EMAIL}"`), answer);
    expect(panel.app.logs).toContainEqual(expect.objectContaining({ event: 'personal_data_shown', by: 'localhost' }));
    await browser.button('Mask again').click();
    await browser.untilSaid(/"email": "•••"/, answer);
  }, 60_000);

  it('shows an auditor who did what, and counts as use only what somebody does', async () => {
    const { page } = browser;
    await browser.goTo(VIEWS.audit);
    const latest = page.getByRole('table', { name: 'Actions of operators' }).getByRole('row').nth(1);
    await browser.untilSaid('unmasked an event', latest);
    await browser.untilSaid('redrove dead letters');
    expect(await latest.innerText()).toMatch(/localhost\s+console\s+unmasked an event\s+default\s+\d+:\d+/);
    const asked = (as: string) =>
      page.waitForRequest((request) => request.url().endsWith('/api/audit') && request.headers()['x-bridge-console'] === as);
    await asked('refresh');
    await page.keyboard.press('Shift');
    await asked('1');
    await asked('refresh');
  }, 60_000);

  it('tries a mapping as one types', async () => {
    const { page } = browser;
    await browser.goTo(VIEWS.mapping);
    await browser.untilSaid(/"event_name": "conversion"/, page.getByRole('region', { name: 'To Extole' }));
    const editor = page.getByRole('textbox', { name: 'A Segment message as JSON' });
    await editor.fill('{"type": "track", "userId": "u", "event": "Internal Ping"}');
    await browser.untilSaid(/It would be written to the log and not sent: dropped_by_mapping/);
    await editor.fill('{"type": ');
    await browser.untilSaid(/^That is not JSON/);
  }, 60_000);

  it('starts a replay only after showing what it would do, and follows it', async () => {
    const { page } = browser;
    await browser.goTo(VIEWS.replays);
    await page.getByText('Start a replay').click();
    await page.getByRole('textbox', { name: 'User id' }).fill('twice');
    expect(await browser.button(/^Start/).count()).toBe(0);
    await browser.button(/^Preview/).click();
    await browser.confirm(/^Start: /, 'Start the replay');
    await browser.untilSaid('100%');
    await browser.untilSaid(/, by localhost/);
    await browser.untilSaid('done');
    expect(page.url()).toMatch(/#\/replays\/default\/./);
  }, 60_000);

  it('has no serious accessibility finding on any view, in light and in dark, and no sideways scrolling on a phone', async () => {
    const { page } = browser;
    // A dead letter, so that their view has something to show.
    const fault = { match: { partnerUserId: 'refused-again' }, kind: 'status', status: 400, code: 'invalid_parameter' } as const;
    await stack.extole.behaviour({ faults: [fault] });
    await convert('refused-again', 'refused-again');
    await panel.untilEntry('refused-again', 'a dead letter', ({ fate }) => fate.kind === 'dead-lettered');
    await browser.find('second');
    const timeline = new URL(page.url()).hash;

    const findings: string[] = [];
    const look = async (view: string, colours: string): Promise<void> => {
      findings.push(...(await seriousFindings(page)).map((finding) => `${view}, ${colours}: ${finding}`));
      if ((await browser.overflow()) > 0) findings.push(`${view} is wider than the window`);
    };
    for (const colorScheme of ['light', 'dark'] as const) {
      // Without motion: a button half way from one colour to the other is neither.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      // The dark one is a phone.
      await page.setViewportSize(colorScheme === 'light' ? { width: 1_280, height: 800 } : { width: 375, height: 812 });
      for (const [view, hash] of Object.entries({ ...VIEWS, timeline, 'a wrong address': '#/nowhere' })) {
        await browser.goTo(hash);
        await page.locator('.loading').waitFor({ state: 'detached' });
        if (view === 'timeline') {
          await browser.button('Show what it holds').click();
          await browser.untilSaid('To Extole (masked)');
        }
        if (view === 'replays') await page.getByText('Start a replay').click();
        await look(view, colorScheme);
      }
      await browser.goTo(VIEWS.overview);
      await browser.button('Stop').click();
      await look('a dialog', colorScheme);
      await page.keyboard.press('Escape');
    }
    expect(findings).toEqual([]);
  }, 120_000);

  it('asks who one is, offers what one may do, and says so when the connection is lost', async () => {
    const { page } = browser;
    await page.setViewportSize({ width: 1_280, height: 800 });
    await browser.find('first');
    const firstEvent = new URL(page.url()).hash;
    // Up to here the browser has had nothing to complain about, and has asked nobody else.
    expect(browser.complaints).toEqual([]);
    expect(browser.strangers).toEqual([]);

    const made = jsonOf(await runBridge(stack, 'console', 'user', 'anna', '--json'));
    const usersFile = join(tempFolder('users'), 'users');
    writeFileSync(usersFile, String(made['line']));
    const guarded = await startConsole(stack, {
      env: { CONSOLE_TOKEN: 'a-token-of-some-length', CONSOLE_USERS_FILE: usersFile },
    });
    await page.goto(guarded.url);
    const token = page.getByLabel('Console token');
    await token.fill(String(made['token']));
    await page.keyboard.press('Enter');
    await browser.untilSaid('To stop or resume it takes the role operate, which anna lacks: it is given in CONSOLE_USERS_FILE.');
    expect(await browser.button('Stop').count()).toBe(0);
    await page.goto(`${guarded.url}/${firstEvent}`);
    await browser.button('Show what it holds').click();
    await browser.untilSaid(/^To see personal data takes the role unmask, which anna lacks/);
    expect(await browser.button('Unmask personal data').count()).toBe(0);
    expect(await seriousFindings(page)).toEqual([]);
    const signedIn = (await page.context().cookies(guarded.url)).find(({ name }) => name === 'bridge_console');
    const headers = { cookie: `bridge_console=${signedIn?.value ?? ''}` };
    const stream = await fetch(`${guarded.url}/api/live`, { headers });
    await browser.link('Overview').click();
    await browser.button('Sign out').click();
    await token.waitFor();
    // What was open ends with the session.
    expect(await stream.text()).toContain('event: overview');
    expect((await fetch(`${guarded.url}/api/overview`, { headers })).status).toBe(401);
    const lines = guarded.app.logs.filter(({ by }) => by === 'anna').map(({ event }) => event);
    expect(lines).toEqual(['signed_in', 'signed_out']);

    await token.fill('a wrong one');
    await page.keyboard.press('Enter');
    await browser.untilSaid(/^That is not the token/);
    expect(await seriousFindings(page)).toEqual([]);
    await token.fill('a-token-of-some-length');
    await page.keyboard.press('Enter');
    await browser.untilSaid('Delivering');

    await guarded.app.kill9();
    await browser.untilSaid(/^What you see is as of the last word from it\./);
    await browser.untilSaid('Delivering');
    expect(await seriousFindings(page)).toEqual([]);
  }, 60_000);
});
