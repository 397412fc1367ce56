import { setTimeout as delay } from 'node:timers/promises';
import type { Deletions, Found, Overview, Replays } from '../apps/console/src/api/index.ts';
import { startConsole } from './support/console-client.ts';
import { callsFor, deliveryFaults, repeatsAmong } from './support/extole-calls.ts';
import { numberedEvents, sendInBatches } from './support/numbered-events.ts';
import { readTopic } from './support/read-topic.ts';
import { jsonOf, runBridge } from './support/run-bridge.ts';
import { scrape } from './support/scrape.ts';
import { untilSettled } from './support/settled.ts';
import { tempFolder } from './support/temp-folder.ts';
import { atTestEnd } from './support/test-end.ts';
import { kafkaClient } from './support/test-kafka.ts';
import { startStack, type TestStack } from './support/test-stack.ts';
import { waitFor } from './support/wait-for.ts';

const at = '2026-11-24T12:00:00.000Z';
const PARTITIONS = 2;

interface ForeignRecord {
  readonly key: string | null;
  readonly value: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

const OUTCOME = {
  schema: 1,
  outcome: 'delivered',
  type: 'track',
  subject: 'a'.repeat(32),
  messageId: 'foreign',
  attempts: 1,
  mappingVersion: 'default',
  latencyMs: 1,
  at,
};

const EVENT = { type: 'track', event: 'Backfilled', userId: 'foreign', timestamp: at, receivedAt: at };

function event(messageId: string, value: unknown): ForeignRecord {
  const headers = { type: 'track', messageId, receivedAt: at, schema: '1' };
  return { key: 'foreign', value: typeof value === 'string' ? value : JSON.stringify(value), headers };
}

function outcome(partition: number, damages: Readonly<Record<string, unknown>>): ForeignRecord {
  const value = { ...OUTCOME, position: { partition, offset: 0 }, ...damages };
  return { key: 'foreign', value: JSON.stringify(value), headers: { type: 'outcome', schema: '1' } };
}

/** What can be wrong with a value of any topic. */
const GARBAGE: readonly ForeignRecord[] = [
  { key: 'k', value: 'no json' },
  { key: 'k', value: '[null]' },
  { key: 'k', value: '{"__proto__":{"run":"x"}}' },
  { key: 'k', value: '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000) },
  { key: '\ud800', value: '"\ud800"', headers: { type: '\u0000', schema: '99' } },
];

const FOREIGN = {
  events: () => [
    ...GARBAGE,
    { key: null, value: null },
    event('null-integrations', { ...EVENT, messageId: 'null-integrations', integrations: null, properties: null }),
    event('number-name', { ...EVENT, messageId: 'number-name', event: 7 }),
    event(
      'deep',
      `{"type":"track","event":"Deep","messageId":"deep","userId":"foreign","properties":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`,
    ),
    event('x'.repeat(300_000), { ...EVENT, messageId: 'x'.repeat(300_000) }),
  ],
  outcomes: (partition: number) => [
    ...GARBAGE,
    outcome(partition, { position: { partition, offset: Number.MAX_SAFE_INTEGER } }),
    outcome(partition, { position: { partition, offset: 3_000_000_000 } }),
    outcome(partition, { position: { partition: 77, offset: 3 } }),
    outcome(partition, { position: null }),
    outcome(partition, { at: 'yesterday', type: 'delete' }),
    outcome(partition, { latencyMs: 1e300, type: 'delete' }),
    outcome(partition, { subject: 'nobody', messageKey: '', attempts: null }),
  ],
  deletions: (partition: number) => [
    ...GARBAGE,
    { key: 'b'.repeat(32), value: JSON.stringify({ deletionId: 7, partition, offset: 0, requestedAt: at }) },
    { key: 'b'.repeat(32), value: JSON.stringify({ deletionId: 'd', partition, offset: 2 ** 53, requestedAt: at }) },
    { key: 'b'.repeat(32), value: JSON.stringify({ deletionId: 'd', partition, offset: 0, requestedAt: 'soon' }) },
  ],
  replays: () => [
    ...GARBAGE,
    ...[{ ranges: [null] }, { ranges: {} }, { filter: null }, { rate: -1 }, { requestedAt: 7 }].map((damage) => ({
      key: 'r-foreign',
      value: JSON.stringify({
        run: 'r-foreign',
        state: 'running',
        requestedAt: at,
        ranges: [],
        filter: {},
        redeliver: false,
        ...damage,
      }),
      headers: { type: 'request', schema: '1' },
    })),
    {
      key: 'r-foreign/0',
      value: JSON.stringify({ run: 'r-foreign', partition: 0, next: -5, to: null }),
      headers: { type: 'progress' },
    },
    {
      key: 'control/delivery',
      value: JSON.stringify({ kind: 'delivery', wanted: 'stopped', at: 5 }),
      headers: { type: 'control' },
    },
  ],
};

describe('records in our topics that nobody of ours wrote', () => {
  let stack: TestStack;
  const stateDir = tempFolder('state');

  async function write(
    topic: string,
    records: (partition: number) => readonly ForeignRecord[],
    partitions = PARTITIONS,
  ): Promise<void> {
    const producer = kafkaClient().producer();
    await producer.connect();
    for (let partition = 0; partition < partitions; partition++) {
      const messages = records(partition).map((record) => ({ ...record, partition, headers: { ...record.headers } }));
      await producer.send({ topic, messages });
    }
    await producer.disconnect();
  }

  /** Two events of every partition that a transaction writes, which then ends as is said. */
  async function transaction(messageId: string, end: 'commit' | 'abort'): Promise<void> {
    const producer = kafkaClient().producer({
      transactionalId: `${stack.prefix}${messageId}`,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const begun = await producer.transaction();
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const { headers, ...record } = event(messageId, { ...EVENT, event: 'Transacted', messageId });
      await begun.send({ topic: stack.topics.events, messages: [{ ...record, partition, headers: { ...headers } }] });
    }
    await begun[end]();
    await producer.disconnect();
  }

  /** How the records of a message have ended. */
  async function endsOf(messageId: string): Promise<unknown[]> {
    const records = await readTopic(stack.topics.outcomes);
    const ours = records.filter(({ headers, value }) => headers['type'] === 'outcome' && value?.includes(`"${messageId}"`));
    return [...new Set(ours.map(({ value }) => (JSON.parse(value ?? 'null') as { outcome: unknown }).outcome))].sort();
  }

  beforeAll(async () => {
    stack = await startStack({ partitions: PARTITIONS, forwarders: 0 });
    await stack.startForwarder({ stateDir });
  }, 60_000);

  it('hinder nothing else: not a running forwarder, not one that starts, no checkpoint, no deletion', async () => {
    const first = numberedEvents({ total: 100, users: 20, prefix: 'before' });
    await sendInBatches(stack.segment, first);
    await untilSettled(stack);
    await write(stack.topics.events, FOREIGN.events);
    await write(stack.topics.outcomes, FOREIGN.outcomes);
    await write(stack.topics.deletions, FOREIGN.deletions);
    await write(stack.topics.replays, FOREIGN.replays, 1);
    const second = numberedEvents({ total: 100, users: 20, prefix: 'running' });
    await sendInBatches(stack.segment, second);
    await untilSettled(stack);

    // Its end writes checkpoints; the next one reads all topics from their beginning.
    const [running] = stack.forwarders;
    expect(await running?.terminate()).toMatchObject({ code: 0 });
    const again = await stack.startForwarder();
    const third = numberedEvents({ total: 100, users: 20, prefix: 'again' });
    await sendInBatches(stack.segment, third);
    await stack.segment.deleteUser('before-1');
    await untilSettled(stack);

    const all = [...first, ...second, ...third];
    const ledger = await stack.extole.ledger();
    expect(deliveryFaults(all, ledger)).toEqual([]);
    expect(repeatsAmong(callsFor(all, ledger))).toEqual([]);
    expect(await endsOf('null-integrations')).toEqual(['delivered']);
    expect(await endsOf('number-name')).toEqual(['dead-lettered']);
    expect(await endsOf('deep')).toEqual(['dead-lettered']);

    const page = await scrape(again);
    for (const topic of ['outcomes', 'deletions', 'replays'])
      expect(page.sum('bridge_undecodable_records_total', { topic })).toBeGreaterThan(0);
    const lines = again.logs.filter((line) => line['event'] === 'record_undecodable');
    const places = lines.map((line) => [line['topic'], line['partition'], line['reason']].join());
    expect(new Set(places).size).toBe(places.length);
  }, 120_000);

  it('hinder no replay, whose reader agrees with the live consumer about what a transaction took back', async () => {
    await transaction('aborted', 'abort');
    await transaction('committed', 'commit');
    await sendInBatches(stack.segment, numberedEvents({ total: 40, users: 20, prefix: 'after' }));
    // At the end of the log, nothing that a consumer gets tells that it has come to the end. Kafka writes the end of a transaction a moment later.
    await transaction('taken back last', 'abort');
    await delay(500);
    await untilSettled(stack);
    const told = await runBridge(stack, 'replay', '--all', '--redeliver', '--json');
    expect(jsonOf(told)).toMatchObject({ state: 'done' });
    expect(await endsOf('committed')).toContain('delivered');
    expect(await endsOf('aborted')).toEqual([]);
    expect(await endsOf('taken back last')).toEqual([]);
  }, 120_000);

  it('are said to hold a partition up while their transaction is open, and nothing is lost over that', async () => {
    const [forwarder] = stack.forwarders.filter(({ isRunning }) => isRunning);
    const producer = kafkaClient().producer({ transactionalId: `${stack.prefix}open`, idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const open = await producer.transaction();
    const { headers, ...record } = event('held', { ...EVENT, messageId: 'held' });
    await open.send({ topic: stack.topics.events, messages: [{ ...record, partition: 0, headers: { ...headers } }] });
    await sendInBatches(stack.segment, numberedEvents({ total: 40, users: 20, prefix: 'behind' }));
    let said = '';
    await waitFor(async () => /partition 0.*transaction/.test((said = (await forwarder?.ask('/health/ready'))?.text ?? '')), {
      describe: () => `readiness to say what holds it up (${said})`,
      timeoutMs: 30_000,
    });
    expect(said).not.toContain('partition 1');
    await open.commit();
    await producer.disconnect();
    await untilSettled(stack);
    await waitFor(async () => (await forwarder?.ask('/health/ready'))?.status === 200, {
      describe: 'readiness',
      timeoutMs: 20_000,
    });
    expect(await endsOf('held')).toEqual(['delivered']);
  }, 90_000);

  it('hinder no page of the console', async () => {
    const panel = await startConsole(stack);
    atTestEnd(() => panel.app.terminate());
    await panel.untilSource('indexed', (_, { index }) => index.caughtUp);
    expect((await panel.get<Overview>('/api/overview')).problems).toEqual([]);
    const { replays } = await panel.get<Replays>('/api/replays');
    expect(replays.map(({ state }) => state)).toEqual(['done']);
    const { deletions } = await panel.get<Deletions>('/api/deletions');
    expect(deletions.filter(({ status }) => status === 'sent')).toHaveLength(1);
    await panel.get('/api/dead-letters');
    const { timelines } = await panel.post<Found>('/api/find', { user: 'foreign' });
    for (const { entries } of timelines)
      for (const { position } of entries) await panel.get(`/api/events/default/${position.partition}/${position.offset}`);
    expect(timelines.length).toBeGreaterThan(0);
  }, 60_000);
});
