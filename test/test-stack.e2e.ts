import { isSameProcess, processStart } from '../tools/stack/lib/process-identity.mjs';
import { startStack } from './support/test-stack.ts';
import { waitFor } from './support/wait-for.ts';

/** What every other end-to-end test builds on. */
describe('the stack of a test', () => {
  it('takes an event from the door to Extole, and can be looked at on the way', async () => {
    const stack = await startStack({ partitions: 2 });

    const answer = await stack.segment.sendBatch([{ type: 'track', userId: 'u1', event: 'Login Button Clicked' }]);
    expect(answer.status).toBe(200);

    const [call] = await waitFor(
      async () => {
        const calls = await stack.extole.applied({ partnerUserId: 'u1' });
        return calls.length > 0 && calls;
      },
      { describe: 'the call to Extole' },
    );
    expect(call?.eventName).toBe('Login Button Clicked');

    const outcomes = await waitFor(
      async () => {
        const found = await stack.readOutcomes();
        return found.length > 0 && found;
      },
      { describe: 'the outcome' },
    );
    expect(outcomes).toEqual([expect.objectContaining({ outcome: 'delivered', type: 'track' })]);
    expect(await stack.readEvents()).toEqual([expect.objectContaining({ key: 'u1' })]);
  }, 120_000);

  it('ends its apps as an orchestrator would, and as a power cut would', async () => {
    const stack = await startStack();
    const [forwarder] = stack.forwarders;
    if (forwarder === undefined) throw new Error('no forwarder was started');
    const identity = { pid: forwarder.pid, start: processStart(forwarder.pid) };
    expect(isSameProcess(identity)).toBe(true);

    expect(await stack.ingest.terminate()).toEqual({ code: 0, signal: null });
    await forwarder.kill9();
    expect(await forwarder.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(isSameProcess(identity)).toBe(false);

    await stack.restartIngest();
    await stack.startForwarder();
    expect(stack.ingest.isRunning).toBe(true);
  }, 120_000);
});
