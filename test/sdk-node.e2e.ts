import { Analytics, type Context } from '@segment/analytics-node';
import { ANY_TEXT, event, eventsOfUser } from './sdk/extole-events.ts';
import { startWireRecorder } from './sdk/wire-recorder.ts';
import { basic } from './support/segment-client.ts';
import { atTestEnd } from './support/test-end.ts';
import { startStack, type TestStack } from './support/test-stack.ts';
import { waitFor } from './support/wait-for.ts';

describe("Segment's SDK for Node", () => {
  it('delivers identify and track in the order of its calls, with every field; a page is taken and goes nowhere', async () => {
    const stack = await startStack();
    const wire = await startWireRecorder(stack.ingestUrl);
    const analytics = sdk(stack, wire.url);

    const traits = { email: 'jane@example.com', firstName: 'Jane', lastName: 'Doe', age: 31, existingCustomer: false };
    const purchase = { partner_conversion_id: 'p1', cart_value: '99.99', items: 3 };
    const delivered = [
      done((callback) => analytics.identify({ userId: 'u1', traits, context: { ip: '203.0.113.7' } }, callback)),
      done((callback) => analytics.page({ userId: 'u1', name: 'Pricing', properties: { path: '/pricing' } }, callback)),
      done((callback) => analytics.track({ userId: 'u1', event: 'Login Button Clicked' }, callback)),
      done((callback) => analytics.track({ userId: 'u1', event: 'conversion', properties: purchase }, callback)),
    ];
    await analytics.closeAndFlush();
    const [identified, , clicked, bought] = await Promise.all(delivered);

    const profile = { email: 'jane@example.com', first_name: 'Jane', last_name: 'Doe', age: 31, existingCustomer: false };
    expect(await eventsOfUser(stack.extole, 'u1', 3)).toEqual([
      event('identify', { partner_user_id: 'u1', ...profile, extole_consumer_ip: '203.0.113.7' }, identified),
      event('Login Button Clicked', { partner_user_id: 'u1' }, clicked),
      event('conversion', { partner_user_id: 'u1', ...purchase }, bought),
    ]);
    const writeKey = stack.env['SEGMENT_WRITE_KEYS'];
    expect(wire.requests.length).toBeGreaterThan(0);
    for (const { method, path, status, headers, body } of wire.requests) {
      expect(`${method} ${path} ${status}`).toBe('POST /v1/batch 200');
      expect(headers.authorization).toBe(basic(writeKey ?? ''));
      expect(JSON.parse(body)).toEqual({ batch: expect.any(Array) as unknown, writeKey, sentAt: ANY_TEXT });
    }
    expect((await stack.readEvents()).map(({ headers }) => headers['type'])).toEqual(['identify', 'track', 'track']);
  }, 60_000);

  it('tries again while ingest is down, and loses nothing and repeats nothing', async () => {
    const stack = await startStack();
    const wire = await startWireRecorder(stack.ingestUrl);
    const analytics = sdk(stack, wire.url);
    let attempts = 0;
    analytics.on('http_request', () => attempts++);

    await stack.ingest.terminate();
    const delivered = ['First', 'Second'].map((name) =>
      done((callback) => analytics.track({ userId: 'u1', event: name }, callback)),
    );
    const flushed = analytics.flush();
    await waitFor(() => attempts >= 2, { describe: 'a second attempt of the SDK' });
    await stack.restartIngest();
    await flushed;
    await Promise.all(delivered);

    const events = await eventsOfUser(stack.extole, 'u1', 2);
    expect(events.map(({ event_name }) => event_name)).toEqual(['First', 'Second']);
    expect(await stack.readEvents()).toHaveLength(2);
    // Only what ingest has answered is recorded.
    expect(wire.requests.map(({ headers }) => Number(headers['x-retry-count']) > 0)).toEqual([true]);
  }, 90_000);
});

function sdk(stack: TestStack, host: string): Analytics {
  const analytics = new Analytics({ writeKey: stack.env['SEGMENT_WRITE_KEYS'] ?? '', host, flushInterval: 1_000 });
  // Without a listener an error of the SDK would end the whole run.
  analytics.on('error', () => undefined);
  atTestEnd(() => analytics.closeAndFlush({ timeout: 1_000 }));
  return analytics;
}

/** Waits for the SDK's own word that a call is delivered; returns the message id that it has given it. */
function done(call: (callback: (error: unknown, context?: Context) => void) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    call((error, context) => {
      if (context === undefined || Boolean(error)) reject(new Error('the SDK has given up', { cause: error }));
      else resolve(context.event.messageId ?? '');
    });
  });
}
