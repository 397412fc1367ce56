import { callsFor, deliveryFaults, repeatsAmong } from './support/extole-calls.ts';
import { numberedEvents, sendInBatches } from './support/numbered-events.ts';
import { countByOutcome, outcomeFaults, readBothTopics } from './support/outcome-facts.ts';
import { untilSettled } from './support/settled.ts';
import { startStack, type TestStack } from './support/test-stack.ts';

describe('P3: order per user, and each event once', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startStack();
    await stack.extole.behaviour({ latencyMs: 2, jitterMs: 6 });
  }, 60_000);

  it('delivers 20,000 messages of 2,000 users, 5 % of them repeats, completely, in the order of each user, none twice', async () => {
    const events = numberedEvents({ total: 19_000, users: 2_000, prefix: 'p3' });
    // Half of the repeats follow at once, as from an SDK whose answer was lost; the others come long after.
    const atOnce = events.flatMap((event, index) => (index % 38 === 0 ? [event, event] : [event]));
    const late = events.filter((_, index) => index % 38 === 19);
    await sendInBatches(stack.segment, [...atOnce, ...late]);
    await untilSettled(stack);

    const ledger = await stack.extole.ledger();
    expect(deliveryFaults(events, ledger)).toEqual([]);
    expect(repeatsAmong(callsFor(events, ledger))).toHaveLength(0);
    expect(await stack.extole.summary()).toMatchObject({ overlaps: 0, repeated: 0 });

    const topics = await readBothTopics(stack);
    expect(topics.events).toHaveLength(20_000);
    expect(outcomeFaults(topics)).toEqual([]);
    expect(countByOutcome(topics.outcomes)).toEqual({ delivered: 19_000, duplicate: 1_000 });
  }, 120_000);
});
