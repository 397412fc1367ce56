import type { Verdict } from '#delivery';
import type { CallKind } from './call.ts';
import { classifyResponse } from './classify-response.ts';

const NOW = Date.parse('2024-08-07T10:00:00Z');

function classify(status: number, body: unknown = '', call: CallKind = 'event', headers: Record<string, string> = {}): Verdict {
  return classifyResponse({ status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) }, call, NOW);
}

const error = (code: string) => ({
  unique_id: 'u-1',
  http_status_code: 400,
  code,
  message: 'about john@example.com',
  parameters: {},
});
const HTML = '<html><body>Welcome to nginx</body></html>';

describe('an event', () => {
  test.each<[status: number, body: unknown, verdict: Verdict]>([
    [200, { event_id: '7001' }, { kind: 'delivered', status: 200, extoleId: '7001' }],
    [200, { event_id: '7001', person_id: '9' }, { kind: 'delivered', status: 200, extoleId: '7001' }],
    [202, {}, { kind: 'delivered', status: 202 }],
    [200, { event_id: 'not an id <script>' }, { kind: 'delivered', status: 200 }],

    [204, '', { kind: 'stop', code: 'misrouted', status: 204 }],
    [200, '', { kind: 'stop', code: 'misrouted', status: 200 }],
    [200, HTML, { kind: 'stop', code: 'misrouted', status: 200 }],
    [200, '"ok"', { kind: 'stop', code: 'misrouted', status: 200 }],
    [200, 'null', { kind: 'stop', code: 'misrouted', status: 200 }],
    [200, '{"event_id":"70', { kind: 'stop', code: 'misrouted', status: 200 }],

    [301, '', { kind: 'stop', code: 'redirect', status: 301 }],
    [304, '', { kind: 'stop', code: 'redirect', status: 304 }],
    [307, HTML, { kind: 'stop', code: 'redirect', status: 307 }],

    [400, error('event_blocked'), { kind: 'rejected', status: 400, code: 'event_blocked', uniqueId: 'u-1' }],
    [400, error('validation_error'), { kind: 'dead-letter', status: 400, code: 'validation_error', uniqueId: 'u-1' }],
    [400, error('invalid_parameter'), { kind: 'dead-letter', status: 400, code: 'invalid_parameter', uniqueId: 'u-1' }],
    [400, error('missing_event_name'), { kind: 'dead-letter', status: 400, code: 'missing_event_name', uniqueId: 'u-1' }],
    [
      400,
      error('invalid_event_time_format'),
      { kind: 'dead-letter', status: 400, code: 'invalid_event_time_format', uniqueId: 'u-1' },
    ],
    [400, error('invalid_json'), { kind: 'dead-letter', status: 400, code: 'invalid_json', uniqueId: 'u-1' }],
    [400, HTML, { kind: 'dead-letter', status: 400, code: 'http_400' }],
    [409, '', { kind: 'dead-letter', status: 409, code: 'http_409' }],
    [413, HTML, { kind: 'dead-letter', status: 413, code: 'http_413' }],
    [422, error('unprocessable'), { kind: 'dead-letter', status: 422, code: 'unprocessable', uniqueId: 'u-1' }],

    [401, error('invalid_access_token'), { kind: 'stop', status: 401, code: 'invalid_access_token', uniqueId: 'u-1' }],
    [401, error('expired_access_token'), { kind: 'stop', status: 401, code: 'expired_access_token', uniqueId: 'u-1' }],
    [401, error('method_unauthorized'), { kind: 'stop', status: 401, code: 'method_unauthorized', uniqueId: 'u-1' }],
    [402, error('payment_required'), { kind: 'stop', status: 402, code: 'payment_required', uniqueId: 'u-1' }],
    [403, error('missing_access_token'), { kind: 'stop', status: 403, code: 'missing_access_token', uniqueId: 'u-1' }],
    [403, error('access_denied'), { kind: 'stop', status: 403, code: 'access_denied', uniqueId: 'u-1' }],
    [403, error('scopes_denied'), { kind: 'stop', status: 403, code: 'scopes_denied', uniqueId: 'u-1' }],
    // Not said of this event alone: the account must not lose its backlog to it.
    [403, error('event_blocked'), { kind: 'stop', status: 403, code: 'event_blocked', uniqueId: 'u-1' }],
    [404, HTML, { kind: 'stop', status: 404, code: 'http_404' }],
    [405, '', { kind: 'stop', status: 405, code: 'http_405' }],
    [407, '', { kind: 'stop', status: 407, code: 'http_407' }],
    [410, '', { kind: 'stop', status: 410, code: 'http_410' }],
    [415, '', { kind: 'stop', status: 415, code: 'http_415' }],
    [451, '', { kind: 'stop', status: 451, code: 'http_451' }],

    [408, '', { kind: 'retry', reason: 'transient', status: 408, code: 'http_408' }],
    [425, '', { kind: 'retry', reason: 'transient', status: 425, code: 'http_425' }],
    [
      429,
      error('too_many_requests'),
      { kind: 'retry', reason: 'throttled', status: 429, code: 'too_many_requests', uniqueId: 'u-1' },
    ],
    [500, error('software_error'), { kind: 'retry', reason: 'transient', status: 500, code: 'software_error', uniqueId: 'u-1' }],
    [501, '', { kind: 'retry', reason: 'transient', status: 501, code: 'http_501' }],
    [502, HTML, { kind: 'retry', reason: 'transient', status: 502, code: 'http_502' }],
    [503, '', { kind: 'retry', reason: 'transient', status: 503, code: 'http_503' }],
    [504, '', { kind: 'retry', reason: 'transient', status: 504, code: 'http_504' }],
  ])('answered %i %j', (status, body, verdict) => {
    expect(classify(status, body)).toEqual(verdict);
  });
});

describe('an erasure', () => {
  test.each<[status: number, body: unknown, verdict: Verdict]>([
    [200, { id: '42', status: 'PENDING', note: 'del_x' }, { kind: 'delivered', status: 200, extoleId: '42' }],
    [200, { id: '42', status: 'FAILED' }, { kind: 'retry', reason: 'transient', code: 'erasure_failed', status: 200 }],
    [200, { id: '42', status: 'failed' }, { kind: 'retry', reason: 'transient', code: 'erasure_failed', status: 200 }],
    [204, '', { kind: 'stop', code: 'misrouted', status: 204 }],
    [403, error('access_denied'), { kind: 'stop', status: 403, code: 'access_denied', uniqueId: 'u-1' }],
    // The programme's rules block events; an erasure that is refused so is a fault to be seen.
    [400, error('event_blocked'), { kind: 'dead-letter', status: 400, code: 'event_blocked', uniqueId: 'u-1' }],
  ])('answered %i %j', (status, body, verdict) => {
    expect(classify(status, body, 'erasure')).toEqual(verdict);
  });

  test('a status FAILED means nothing on an event', () => {
    expect(classify(200, { event_id: '1', status: 'FAILED' })).toEqual({ kind: 'delivered', status: 200, extoleId: '1' });
  });
});

test('the token check takes any JSON for a good token, and nothing else', () => {
  expect(classify(200, [{ id: '1' }], 'token')).toEqual({ kind: 'delivered', status: 200 });
  expect(classify(200, HTML, 'token')).toEqual({ kind: 'stop', code: 'misrouted', status: 200 });
  expect(classify(401, error('invalid_access_token'), 'token')).toMatchObject({ kind: 'stop', code: 'invalid_access_token' });
});

test('Retry-After is honoured wherever a retry is due', () => {
  expect(classify(429, '', 'event', { 'retry-after': '7' })).toMatchObject({ reason: 'throttled', retryAfterMs: 7_000 });
  expect(classify(503, '', 'event', { 'retry-after': 'Wed, 07 Aug 2024 10:00:30 GMT' })).toMatchObject({
    reason: 'transient',
    retryAfterMs: 30_000,
  });
});

test.each([
  ['personal data', 'john@example.com'],
  ['a forged log line', 'a\n{"level":"error"}'],
  ['an endless text', 'x'.repeat(65)],
  ['a number', 12],
])('P10: %s in place of a code goes no further', (_what, code) => {
  expect(classify(400, { code, unique_id: code })).toEqual({ kind: 'dead-letter', status: 400, code: 'http_400' });
});

describe('a step of an identify that sets parameters on its person', () => {
  test.each<[call: CallKind, status: number, body: unknown, verdict: Verdict]>([
    ['identify', 200, { event_id: '7', person_id: '9' }, { kind: 'delivered', status: 200, extoleId: '7', personId: '9' }],
    // Without a person the parameters have no place: not the synchronous endpoint has answered.
    ['identify', 200, { event_id: '7' }, { kind: 'stop', code: 'misrouted', status: 200 }],
    ['identify', 200, { event_id: '7', person_id: '..' }, { kind: 'stop', code: 'misrouted', status: 200 }],
    ['identify', 400, error('event_blocked'), { kind: 'rejected', status: 400, code: 'event_blocked', uniqueId: 'u-1' }],
    ['read', 200, {}, { kind: 'delivered', status: 200, parameters: new Map() }],
    ['read', 200, HTML, { kind: 'stop', code: 'misrouted', status: 200 }],
    ['read', 403, error('person_not_found'), { kind: 'dead-letter', status: 403, code: 'person_not_found', uniqueId: 'u-1' }],
    ['write', 200, { id: '5' }, { kind: 'delivered', status: 200, extoleId: '5' }],
    [
      'write',
      400,
      error('data_already_exists'),
      { kind: 'contradicted', status: 400, code: 'data_already_exists', uniqueId: 'u-1' },
    ],
    ['write', 400, error('data_not_found'), { kind: 'contradicted', status: 400, code: 'data_not_found', uniqueId: 'u-1' }],
    ['write', 400, error('read_only_name'), { kind: 'dead-letter', status: 400, code: 'read_only_name', uniqueId: 'u-1' }],
    ['write', 403, error('person_not_found'), { kind: 'dead-letter', status: 403, code: 'person_not_found', uniqueId: 'u-1' }],
    ['write', 403, error('scopes_denied'), { kind: 'stop', status: 403, code: 'scopes_denied', uniqueId: 'u-1' }],
    [
      'write',
      429,
      error('too_many_requests'),
      { kind: 'retry', reason: 'throttled', code: 'too_many_requests', status: 429, uniqueId: 'u-1' },
    ],
  ])('%s: %i %j', (call, status, body, verdict) => {
    expect(classify(status, body, call)).toEqual(verdict);
  });

  test('an event is not forgiven a person who is not found', () => {
    expect(classify(403, error('person_not_found'))).toMatchObject({ kind: 'stop' });
  });
});
