import { runBridge } from './support/run-bridge.ts';
import { untilSettled } from './support/settled.ts';
import { startStack, type TestStack } from './support/test-stack.ts';

describe('a source that suppresses deleted users', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startStack({ env: { AFTER_DELETION: 'suppress' } });
  }, 90_000);

  it('drops what comes after the deletion, until an operator lifts the suppression', async () => {
    const userId = 'suppressed-user';
    await stack.segment.track(userId, 'Before');
    await untilSettled(stack);
    await stack.segment.deleteUser(userId);
    await stack.segment.track(userId, 'Too Soon');
    await untilSettled(stack);

    const lifted = await runBridge(stack, 'deletions', '--lift', userId);
    expect(lifted.code).toBe(0);
    await stack.segment.track(userId, 'Welcome Back');
    await untilSettled(stack);

    const outcomes = await stack.readOutcomes();
    const ends = outcomes.map(({ type, outcome, detail }) => [type, outcome, detail].filter(Boolean).join(' '));
    expect(ends).toEqual(['track delivered', 'delete delivered', 'track filtered suppressed_after_deletion', 'track delivered']);
  }, 60_000);
});
