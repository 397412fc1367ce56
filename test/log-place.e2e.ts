import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalKafka, type LocalKafka } from '../tools/local-kafka/local-kafka.mjs';
import type { AppProcess } from './support/app-process.ts';
import { callsFor, deliveryFaults, repeatsAmong } from './support/extole-calls.ts';
import { moveGroup } from './support/group-offsets.ts';
import { numberedEvent, numberedEvents, sendInBatches, type NumberedEvent } from './support/numbered-events.ts';
import { jsonOf, runBridge } from './support/run-bridge.ts';
import { untilSettled } from './support/settled.ts';
import { tempFolder } from './support/temp-folder.ts';
import { withAdmin } from './support/test-kafka.ts';
import { presentEnd } from './support/test-end.ts';
import { startStack, type TestStack } from './support/test-stack.ts';
import { freePort, waitFor } from './support/wait-for.ts';

/** A broker of the test's own, whose disk can be cut. */
interface FragileBroker {
  readonly brokers: string;
  /** A power cut: the broker is killed, the last third of what a partition holds was never written, and the broker comes back. */
  losePartOf(topic: string, partition: number): Promise<void>;
}

async function startFragileBroker(): Promise<FragileBroker> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bridge-power-'));
  const port = await freePort();
  let kafka: LocalKafka = await startLocalKafka({ port, dataDir, heapMb: 256 });
  presentEnd()(async () => {
    await kafka.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return {
    brokers: kafka.brokers,
    async losePartOf(topic, partition) {
      await kafka.kill();
      const folder = join(dataDir, 'logs', `${topic}-${partition}`);
      const segment =
        readdirSync(folder)
          .filter((name) => name.endsWith('.log'))
          .at(-1) ?? '';
      truncateSync(join(folder, segment), Math.floor(statSync(join(folder, segment)).size * 0.65));
      kafka = await startLocalKafka({ port, dataDir, heapMb: 256 });
    },
  };
}

/** Sends as senders do: what is not answered 200 is sent again. */
async function sendPatiently({ segment }: TestStack, events: readonly NumberedEvent[], size = 100): Promise<void> {
  for (let start = 0; start < events.length; start += size) {
    const batch = events.slice(start, start + size);
    await waitFor(
      () =>
        sendInBatches(segment, batch, size).then(
          () => true,
          () => false,
        ),
      {
        describe: 'ingest to take a batch',
        timeoutMs: 60_000,
        intervalMs: 300,
      },
    );
  }
}

async function readiness(forwarder: AppProcess): Promise<string> {
  const answer = await forwarder.ask('/health/ready').catch(() => undefined);
  return answer === undefined ? 'silent' : `${answer.status} ${answer.text}`;
}

async function untilSaid(forwarder: AppProcess, words: RegExp): Promise<string> {
  let said = '';
  await waitFor(async () => words.test((said = await readiness(forwarder))), {
    timeoutMs: 90_000,
    describe: () => `readiness to say ${words} (it says ${said}; ${forwarder.tail()})`,
  });
  return said;
}

async function metric(forwarder: AppProcess, name: string): Promise<number> {
  const { text } = await forwarder.ask('/metrics');
  return text
    .split('\n')
    .filter((line) => line.startsWith(name))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

async function expectAllDelivered(stack: TestStack, events: readonly NumberedEvent[]): Promise<void> {
  await untilSettled(stack);
  const ledger = await stack.extole.ledger();
  expect(deliveryFaults(events, ledger)).toEqual([]);
  expect(repeatsAmong(callsFor(events, ledger))).toHaveLength(0);
}

async function expectNothingCalled(stack: TestStack, events: readonly NumberedEvent[]): Promise<void> {
  expect(callsFor(events, await stack.extole.ledger())).toHaveLength(0);
}

describe('a log that is not what it was (P1)', () => {
  // The restart goes through the same restore, and the simulation through that.
  it.each(process.env['LONG'] === '1' ? ['goes on running', 'is started again'] : ['goes on running'])(
    'loses its unflushed tail in a power cut: nothing new is taken for what was delivered, where the forwarder %s',
    async (how) => {
      const broker = await startFragileBroker();
      const stateDir = tempFolder('state');
      const stack = await startStack({ brokers: broker.brokers, partitions: 1, forwarders: 0 });
      let forwarder = await stack.startForwarder({ stateDir });
      const before = numberedEvents({ total: 1_000, users: 100, prefix: 'before' });
      await sendPatiently(stack, before);
      await untilSettled(stack);
      if (how === 'is started again') await forwarder.terminate();
      await broker.losePartOf(stack.topics.events, 0);
      const after = numberedEvents({ total: 700, users: 50, prefix: 'after' });
      await sendPatiently(stack, after);
      if (how === 'is started again') forwarder = await stack.startForwarder({ stateDir, awaitReady: false });

      const said = await untilSaid(forwarder, /is refused/);
      expect(said).toContain('503');
      expect(said).toContain('bridge topics accept --source default --partition 0');
      await expectNothingCalled(stack, after);

      const rehearsed = await runBridge(stack, 'topics', 'accept', '--partition', '0', '--dry-run', '--json');
      const { anotherFrom } = jsonOf(rehearsed) as { anotherFrom: number };
      expect(anotherFrom).toBeGreaterThan(500);
      expect(anotherFrom).toBeLessThan(1_000);
      await expectNothingCalled(stack, after);
      expect((await runBridge(stack, 'topics', 'accept', '--partition', '0')).code).toBe(0);

      await untilSaid(forwarder, /^200/);
      await expectAllDelivered(stack, [...before, ...after]);

      // The place is known after a restart as well, and a message of before is a repeat still.
      await forwarder.terminate();
      forwarder = await stack.startForwarder({ stateDir });
      await sendPatiently(stack, before.slice(900));
      await expectAllDelivered(stack, [...before, ...after]);
      await forwarder.terminate();
      await stack.startForwarder({ stateDir: tempFolder('fresh') });
      await expectAllDelivered(stack, [...before, ...after]);
      const again = await runBridge(stack, 'topics', 'accept', '--partition', '0');
      expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('there is nothing to accept') as string });
    },
    180_000,
  );

  it('is made anew: every event of the new topic is delivered', async () => {
    const stateDir = tempFolder('state');
    const stack = await startStack({ partitions: 1, forwarders: 0 });
    const old = numberedEvents({ total: 400, users: 20, prefix: 'old' });
    const forwarder = await stack.startForwarder({ stateDir });
    await sendInBatches(stack.segment, old);
    await untilSettled(stack);
    await forwarder.terminate();
    await withAdmin((admin) => admin.deleteTopics({ topics: [stack.topics.events] }));
    await waitFor(async () => (await runBridge(stack, 'topics', 'ensure')).code === 0, {
      describe: 'the topic anew',
      timeoutMs: 30_000,
    });
    await stack.ingest.terminate();
    await stack.restartIngest();
    const events = numberedEvents({ total: 600, users: 20, prefix: 'new' });
    await sendPatiently(stack, events);
    const refused = await stack.startForwarder({ stateDir, awaitReady: false });
    expect(await untilSaid(refused, /is refused/)).toMatch(/at offset 399 stands another record/);
    await expectNothingCalled(stack, events);
    const accepted = await runBridge(stack, 'topics', 'accept', '--partition', '0', '--json');
    expect(jsonOf(accepted)).toMatchObject({ partition: 0, anotherFrom: 0 });
    await untilSaid(refused, /^200/);
    await expectAllDelivered(stack, events);
    expect(repeatsAmong(callsFor(old, await stack.extole.ledger()))).toHaveLength(0);
  }, 120_000);

  it.each(['delivers', 'is stopped by an operator'])(
    'is made anew under a running forwarder that %s, and holds more than before: nothing of it is passed over',
    async (how) => {
      const stack = await startStack({ partitions: 1, forwarders: 0 });
      const forwarder = await stack.startForwarder({ stateDir: tempFolder('state') });
      const old = numberedEvents({ total: 100, users: 20, prefix: 'old' });
      await sendInBatches(stack.segment, old);
      await untilSettled(stack);
      if (how !== 'delivers') expect((await runBridge(stack, 'sources', 'stop')).code).toBe(0);
      await withAdmin((admin) => admin.deleteTopics({ topics: [stack.topics.events] }));
      if (how === 'delivers') await untilSaid(forwarder, /UNKNOWN_TOPIC|does not host/);
      await waitFor(async () => (await runBridge(stack, 'topics', 'ensure')).code === 0, {
        describe: 'the topic anew',
        timeoutMs: 30_000,
      });
      const events = numberedEvents({ total: 400, users: 20, prefix: 'new' });
      await sendPatiently(stack, events);
      if (how !== 'delivers') expect((await runBridge(stack, 'sources', 'resume')).code).toBe(0);
      expect(await untilSaid(forwarder, /is refused/)).toContain('bridge topics accept --source default --partition 0');
      expect((await runBridge(stack, 'sources')).stdout).toContain('bridge topics accept --source default --partition 0');
      await expectNothingCalled(stack, events);
      expect((await runBridge(stack, 'topics', 'accept', '--partition', '0')).code).toBe(0);
      await untilSaid(forwarder, /^200/);
      await expectAllDelivered(stack, events);
    },
    120_000,
  );

  it('loses records under a running forwarder that has not delivered them: they are counted and told, and what it holds is delivered', async () => {
    const stateDir = tempFolder('state');
    const stack = await startStack({ partitions: 1, forwarders: 0 });
    const forwarder = await stack.startForwarder({ stateDir });
    await stack.extole.behaviour({ faults: [{ match: { partnerUserId: 'stuck' }, kind: 'status', status: 500 }] });
    await sendInBatches(stack.segment, [numberedEvent('stuck', 0)]);
    expect((await runBridge(stack, 'sources', 'stop')).code).toBe(0);
    await untilSaid(forwarder, /stopped by an operator/);
    const events = numberedEvents({ total: 15_000, users: 1_500, prefix: 'held' });
    await sendInBatches(stack.segment, events);
    const start = await withAdmin(async (admin) => {
      const [end] = await admin.fetchTopicOffsets(stack.topics.events);
      const offset = String(Number(end?.high) - 200);
      await admin.deleteTopicRecords({ topic: stack.topics.events, partitions: [{ partition: 0, offset }] });
      return Number(offset);
    });
    await stack.extole.behaviour({ faults: [] });
    await runBridge(stack, 'sources', 'resume');

    const said = await untilSaid(forwarder, /is refused/);
    const [, missing = ''] = /(\d+) records that were not delivered are gone/.exec(said) ?? [];
    const delivered = new Set(callsFor(events, await stack.extole.ledger()).map(({ partnerEventId }) => partnerEventId)).size;
    // The stuck one stands before them.
    expect(delivered + Number(missing)).toBe(start - 1);
    expect(delivered).toBeGreaterThan(0);
    expect(await metric(forwarder, 'bridge_lost_records_total')).toBe(Number(missing));

    const accepted = await runBridge(stack, 'topics', 'accept', '--partition', '0', '--json');
    expect(jsonOf(accepted)).toMatchObject({ lost: { missing: Number(missing) } });
    await untilSaid(forwarder, /^200/);
    await expectAllDelivered(stack, events.slice(-200));
    expect(await metric(forwarder, 'bridge_lost_records_total')).toBe(Number(missing));
  }, 120_000);

  it('is read by a group whose offset is none: -2, as kafkajs writes it', async () => {
    const stack = await startStack({ partitions: 1, forwarders: 0 });
    const forwarder = await stack.startForwarder({ stateDir: tempFolder('state') });
    const events = numberedEvents({ total: 100, users: 10, prefix: 'minus' });
    await sendInBatches(stack.segment, events);
    await untilSettled(stack);
    await forwarder.terminate();
    await moveGroup(stack, [{ partition: 0, offset: '-2' }]);
    await stack.startForwarder({ stateDir: tempFolder('fresh') });
    const more = numberedEvents({ total: 100, users: 10, prefix: 'more' });
    await sendInBatches(stack.segment, more);
    await expectAllDelivered(stack, [...events, ...more]);
    expect((await runBridge(stack, 'replay', '--all', '--dry-run')).code).toBe(0);
  }, 60_000);

  it('has a deletions topic that is shorter than a checkpoint knows: nothing stands still', async () => {
    const broker = await startFragileBroker();
    const stateDir = tempFolder('state');
    const stack = await startStack({ brokers: broker.brokers, partitions: 2, forwarders: 0 });
    const forwarder = await stack.startForwarder({ stateDir });
    await sendPatiently(stack, numberedEvents({ total: 100, users: 20, prefix: 'u' }));
    for (let user = 0; user < 20; user++) await stack.segment.deleteUser(`u-${user}`);
    await untilSettled(stack);
    await broker.losePartOf(stack.topics.deletions, 0);
    const after = numberedEvents({ total: 200, users: 40, prefix: 'after' });
    await sendPatiently(stack, after);
    await untilSaid(forwarder, /^200/);
    await expectAllDelivered(stack, after);

    await forwarder.terminate();
    await broker.losePartOf(stack.topics.deletions, 0);
    const more = numberedEvents({ total: 200, users: 40, prefix: 'more' });
    await sendPatiently(stack, more);
    const again = await stack.startForwarder({ stateDir });
    await expectAllDelivered(stack, [...after, ...more]);
    expect(again.logs.map(({ event }) => event)).toContain('checkpoint_ahead');
  }, 150_000);
});
