import { callsFor } from './support/extole-calls.ts';
import { numberedEvent, numberedEvents, sendInBatches } from './support/numbered-events.ts';
import { untilSettled } from './support/settled.ts';
import type { LedgerEntry } from './support/simulator-client.ts';
import { startStack, type TestStack } from './support/test-stack.ts';
import { waitFor } from './support/wait-for.ts';

const CONCURRENCY = 8;
/** P5: from ingest's answer to the last call of an earlier event. */
const DELETION_REACHES_MS = 1_000;
/** 20 of them stay below the 500 KB of a batch, and 2,100 far above what the forwarder holds of a partition. */
const FILLING = 'x'.repeat(20_000);
const BIG_EVENTS_PER_BATCH = 20;

describe('P5: deletion wins', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startStack({ partitions: 1, forwarders: 0, env: { EXTOLE_MAX_CONCURRENCY: String(CONCURRENCY) } });
  }, 60_000);

  beforeEach(() => stack.extole.reset());

  function erasuresOf(calls: readonly LedgerEntry[]): LedgerEntry[] {
    return calls.filter(({ path }) => path === '/v4/erasures');
  }

  async function outcomesOf(events: readonly { readonly messageId: string }[]): Promise<string[]> {
    const outcomes = await stack.readOutcomes();
    return events.map(({ messageId }) => String(outcomes.find((outcome) => outcome['messageId'] === messageId)?.['outcome']));
  }

  async function deleteUser(userId: string): Promise<void> {
    expect((await stack.segment.deleteUser(userId)).status).toBe(202);
  }

  it('sends none of the events that lie before a deletion in the log, however long they have waited there', async () => {
    const before = Array.from({ length: 20 }, (_, n) => numberedEvent('gone', n));
    const others = numberedEvents({ total: 50, users: 5, prefix: 'staying' });
    const after = numberedEvent('gone', 20);
    await sendInBatches(stack.segment, [...before, ...others]);
    await deleteUser('gone');
    await sendInBatches(stack.segment, [after]);
    await stack.startForwarder();
    await untilSettled(stack);

    const ledger = await stack.extole.ledger();
    expect(callsFor(before, ledger)).toHaveLength(0);
    expect(callsFor(others, ledger)).toHaveLength(others.length);
    const calls = ledger.filter(({ partnerUserId }) => partnerUserId === 'gone');
    expect(calls.map(({ path, partnerEventId }) => partnerEventId ?? path)).toEqual(['/v4/erasures', after.messageId]);
    expect(new Set(await outcomesOf(before))).toEqual(new Set(['erased']));
    expect(await outcomesOf([after])).toEqual(['delivered']);
  }, 60_000);

  it('drops an event that is waiting for its next attempt when the deletion comes', async () => {
    const events = [numberedEvent('failing', 0), numberedEvent('failing', 1)];
    await stack.extole.behaviour({
      faults: [{ match: { path: '/v6/*', partnerUserId: 'failing' }, kind: 'status', status: 500 }],
    });
    await sendInBatches(stack.segment, events);
    await waitFor(async () => (await stack.extole.ledger({ partnerUserId: 'failing' })).length >= 2, {
      describe: 'a first retry',
    });
    await deleteUser('failing');
    const [erasure] = await waitFor(
      async () => {
        const erasures = erasuresOf(await stack.extole.applied({ partnerUserId: 'failing' }));
        return erasures.length > 0 && erasures;
      },
      { describe: 'the erasure' },
    );
    // From here on a retry would succeed, and bring the person back.
    await stack.extole.behaviour({ faults: [] });
    await untilSettled(stack);

    const calls = await stack.extole.ledger({ partnerUserId: 'failing' });
    expect(calls.at(-1)?.seq).toBe(erasure?.seq);
    expect(callsFor(events, await stack.extole.applied())).toHaveLength(0);
    expect(await outcomesOf(events)).toEqual(['erased', 'erased']);
  }, 60_000);

  it('overtakes the backlog: no call of an earlier event begins later than 1 s after the answer to the deletion', async () => {
    // More than the forwarder holds in memory: the tombstone lies where it cannot have read yet, and only the deletions topic can tell it.
    const backlog = Array.from({ length: 2_100 }, (_, n) =>
      numberedEvent(`in-front-${n}`, 0, { properties: { n: 0, filling: FILLING } }),
    );
    const theirs = Array.from({ length: 20 }, (_, n) => numberedEvent('overtaken', n));
    await stack.forwarders.at(-1)?.terminate();
    // Theirs are among the first, and each has to wait until everybody before it has had a turn.
    await sendInBatches(stack.segment, [...backlog.slice(0, 300), ...theirs, ...backlog.slice(300)], BIG_EVENTS_PER_BATCH);
    await stack.extole.behaviour({ latencyMs: 20 });
    await stack.startForwarder();
    await waitFor(async () => (await stack.extole.ledger({ partnerUserId: 'overtaken' })).length > 0, {
      intervalMs: 20,
      describe: 'the first of their calls',
    });
    await deleteUser('overtaken');
    const answeredAt = performance.timeOrigin + performance.now();
    await untilSettled(stack);

    const ledger = await stack.extole.ledger();
    const calls = callsFor(theirs, ledger);
    const late = calls.filter(({ at }) => at > answeredAt + DELETION_REACHES_MS);
    expect(late).toHaveLength(0);
    // The backlog was a backlog: it went on for long after the deletion.
    expect(callsFor(backlog, ledger).at(-1)?.at).toBeGreaterThan(answeredAt + 2 * DELETION_REACHES_MS);
    expect(erasuresOf(ledger).map(({ partnerUserId }) => partnerUserId)).toEqual(['overtaken']);
    expect(erasuresOf(ledger)[0]?.seq).toBeGreaterThan(Math.max(...calls.map(({ seq }) => seq)));
    const ends = await outcomesOf(theirs);
    expect(ends).toEqual([...calls.map(() => 'delivered'), ...theirs.slice(calls.length).map(() => 'erased')]);
    expect(ends).toContain('erased');
  }, 60_000);
});
