import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppProcess } from './support/app-process.ts';
import { readTopic } from './support/read-topic.ts';
import { runBridge } from './support/run-bridge.ts';
import { basic, type SegmentMessage } from './support/segment-client.ts';
import { untilSettled } from './support/settled.ts';
import { tempFolder } from './support/temp-folder.ts';
import { startStack, type TestStack } from './support/test-stack.ts';
import { waitFor } from './support/wait-for.ts';

/** Values that occur nowhere else, by what they stand for. What is made here is what no log, metric, outcome or file may ever show. */
const planted = new Map<string, string>();

function mark(what: string): string {
  const value = `marker${randomBytes(8).toString('hex')}`;
  planted.set(what, value);
  return value;
}

/** Where one of `values` is found in `text`: the names of what was planted. */
function found(text: string, values: ReadonlyMap<string, string> = planted): string[] {
  // Not even in another case or as base64 of the whole value.
  const haystack = text.toLowerCase();
  return [...values]
    .filter(
      ([, value]) => haystack.includes(value.toLowerCase()) || text.includes(Buffer.from(value).toString('base64').slice(0, -3)),
    )
    .map(([what]) => what);
}

const AUDITED_PAGES = ['/metrics', '/health/ready', '/health/live'] as const;

describe('P10: no personal data and no secret in what the system says about itself', () => {
  let stack: TestStack;
  let stateDir: string;
  let forwarder: AppProcess;
  /** What was on the admin ports, looked at while there was trouble. */
  let pages = '';
  /** What the operators' CLI said. */
  let said = '';
  /** In outcomes a message id is meant to be; in a log line it is not. */
  const messageIds = new Map<string, string>();
  const secrets = new Map<string, string>();

  function messageId(what: string): string {
    const value = `marker${randomBytes(8).toString('hex')}`;
    messageIds.set(`messageId of ${what}`, value);
    return value;
  }

  /** An event with something personal in every field that may hold it. */
  function personalEvent(kind: string, type: 'identify' | 'track', more: Readonly<Record<string, unknown>> = {}): SegmentMessage {
    const facts = {
      email: `${mark(`${kind} email`)}@example.com`,
      firstName: mark(`${kind} first name`),
      last_name: mark(`${kind} last name`),
      nested: { deep: [mark(`${kind} nested value`)] },
      [mark(`${kind} property name`)]: 1,
    };
    return {
      type,
      messageId: messageId(kind),
      userId: mark(`${kind} user id`),
      anonymousId: mark(`${kind} anonymous id`),
      ...(type === 'track'
        ? { event: 'registration', properties: { ...facts, partner_user_id: mark(`${kind} partner user id`) } }
        : { traits: facts }),
      context: { ip: mark(`${kind} ip`), userAgent: mark(`${kind} agent`), traits: { email: mark(`${kind} context email`) } },
      ...more,
    };
  }

  beforeAll(async () => {
    stateDir = tempFolder('state');
    stack = await startStack({ forwarders: 0, env: { LOG_LEVEL: 'debug' } });
    forwarder = await stack.startForwarder({ stateDir });
    for (const name of [
      'SEGMENT_WRITE_KEYS',
      'DELETION_KEYS',
      'SEGMENT_SHARED_SECRET',
      'EXTOLE_ACCESS_TOKEN',
      'SUBJECT_HASH_KEY',
    ])
      secrets.set(name, stack.env[name] ?? '');
    await makeTrouble();
    for (const app of [stack.ingest, forwarder]) for (const page of AUDITED_PAGES) pages += (await app.ask(page)).text;
    pages += (await forwarder.ask('/status')).text;
    await stack.extole.behaviour({ faults: [] });
    await untilSettled(stack);
    await operate();
    for (const app of [forwarder, stack.ingest]) expect(await app.terminate()).toEqual({ code: 0, signal: null });
  }, 120_000);

  /** Events that go well, and events, requests and answers that go wrong in every way that somebody might log. */
  async function makeTrouble(): Promise<void> {
    const { segment, extole } = stack;
    const refused = personalEvent('dead letter', 'track', { event: 'Refused' });
    const failing = personalEvent('failing', 'track', { event: 'Failing' });
    await extole.behaviour({
      faults: [
        { match: { eventName: 'Refused' }, kind: 'status', status: 400, code: 'validation_error' },
        { match: { eventName: 'Failing' }, kind: 'reset' },
        { match: { path: '/v4/erasures' }, kind: 'status', status: 500, times: 1 },
      ],
    });
    const leaver = personalEvent('deleted', 'identify');
    const registration = personalEvent('registration', 'track');
    await segment.sendBatch([
      personalEvent('identify', 'identify'),
      registration,
      { ...registration, messageId: messageId('duplicate') },
      leaver,
      refused,
      failing,
      personalEvent('switched off', 'track', { integrations: { All: false } }),
      personalEvent('no event name', 'track', { event: '' }),
      personalEvent('bad time', 'track', { timestamp: mark('bad time') }),
      personalEvent('bad properties', 'track', { properties: mark('properties as a text') }),
      personalEvent('oversize', 'track', { properties: { filling: `${mark('oversize property')}${'x'.repeat(40_000)}` } }),
      personalEvent('page', 'identify', { type: 'page', name: mark('page name') }),
    ]);
    await segment.post('/v1/track', `{"userId":"${mark('broken JSON')}", `);
    await segment.post(`/v1/${mark('unknown path')}?email=${mark('query')}`, {});
    await segment.post('/v1/track', personalEvent('wrong key', 'track'), { authorization: basic(mark('wrong write key')) });
    await segment.post('/segment', personalEvent('partner door', 'track'), { authorization: basic(mark('wrong partner key')) });
    await segment.post('/webhooks/segment', personalEvent('webhook', 'track'), { 'x-signature': mark('wrong signature') });
    await segment.deleteUser(String(leaver['userId']));
    await segment.deleteUser(mark('deleted stranger'));
    await waitFor(async () => (await extole.ledger({ partnerEventId: String(failing['messageId']) })).length > 1, {
      describe: 'a second attempt of the failing event',
    });
    await waitFor(async () => (await extole.applied({ path: '/v4/erasures' })).length >= 2, { describe: 'both erasures' });
  }

  /** What an operator does about it, by user and by message: replays, redrives, and the questions before and after. */
  async function operate(): Promise<void> {
    const failing = String(planted.get('failing partner user id'));
    await stack.extole.behaviour({
      faults: [{ match: { eventName: 'Refused' }, kind: 'status', status: 400, code: 'validation_error' }],
    });
    for (const args of [
      ['replay', '--user', failing, '--redeliver'],
      ['dead-letters', 'redrive', '--code', 'validation_error', '--yes'],
      // Deleted in between: what its replay and its dead letter are kept as must know nothing of it either.
      ['deletions', '--open'],
      ['dead-letters', 'list'],
      ['outcomes', '--user', String(planted.get('deleted user id'))],
      ['replay', 'list'],
    ]) {
      const { code, stdout, stderr } = await runBridge(stack, ...args);
      // A redrive that is refused again says so by its exit code.
      expect({ command: args.slice(0, 2), code, stderr }).toMatchObject({ code: args[1] === 'redrive' ? 1 : 0 });
      said += `${stdout}${stderr}`;
      if (args[0] === 'replay' && args[1] === '--user') await stack.segment.deleteUser(failing);
      if (args[1] === 'redrive') await stack.segment.deleteUser(String(planted.get('dead letter partner user id')));
    }
    await untilSettled(stack);
  }

  it('has sent what was planted to Extole, so that there was something to give away', async () => {
    const bodies = (await stack.extole.ledger()).map(({ body }) => body).join('\n');
    const sent = ['identify email', 'registration partner user id', 'deleted user id', 'dead letter nested value', 'failing ip'];
    expect(found(bodies)).toEqual(expect.arrayContaining(sent));
  });

  it.each(['ingest', 'forwarder', 'simulator'] as const)('is in no log line of %s, at the most talkative level', (name) => {
    const { output } = name === 'forwarder' ? forwarder : stack[name];
    expect(output).not.toBe('');
    expect(found(output)).toEqual([]);
    expect(found(output, messageIds)).toEqual([]);
    expect(found(output, secrets)).toEqual([]);
  });

  it('is in no metric, status or health page', () => {
    expect(pages).toContain('bridge_outcomes_total');
    expect(found(pages)).toEqual([]);
    expect(found(pages, messageIds)).toEqual([]);
    expect(found(pages, secrets)).toEqual([]);
  });

  it('is in nothing that the CLI says of replays, dead letters, outcomes and deletions', () => {
    expect(said).toContain('Refused');
    expect(found(said)).toEqual([]);
    expect(found(said, secrets)).toEqual([]);
  });

  it('is in no outcome, no deletion notice and no replay, also of users deleted since', async () => {
    for (const topic of [stack.topics.outcomes, stack.topics.deletions, stack.topics.replays]) {
      const records = await readTopic(topic);
      expect(records.length).toBeGreaterThan(1);
      expect(found(JSON.stringify(records))).toEqual([]);
      expect(found(JSON.stringify(records), secrets)).toEqual([]);
    }
  });

  it('is in no file that the forwarder leaves behind', () => {
    const files = readdirSync(stateDir);
    expect(files.filter((name) => name.endsWith('.checkpoint')).length).toBeGreaterThan(0);
    for (const name of files) {
      const content = `${name}\n${readFileSync(join(stateDir, name), 'latin1')}`;
      expect({ name, found: [...found(content), ...found(content, messageIds), ...found(content, secrets)] }).toEqual({
        name,
        found: [],
      });
    }
  });
});
