import { startStack } from './support/test-stack.ts';
import { event, eventsOfUser } from './sdk/extole-events.ts';
import { javaSdkClassPath } from './sdk/java/java-sdk.ts';
import { runCommand } from './sdk/run-command.ts';
import { startWireRecorder } from './sdk/wire-recorder.ts';

const PROGRAM = new URL('sdk/java/SendEvents.java', import.meta.url).pathname;

describe("Segment's SDK for Java", () => {
  let classPath: string;
  beforeAll(async () => {
    classPath = await javaSdkClassPath();
  }, 400_000);

  it('delivers through its own path, with a slash at the end, in the order of its calls', async () => {
    const stack = await startStack();
    const wire = await startWireRecorder(stack.ingestUrl);
    const writeKey = stack.env['SEGMENT_WRITE_KEYS'] ?? '';

    await runCommand('java', ['-cp', classPath, PROGRAM, wire.url, writeKey, 'u1']);

    const traits = { email: 'grace@example.com', last_name: 'Hopper', age: 45, existingCustomer: true };
    expect(await eventsOfUser(stack.extole, 'u1', 3)).toEqual([
      event('identify', { partner_user_id: 'u1', ...traits }),
      event('conversion', { partner_user_id: 'u1', partner_conversion_id: 'p1', cart_value: '99.99' }),
      event('conversion', { partner_user_id: 'u1', partner_conversion_id: 'p2', cart_value: '10.00' }),
    ]);
    for (const { method, path, status, headers, body } of wire.requests) {
      expect(`${method} ${path} ${status}`).toBe('POST /v1/import/ 200');
      // It authenticates in the body alone.
      expect(headers.authorization).toBeUndefined();
      expect(JSON.parse(body)).toMatchObject({ writeKey, batch: expect.any(Array) as unknown });
    }
  }, 60_000);
});
