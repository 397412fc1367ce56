import type { Page } from 'playwright-core';
import { ensureChromium } from './sdk/browser/ensure-chromium.ts';
import { launchChromium } from './sdk/browser/launch-chromium.ts';
import { servePage } from './sdk/browser/page-server.ts';
import { pageWithPackage, pageWithSnippet } from './sdk/browser/pages.ts';
import { ANY_TEXT, event, eventsOfUser } from './sdk/extole-events.ts';
import { startWireRecorder, type RecordedRequest } from './sdk/wire-recorder.ts';
import { basic } from './support/segment-client.ts';
import { startStack } from './support/test-stack.ts';
import { waitFor } from './support/wait-for.ts';

/** What of the SDK's interface the page calls; it is there from the first moment, before the SDK is. */
interface PageAnalytics {
  identify(userId: string, traits: object): unknown;
  track(event: string, properties?: object): unknown;
  page(name: string): unknown;
}

describe("Segment's SDK for the browser", () => {
  beforeAll(ensureChromium, 620_000);

  it.each([
    { loaded: 'from its npm package', htmlOf: pageWithPackage },
    { loaded: "by Segment's snippet", htmlOf: pageWithSnippet },
  ])(
    '$loaded, delivers from another origin and past preflights, in the order of the log',
    async ({ htmlOf }) => {
      const stack = await startStack();
      const wire = await startWireRecorder(stack.ingestUrl);
      const writeKey = stack.env['SEGMENT_WRITE_KEYS'] ?? '';
      const page = await (await launchChromium()).newPage();
      const strangers = requestsToStrangers(page);

      await page.goto(await servePage(htmlOf({ writeKey, cdnUrl: wire.url })));
      await page.evaluate(visit);

      const events = await eventsOfUser(stack.extole, 'u1', 3);
      const person = { partner_user_id: 'u1', partner_anonymous_id: ANY_TEXT };
      const jane = { ...person, email: 'jane@example.com' };
      expect(events).toHaveLength(3);
      expect(events).toContainEqual(event('identify', { ...jane, first_name: 'Jane', order_completed_last_30days: true }));
      expect(events).toContainEqual(event('Login Button Clicked', person));
      expect(events).toContainEqual(event('conversion', { ...jane, partner_conversion_id: 'p1', cart_value: '99.99' }));
      // The SDK sends every call as a request of its own, side by side: order begins with the log.
      const logged = (await stack.readEvents()).map(({ headers }) => headers['messageId']);
      expect(events.map(({ data }) => data['partner_event_id'])).toEqual(logged);
      // One visitor, one anonymous id.
      expect(new Set(events.map(({ data }) => data['partner_anonymous_id'])).size).toBe(1);

      await waitFor(() => posts(wire.requests, '/v1/p').length > 0, { describe: 'the page call' });
      const calls = wire.requests.map(({ method, path, status }) => `${method} ${path} ${status}`);
      expect(calls).toContain(`GET /v1/projects/${writeKey}/settings 200`);
      for (const path of ['/v1/p', '/v1/i', '/v1/t']) {
        expect(calls).toContain(`OPTIONS ${path} 204`);
        for (const { headers, status, body } of posts(wire.requests, path)) {
          expect(status).toBe(200);
          expect(headers).toMatchObject({ 'content-type': 'text/plain', authorization: basic(writeKey) });
          expect(JSON.parse(body)).toMatchObject({ writeKey });
        }
      }
      expect(strangers).toEqual([]);
    },
    60_000,
  );
});

/** Runs in the page. */
function visit(): void {
  const { analytics } = globalThis as unknown as { analytics: PageAnalytics };
  void analytics.page('Home');
  void analytics.identify('u1', { email: 'jane@example.com', firstName: 'Jane', order_completed_last_30days: true });
  void analytics.track('Login Button Clicked');
  void analytics.track('conversion', { email: 'jane@example.com', partner_conversion_id: 'p1', cart_value: '99.99' });
}

function posts(requests: readonly RecordedRequest[], path: string): RecordedRequest[] {
  return requests.filter((request) => request.method === 'POST' && request.path === path);
}

/** The URLs beyond this machine that the page asks for, as they come: there must be none. */
function requestsToStrangers(page: Page): readonly string[] {
  const urls: string[] = [];
  page.on('request', (request) => {
    if (new URL(request.url()).hostname !== '127.0.0.1') urls.push(request.url());
  });
  return urls;
}
