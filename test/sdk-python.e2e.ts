import { basic } from './support/segment-client.ts';
import { startStack } from './support/test-stack.ts';
import { waitFor } from './support/wait-for.ts';
import { event, eventsOfUser } from './sdk/extole-events.ts';
import { pythonWithSdk } from './sdk/python/python-sdk.ts';
import { runCommand } from './sdk/run-command.ts';
import { startWireRecorder } from './sdk/wire-recorder.ts';

const SCRIPT = new URL('sdk/python/send_events.py', import.meta.url).pathname;

describe("Segment's SDK for Python", () => {
  let python: string;
  beforeAll(async () => {
    python = await pythonWithSdk();
  }, 400_000);

  it('delivers gzipped batches in the order of its calls, a repeated registration once', async () => {
    const stack = await startStack();
    const wire = await startWireRecorder(stack.ingestUrl);
    const writeKey = stack.env['SEGMENT_WRITE_KEYS'] ?? '';

    await runCommand(python, [SCRIPT, wire.url, writeKey, 'u1']);

    const traits = { email: 'ada@example.com', first_name: 'Ada', plan: 'größer', order_completed_last_30days: true };
    expect(await eventsOfUser(stack.extole, 'u1', 3)).toEqual([
      event('identify', { partner_user_id: 'u1', ...traits }),
      event('registration', { partner_user_id: 'u1', email: 'ada@example.com' }),
      event('Login Button Clicked', { partner_user_id: 'u1' }),
    ]);
    const outcomes = await waitFor(
      async () => {
        const found = await stack.readOutcomes();
        return found.length >= 4 && found;
      },
      { describe: 'an outcome for each of the four events' },
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['delivered', 'delivered', 'duplicate', 'delivered']);
    for (const { method, path, status, headers } of wire.requests) {
      expect(`${method} ${path} ${status}`).toBe('POST /v1/batch 200');
      expect(headers).toMatchObject({ 'content-encoding': 'gzip', authorization: basic(writeKey) });
    }
  }, 60_000);
});
