import type { SourceSettings } from '#config';
import type { Verdict } from '#delivery';
import type { JsonObject } from '#segment';
import { renderVerification } from './render-verification.ts';
import { syntheticEvent } from './synthetic-event.ts';
import { verifyAccount } from './verify-account.ts';

const SOURCE: SourceSettings = {
  id: 'acme',
  writeKeys: [],
  extoleApiKeys: [],
  deletionKeys: [],
  extole: { baseUrl: 'https://api.extole.io', accessToken: 't', mode: 'async', maxConcurrency: 1, timeoutMs: 1 },
  afterDeletion: 'accept',
};
const ONCE = { unique: '0123456789abcdef', now: Date.parse('2026-11-24T12:00:00Z') };
const TAKEN: Verdict = { kind: 'delivered', status: 200, extoleId: 'e1', personId: 'p1' };

/** An Extole that answers the event, and questions about its steps, one after the other. */
function answering(event: Verdict, ...steps: readonly string[][]) {
  const left = [...steps];
  return {
    sendEventNow: () => Promise.resolve(event),
    stepsOf: () => Promise.resolve({ verdict: TAKEN, steps: (left.shift() ?? []).map((name) => ({ name, program: 'refer' })) }),
  };
}

test('the made-up event goes as the bridge would send it, and is marked as made up', () => {
  const { body, ...about } = syntheticEvent(SOURCE, { ...ONCE, event: 'conversion' });
  expect(about).toEqual({
    userId: 'bridge-verification-0123456789abcdef',
    messageId: 'bridge-verification-0123456789abcdef',
    event: 'conversion',
  });
  expect(JSON.parse(body)).toEqual({
    event_name: 'conversion',
    event_time: '2026-11-24T12:00:00.000Z',
    data: {
      bridge_verification: true,
      partner_conversion_id: 'verify-0123456789abcdef',
      partner_user_id: 'bridge-verification-0123456789abcdef',
      partner_event_id: 'bridge-verification-0123456789abcdef',
    },
  });
});

test('an event that the mapping drops is not sent', () => {
  const mapping: JsonObject = { version: 1, track: { default: 'drop' } };
  expect(() => syntheticEvent({ ...SOURCE, mapping }, ONCE)).toThrow('the mapping drops the event Bridge Verification');
});

test('a step that comes a moment later counts', async () => {
  const sent = syntheticEvent(SOURCE, { ...ONCE, event: 'conversion' });
  const result = await verifyAccount(answering(TAKEN, [], ['conversion']), sent);
  expect(result).toMatchObject({ kind: 'matched', personId: 'p1', eventId: 'e1', steps: [{ name: 'conversion' }] });
  expect(renderVerification(SOURCE, sent, result)).toContain('step conversion, programme refer');
});

test('a 2xx that has matched nothing says so, and why that may be', async () => {
  const sent = syntheticEvent(SOURCE, { ...ONCE, event: 'Signed Up' });
  const result = await verifyAccount(answering(TAKEN), sent, 0);
  expect(result).toMatchObject({ kind: 'unmatched', personId: 'p1' });
  expect(renderVerification(SOURCE, sent, result)).toMatch(
    /no programme has taken note of it: it listens to other names than Signed Up/,
  );
});

test('a refusal names the answer and what to do', async () => {
  const sent = syntheticEvent(SOURCE, ONCE);
  const refused: Verdict = { kind: 'stop', status: 401, code: 'invalid_access_token' };
  const text = renderVerification(SOURCE, sent, await verifyAccount(answering(refused), sent));
  expect(text).toContain('401 invalid_access_token');
  expect(text).toContain('Check EXTOLE_ACCESS_TOKEN');
});
