import { callsFor, deliveryFaults, repeatsAmong } from './support/extole-calls.ts';
import { numberedEvents, sendInBatches, type NumberedEvent } from './support/numbered-events.ts';
import { outcomeFaults, readBothTopics } from './support/outcome-facts.ts';
import { untilCalls, untilSettled } from './support/settled.ts';
import type { LedgerEntry } from './support/simulator-client.ts';
import { tempFolder } from './support/temp-folder.ts';
import { startStack, type TestStack } from './support/test-stack.ts';

const CONCURRENCY = 32;

describe('P4: a forwarder is killed (kill -9)', () => {
  let stack: TestStack;
  let stateDir: string;

  beforeAll(async () => {
    stateDir = tempFolder('state');
    stack = await startStack({ partitions: 4, forwarders: 0, env: { EXTOLE_MAX_CONCURRENCY: String(CONCURRENCY) } });
    await stack.startForwarder({ stateDir });
  }, 60_000);

  // Long enough that calls are in flight whenever the axe falls.
  beforeEach(() => stack.extole.behaviour({ latencyMs: 10, jitterMs: 10 }));

  /** What is called after the kill although its outcome was in Kafka at the kill: an outcome is a promise never to call again. */
  function calledAgainDespiteOutcome(
    after: readonly LedgerEntry[],
    outcomesAtKill: readonly Record<string, unknown>[],
  ): LedgerEntry[] {
    const ended = new Set(outcomesAtKill.map(({ messageId }) => messageId));
    return after.filter(({ partnerEventId }) => ended.has(partnerEventId));
  }

  async function expectDelivered(events: readonly NumberedEvent[]): Promise<LedgerEntry[]> {
    await untilSettled(stack);
    const ledger = await stack.extole.ledger();
    expect(deliveryFaults(events, ledger)).toEqual([]);
    expect(outcomeFaults(await readBothTopics(stack), { restated: true })).toEqual([]);
    return ledger;
  }

  function expectOnlyCallsInDoubtRepeated(events: readonly NumberedEvent[], ledger: readonly LedgerEntry[]): void {
    const calls = callsFor(events, ledger);
    const repeats = repeatsAmong(calls);
    // None at all would mean that the kill has hit an idle process, and this test nothing.
    expect(repeats.length).toBeGreaterThan(0);
    expect(repeats.length).toBeLessThanOrEqual(2 * CONCURRENCY);
    const bodies = new Map(calls.map(({ partnerEventId, sha256 }) => [partnerEventId, sha256]));
    expect(calls.filter(({ partnerEventId, sha256 }) => bodies.get(partnerEventId) !== sha256)).toHaveLength(0);
  }

  it('repeats only the calls in doubt, byte for byte, after a restart in the middle of 20,000 events', async () => {
    const events = numberedEvents({ total: 20_000, users: 2_000, prefix: 'p4' });
    await sendInBatches(stack.segment, events);
    await untilCalls(stack, 6_000);
    await stack.forwarders[0]?.kill9();

    const atKill = { calls: (await stack.extole.summary()).calls, outcomes: await stack.readOutcomes() };
    expect(atKill.calls).toBeLessThan(events.length);
    await stack.startForwarder({ stateDir });
    const ledger = await expectDelivered(events);

    expectOnlyCallsInDoubtRepeated(events, ledger);
    expect(calledAgainDespiteOutcome(ledger.slice(atKill.calls), atKill.outcomes)).toHaveLength(0);
  }, 120_000);

  it('has the other of two forwarders take the partitions of the killed one over, under the same bounds', async () => {
    await stack.startForwarder();
    const calledBefore = (await stack.extole.summary()).calls;
    const events = numberedEvents({ total: 8_000, users: 800, prefix: 'p4-two' });
    await sendInBatches(stack.segment, events);
    await untilCalls(stack, calledBefore + 2_000);
    await stack.forwarders.at(-1)?.kill9();

    const outcomesAtKill = await stack.readOutcomes();
    const ledger = await expectDelivered(events);

    expectOnlyCallsInDoubtRepeated(events, ledger);
    const repeats = repeatsAmong(callsFor(events, ledger));
    expect(calledAgainDespiteOutcome(repeats, outcomesAtKill)).toHaveLength(0);
  }, 120_000);
});
