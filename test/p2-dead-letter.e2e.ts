import { callsFor, deliveryFaults } from './support/extole-calls.ts';
import { numberedEvent, numberedEvents, sendInBatches, type NumberedEvent } from './support/numbered-events.ts';
import { outcomeFaults, readBothTopics } from './support/outcome-facts.ts';
import { untilSettled } from './support/settled.ts';
import type { LedgerEntry } from './support/simulator-client.ts';
import { startStack, type TestStack } from './support/test-stack.ts';
import { waitFor } from './support/wait-for.ts';

/** Healthy time after which an event that keeps failing is given up. */
const MAX_ATTEMPT_AGE_S = 3;

describe('P2: every event ends in one recorded outcome; P6: trouble stays where it belongs', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startStack({ env: { MAX_ATTEMPT_AGE: `${MAX_ATTEMPT_AGE_S}s` } });
  }, 60_000);

  beforeEach(() => stack.extole.reset());

  async function outcomesOf({ messageId }: NumberedEvent): Promise<Record<string, unknown>[]> {
    return (await stack.readOutcomes()).filter((outcome) => outcome['messageId'] === messageId);
  }

  async function callsOf(event: NumberedEvent): Promise<LedgerEntry[]> {
    return stack.extole.ledger({ partnerEventId: event.messageId });
  }

  it('dead-letters an event that Extole finds wrong, with its code and its unique id, and goes on with the user', async () => {
    const [wrong, next] = [numberedEvent('wrong-one', 0, { event: 'Malformed' }), numberedEvent('wrong-one', 1)];
    await stack.extole.behaviour({
      faults: [{ match: { eventName: 'Malformed' }, kind: 'status', status: 400, code: 'invalid_parameter' }],
    });
    await sendInBatches(stack.segment, [wrong, next]);
    await untilSettled(stack);

    expect(await outcomesOf(wrong)).toEqual([
      expect.objectContaining({
        outcome: 'dead-lettered',
        status: 400,
        code: 'invalid_parameter',
        detail: expect.stringMatching(/^\d{10,}$/) as unknown,
        attempts: 1,
      }),
    ]);
    expect(await callsOf(wrong)).toHaveLength(1);
    expect(await outcomesOf(next)).toEqual([expect.objectContaining({ outcome: 'delivered' })]);
  }, 60_000);

  it("records what the programme's own rules refuse as rejected, which is no dead letter", async () => {
    const blocked = numberedEvent('blocked-one', 0, { event: 'Spurious' });
    await stack.extole.behaviour({
      faults: [{ match: { eventName: 'Spurious' }, kind: 'status', status: 400, code: 'event_blocked' }],
    });
    await sendInBatches(stack.segment, [blocked]);
    await untilSettled(stack);
    expect(await outcomesOf(blocked)).toEqual([
      expect.objectContaining({ outcome: 'rejected', status: 400, code: 'event_blocked' }),
    ]);
    expect(await callsOf(blocked)).toHaveLength(1);
  }, 60_000);

  it('holds up nobody else when the events of one user keep failing, and delivers them once they succeed', async () => {
    const failing = [numberedEvent('stuck', 0), numberedEvent('stuck', 1)];
    const others = numberedEvents({ total: 600, users: 60, prefix: 'free' });
    await stack.extole.behaviour({ faults: [{ match: { partnerUserId: 'stuck' }, kind: 'status', status: 500 }] });
    await sendInBatches(stack.segment, [...failing, ...others]);
    await waitFor(async () => (await stack.extole.applied()).length >= others.length, { describe: "everybody else's events" });

    const during = await stack.extole.ledger();
    expect(deliveryFaults(others, during)).toEqual([]);
    expect(new Set(callsFor(failing, during).map(({ partnerEventId }) => partnerEventId))).toEqual(
      new Set([failing[0]?.messageId]),
    );

    await stack.extole.behaviour({ faults: [] });
    await untilSettled(stack);
    expect(deliveryFaults([...failing, ...others], await stack.extole.ledger())).toEqual([]);
  }, 60_000);

  it('gives an event up that keeps failing while the account is healthy, and goes on with its user', async () => {
    const [hopeless, next] = [numberedEvent('unlucky', 0), numberedEvent('unlucky', 1)];
    await stack.extole.behaviour({
      faults: [{ match: { partnerEventId: hopeless.messageId }, kind: 'status', status: 500, code: 'software_error' }],
    });
    // Others' good answers are what shows that the account is healthy: one now, since the budget goes by the time between two of them.
    await sendInBatches(stack.segment, [numberedEvent('healthy', 1), hopeless, next]);
    await waitFor(
      async () => {
        await sendInBatches(stack.segment, [numberedEvent('healthy', 0)]);
        return (await callsOf(next)).length > 0;
      },
      { intervalMs: 200, timeoutMs: 40_000, describe: "the user's next event" },
    );
    await untilSettled(stack);

    expect(await outcomesOf(hopeless)).toEqual([
      expect.objectContaining({ outcome: 'dead-lettered', status: 500, code: 'software_error' }),
    ]);
    const calls = await callsOf(hopeless);
    expect(calls.length).toBeGreaterThan(1);
    expect(new Set(calls.map(({ sha256 }) => sha256)).size).toBe(1);
    expect(Number(calls.at(-1)?.at) - Number(calls[0]?.at)).toBeGreaterThanOrEqual(MAX_ATTEMPT_AGE_S * 1_000 - 500);
    expect(await outcomesOf(next)).toEqual([expect.objectContaining({ outcome: 'delivered' })]);
  }, 60_000);

  it('has recorded one outcome for every record of the log', async () => {
    await untilSettled(stack);
    expect(outcomeFaults(await readBothTopics(stack))).toEqual([]);
  }, 60_000);
});
