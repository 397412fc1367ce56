import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCheckpoint } from '#delivery';
import { toOffset } from '#segment';
import {
  fillTopics,
  frozenCalls,
  frozenEnds,
  frozenReleases,
  readFrozenLog,
  readRecords,
  writeFrozenLog,
} from './support/frozen-log.ts';
import { moveGroup } from './support/group-offsets.ts';
import { numberedEvents, sendInBatches, type NumberedEvent } from './support/numbered-events.ts';
import { jsonOf, runBridge } from './support/run-bridge.ts';
import type { SegmentMessage } from './support/segment-client.ts';
import { untilSettled } from './support/settled.ts';
import { tempFolder } from './support/temp-folder.ts';
import { withAdmin } from './support/test-kafka.ts';
import { startStack, type TestStack } from './support/test-stack.ts';

const PARTITIONS = 2;
/** The same ever after: what is frozen was hashed and mapped by them. */
const ENV = {
  SUBJECT_HASH_KEY: 'the key of the frozen logs',
  MAPPING_FILE: new URL('../examples/mapping.yaml', import.meta.url).pathname,
};

for (const release of frozenReleases())
  describe(`the log of release ${release}`, () => {
    const frozen = readFrozenLog(release);

    async function thawed(): Promise<TestStack> {
      const stack = await startStack({ partitions: PARTITIONS, forwarders: 0, env: ENV });
      await fillTopics(stack, frozen.records);
      return stack;
    }

    it('is gone on with by this build: the same calls, byte for byte, and the same outcomes', async () => {
      const stack = await thawed();
      await moveGroup(
        stack,
        Object.entries(frozen.committed).map(([partition, offset]) => ({ partition: Number(partition), offset })),
      );
      const forwarder = await stack.startForwarder();
      await untilSettled(stack);
      expect(frozenCalls(await stack.extole.ledger())).toEqual(frozen.calls);
      const { outcomes } = await readRecords(stack);
      expect(frozenEnds(outcomes)).toEqual(frozen.ends);
      const { text } = await forwarder.ask('/metrics');
      expect(text.split('\n').filter((line) => /^bridge_undecodable_records_total\{.*\} [1-9]/.test(line))).toEqual([]);
    }, 60_000);

    it('has nothing in it that this build would do again, without the group and without a checkpoint', async () => {
      const stack = await thawed();
      await stack.startForwarder();
      await untilSettled(stack);
      expect(frozenCalls(await stack.extole.ledger())).toEqual(frozen.calls);
    }, 60_000);

    it('has checkpoints that this build reads', () => {
      for (const [name, bytes] of Object.entries(frozen.checkpoints)) {
        const { identity, windows, committed } = headerOf(bytes);
        const read = readCheckpoint(bytes, identity, windows, toOffset(committed));
        expect({ name, kind: read.kind }).toEqual({ name, kind: 'state' });
        if (read.kind === 'state') expect(read.state.seenKeys).toBeGreaterThan(20);
      }
      expect(Object.keys(frozen.checkpoints)).toHaveLength(PARTITIONS);
    });
  });

/** As it stands in the file, behind the magic word and its length. */
function headerOf(bytes: Buffer) {
  const json = bytes.subarray(12, 12 + bytes.readUInt32LE(8)).toString();
  return JSON.parse(json) as {
    identity: Parameters<typeof readCheckpoint>[1];
    windows: Parameters<typeof readCheckpoint>[2];
    committed: number;
  };
}

/**
 * `FREEZE=1.0.0 npm test -- test/frozen-log.e2e.ts`, once for each release: keeps what this build leaves in its topics, with work that is not done, and what it makes of that.
 */
const frozenAs = process.env['FREEZE'];
if (frozenAs !== undefined)
  describe(`this build, as release ${frozenAs}`, () => {
    it('is frozen', async () => {
      const stateDir = tempFolder('state');
      const stack = await startStack({ partitions: PARTITIONS, forwarders: 0, env: ENV });
      const forwarder = await stack.startForwarder({ stateDir });
      await stack.extole.behaviour({ faults: [{ match: { partnerUserId: 'refused-0' }, kind: 'status', status: 400 }] });
      const done = everything('done');
      await sendInBatches(stack.segment, done);
      for (const user of ['done-1', 'done-2']) await stack.segment.deleteUser(user);
      await untilSettled(stack);
      await stack.extole.behaviour({ faults: [] });
      const filled = await runBridge(stack, 'replay', '--all', '--json');
      expect(jsonOf(filled)).toMatchObject({ state: 'done' });
      await untilSettled(stack);
      await forwarder.terminate();

      // What is not done yet: new events, repeats of what is, a deletion in between, and a user who comes back after theirs.
      await sendInBatches(stack.segment, [...everything('open'), ...done.slice(0, 20)]);
      await stack.segment.deleteUser('open-1');
      await stack.segment.deleteUser('done-3');
      await sendInBatches(stack.segment, numberedEvents({ total: 12, users: 4, prefix: 'open' }));
      const records = await readRecords(stack);
      const committed = await committedOf(stack);
      const checkpoints = readdirSync(stateDir).filter((name) => name.endsWith('.checkpoint'));
      await stack.extole.reset();

      await stack.startForwarder();
      await untilSettled(stack);
      writeFrozenLog({
        release: frozenAs,
        records,
        committed,
        checkpoints: Object.fromEntries(
          checkpoints.map((name) => [name.replace(stack.prefix, ''), readFileSync(join(stateDir, name))]),
        ),
        calls: frozenCalls(await stack.extole.ledger()),
        ends: frozenEnds((await readRecords(stack)).outcomes),
      });
    }, 120_000);
  });

/** Events of each kind that an outcome can be of, and of each form that a record can have. */
function everything(prefix: string): SegmentMessage[] {
  const at = '2026-11-30T12:00:00.000Z';
  const tracks: NumberedEvent[] = numberedEvents({ total: 60, users: 12, prefix });
  const of = (n: number) => ({ userId: `${prefix}-${n % 12}`, messageId: `${prefix}-of-${n}`, timestamp: at });
  const orders = Array.from({ length: 24 }, (_, n) => ({
    ...of(n),
    messageId: `${prefix}-order-${n}`,
    type: 'track' as const,
    event: 'Order Completed',
    // Every third one says again what the one before has said.
    properties: { order_id: `${prefix}-${n - (n % 3 === 2 ? 1 : 0)}`, total: n + 0.5, note: 'a "quoted" ünïcode ☂ line\n' },
  }));
  const profiles = Array.from({ length: 12 }, (_, n) => ({
    ...of(n),
    messageId: `${prefix}-profile-${n}`,
    type: 'identify' as const,
    traits: { email: `${prefix}-${n}@example.com`, plan: n % 2 === 0 ? 'free' : 'paid', age: 20 + n },
  }));
  const others = [
    { ...of(100), type: 'track' as const, event: 'Internal Ping', properties: {} },
    { ...of(101), type: 'track' as const, event: 'Signed Up', properties: { partner_user_id: `${prefix}-101` } },
    { ...of(102), type: 'track' as const, event: 'Signed Up', properties: {}, context: { ip: '203.0.113.9', locale: 'de-AT' } },
    {
      ...of(103),
      userId: undefined,
      anonymousId: `${prefix}-anonymous`,
      type: 'track' as const,
      event: 'Visited',
      properties: { deep: { a: [1, { b: null }] } },
    },
    { ...of(104), userId: 'refused-0', type: 'track' as const, event: 'Refused', properties: {} },
    { ...of(105), type: 'track' as const, event: 'Switched Off', properties: {}, integrations: { Extole: false } },
  ];
  return [...tracks, ...orders, ...profiles, ...others].map((message) => ({ timestamp: at, ...message }));
}

async function committedOf({ topics, env }: TestStack): Promise<Record<string, string>> {
  const [group] = await withAdmin((admin) =>
    admin.fetchOffsets({ groupId: env['FORWARDER_GROUP_ID'] ?? '', topics: [topics.events] }),
  );
  return Object.fromEntries((group?.partitions ?? []).map(({ partition, offset }) => [partition, offset]));
}
