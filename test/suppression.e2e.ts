import { readTopic } from './support/read-topic.ts';
import { runBridge } from './support/run-bridge.ts';
import { untilSettled } from './support/settled.ts';
import { startStack, type TestStack } from './support/test-stack.ts';

describe('a source that suppresses deleted users', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startStack({ env: { AFTER_DELETION: 'suppress' } });
  }, 90_000);

  async function saidIn(topic: 'deletions' | 'replays', what: RegExp): Promise<Record<string, unknown>[]> {
    const records = await readTopic(stack.topics[topic]);
    return records.flatMap(({ value }) =>
      value !== null && what.test(value) ? [JSON.parse(value) as Record<string, unknown>] : [],
    );
  }

  it('drops what comes after the deletion, until an operator lifts the suppression', async () => {
    const userId = 'suppressed-user';
    await stack.segment.track(userId, 'Before');
    await untilSettled(stack);
    await stack.segment.deleteUser(userId);
    await stack.segment.track(userId, 'Too Soon');
    await untilSettled(stack);

    const lifted = await runBridge(stack, 'deletions', '--lift', userId, '--as', 'anna');
    expect(lifted.code).toBe(0);
    const [[notice], [audit]] = [await saidIn('deletions', /liftedFrom/), await saidIn('replays', /"lift"/)];
    expect(notice).toMatchObject({ liftedBy: 'anna' });
    const { subject, at } = audit as { subject: string; at: string };
    expect(audit).toEqual({ action: 'lift', at, by: 'anna', via: 'cli', partition: notice?.['partition'], subject });
    expect(subject).toMatch(/^[0-9a-f]{32}$/);
    await stack.segment.track(userId, 'Welcome Back');
    await untilSettled(stack);

    const outcomes = await stack.readOutcomes();
    const ends = outcomes.map(({ type, outcome, detail }) => [type, outcome, detail].filter(Boolean).join(' '));
    expect(ends).toEqual(['track delivered', 'delete delivered', 'track filtered suppressed_after_deletion', 'track delivered']);
  }, 60_000);
});
