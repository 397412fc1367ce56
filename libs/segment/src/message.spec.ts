import fc from 'fast-check';
import type { JsonObject, JsonValue } from './json.ts';
import { MAX_DEPTH, MAX_EVENT_BYTES } from './limits.ts';
import { parseMessage, type AcceptedMessage, type MessageContext } from './message.ts';
import { readSharedFields, type SharedFields } from './shared-fields.ts';

const receivedAt = Date.UTC(2024, 4, 1, 12);
const atBatch: MessageContext = { source: 'default', receivedAt, casing: 'exact', clock: 'sender', mayDelete: false };
const atPartnerDoor: MessageContext = { ...atBatch, casing: 'any', clock: 'segment', mayDelete: true };

function accepted(raw: unknown, context: MessageContext = atBatch): AcceptedMessage {
  const parsed = parseMessage(raw, context);
  if (parsed.kind !== 'accepted') throw new Error(`expected an accepted message, got ${JSON.stringify(parsed)}`);
  return parsed;
}

function shared(body: JsonObject): SharedFields {
  const fields = readSharedFields(body);
  if (typeof fields === 'string') throw new Error(fields);
  return fields;
}

function nested(levels: number): JsonValue {
  return JSON.parse('{"a":'.repeat(levels) + '1' + '}'.repeat(levels)) as JsonValue;
}

const track = { type: 'track', userId: 'u1', event: 'Signed Up', messageId: 'm1' };

describe('an accepted message', () => {
  it('keeps what the sender said and adds when it was received', () => {
    const { event, subject } = accepted({ ...track, properties: { plan: 'pro', total: '99.90' }, context: { ip: '8.8.8.8' } });
    expect(event).toEqual({
      ...track,
      properties: { plan: 'pro', total: '99.90' },
      context: { ip: '8.8.8.8' },
      timestamp: '2024-05-01T12:00:00.000Z',
      receivedAt: '2024-05-01T12:00:00.000Z',
    });
    expect(subject).toBe('u1');
  });

  it('has the type of the path, whatever it says itself', () => {
    expect(accepted({ ...track, type: 'identify' }, { ...atBatch, type: 'track' }).event.type).toBe('track');
  });

  it('may have numbers for ids', () => {
    const { event, subject } = accepted({ type: 'identify', userId: 4711, anonymousId: 12 });
    expect(event).toMatchObject({ userId: '4711', anonymousId: '12' });
    expect(subject).toBe('4711');
  });

  it('belongs to userId, else to partner_user_id, else to anonymousId', () => {
    const identify = { type: 'identify', anonymousId: 'a1' };
    expect(accepted(identify).subject).toBe('a1');
    expect(accepted({ ...identify, traits: { partner_user_id: 'p1' } }).subject).toBe('p1');
    expect(accepted({ ...identify, userId: 'u1', traits: { partner_user_id: 'p1' } }).subject).toBe('u1');
    expect(accepted({ type: 'track', event: 'x', properties: { partner_user_id: 'p1' } }).subject).toBe('p1');
  });

  it('takes null and the empty arrays of PHP for absent objects', () => {
    const { event } = accepted({ ...track, properties: [], context: null, integrations: [], traits: null });
    expect(Object.keys(event)).toEqual(['type', 'userId', 'event', 'messageId', 'timestamp', 'receivedAt']);
  });

  it('has a subject that is well-formed, so that its hash is the same after the log', () => {
    const { subject } = accepted({ type: 'identify', userId: 'u\ud800' });
    expect(Buffer.from(subject).toString()).toBe(subject);
  });
});

describe('a batch', () => {
  it('lends its context and integrations to each message, per top-level key, and the own ones win', () => {
    const lent = shared({ context: { ip: '1.1.1.1', app: { name: 'shop' } }, integrations: { All: false } });
    const { event } = accepted(
      { ...track, context: { ip: '2.2.2.2' }, integrations: { Extole: true } },
      { ...atBatch, shared: lent },
    );
    expect(event.context).toEqual({ ip: '2.2.2.2', app: { name: 'shop' } });
    expect(event.integrations).toEqual({ All: false, Extole: true });
  });

  it('does not let a key __proto__ become a prototype', () => {
    const hostile = JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}') as JsonObject;
    const { event } = accepted({ ...track, context: hostile }, { ...atBatch, shared: shared({ context: hostile }) });
    expect(event.context?.['admin']).toBeUndefined();
    expect(({} as JsonObject)['admin']).toBeUndefined();
  });

  it('may not lend more than an event may hold', () => {
    expect(readSharedFields({ context: { a: 'x'.repeat(MAX_EVENT_BYTES) } })).toBe('too_large');
    expect(readSharedFields({ context: nested(10_000) })).toBe('too_deep');
    expect(readSharedFields({ integrations: 'all' })).toBe('invalid_integrations');
  });

  it('may not lend so much to so many that a small request becomes a huge one', () => {
    const context = { a: 'x'.repeat(30_000) };
    expect(readSharedFields({ batch: Array.from({ length: 2_500 }), context })).toBe('too_large');
    expect(readSharedFields({ batch: Array.from({ length: 250 }), context })).toMatchObject({ context });
    expect(readSharedFields({ batch: Array.from({ length: 2_500 }), context: { a: 'x'.repeat(3_000) } })).not.toBe('too_large');
  });
});

describe('clock skew', () => {
  const sent = { originalTimestamp: '2024-05-01T13:59:50.000Z', sentAt: '2024-05-01T14:00:00.000Z' };

  it("is taken out of the sender's time, which is kept beside it", () => {
    expect(accepted({ ...track, ...sent }).event).toMatchObject({ ...sent, timestamp: '2024-05-01T11:59:50.000Z' });
  });

  it('is told by the sentAt of the request', () => {
    const request = { ...atBatch, shared: shared({ sentAt: sent.sentAt }) };
    expect(accepted({ ...track, timestamp: sent.originalTimestamp }, request).event).toMatchObject({
      originalTimestamp: sent.originalTimestamp,
      timestamp: '2024-05-01T11:59:50.000Z',
    });
  });

  it('is not corrected twice in what Segment passes on', () => {
    const message = { ...track, ...sent, timestamp: '2024-05-01T10:00:00.000Z', receivedAt: '2024-05-01T10:00:10.000Z' };
    expect(accepted(message, atPartnerDoor).event.timestamp).toBe('2024-05-01T10:00:00.000Z');
    expect(accepted({ ...message, timestamp: null }, atPartnerDoor).event.timestamp).toBe('2024-05-01T10:00:00.000Z');
  });

  it('does not stand in the way of an event with absurd dates', () => {
    const { event } = accepted({ ...track, timestamp: 'soon', sentAt: { $date: 1 } });
    expect(event.timestamp).toBe(event.receivedAt);
    expect(event.originalTimestamp).toBeUndefined();
  });
});

describe('the id of a message that came without one', () => {
  const anonymous = { type: 'track', userId: 'u1', event: 'x', properties: { a: 1, b: { c: 2, d: 3 } } };

  it('is a UUIDv5', () => {
    expect(accepted(anonymous).event.messageId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('is the same on a retry: neither the order of keys, nor sentAt, nor the time of receipt counts', () => {
    const retry = {
      sentAt: '2024-05-01T12:00:00Z',
      properties: { b: { d: 3, c: 2 }, a: 1 },
      event: 'x',
      userId: 'u1',
      type: 'track',
    };
    const later = { ...atBatch, receivedAt: receivedAt + 60_000 };
    expect(accepted(retry, later).event.messageId).toBe(accepted(anonymous).event.messageId);
  });

  it.each([
    ['source', anonymous, { ...atBatch, source: 'other' }],
    ['type', { ...anonymous, type: 'identify' }, atBatch],
    ['user', { ...anonymous, userId: 'u2' }, atBatch],
    ['time', { ...anonymous, timestamp: '2024-05-01T11:00:00Z' }, atBatch],
    ['body', { ...anonymous, properties: { a: '1', b: { c: 2, d: 3 } } }, atBatch],
  ])('differs with the %s', (_, raw, context) => {
    expect(accepted(raw, context).event.messageId).not.toBe(accepted(anonymous).event.messageId);
  });

  it.each([null, '', undefined])('is made for a messageId of %p as well', (messageId) => {
    expect(accepted({ ...anonymous, messageId }).event.messageId).toBe(accepted(anonymous).event.messageId);
  });
});

describe('a refused message', () => {
  it.each([
    ['not_an_object', [track]],
    ['missing_type', { userId: 'u1' }],
    ['unknown_type', { ...track, type: 'Track' }],
    ['missing_user', { type: 'identify', userId: '', anonymousId: null }],
    ['invalid_user_id', { ...track, userId: { id: 1 } }],
    ['invalid_user_id', { ...track, userId: 2 ** 60 }],
    ['invalid_anonymous_id', { ...track, anonymousId: true }],
    ['invalid_partner_user_id', { type: 'identify', traits: { partner_user_id: 2 ** 60 } }],
    ['missing_event', { ...track, event: '' }],
    ['invalid_message_id', { ...track, messageId: 5 }],
    ['message_id_too_long', { ...track, messageId: 'm'.repeat(100) }],
    ['invalid_properties', { ...track, properties: 'a=1' }],
    ['invalid_traits', { ...track, traits: [1] }],
    ['invalid_context', { ...track, context: 7 }],
    ['invalid_integrations', { ...track, integrations: 'All' }],
    ['too_deep', { ...track, properties: { a: nested(10_000) } }],
    ['too_large', { ...track, properties: { a: 'ä'.repeat(MAX_EVENT_BYTES / 2) } }],
    ['deletion_not_allowed', { type: 'delete', userId: 'u1' }],
  ])('says why: %s', (reason, raw) => {
    expect(parseMessage(raw, atBatch)).toEqual({ kind: 'rejected', reason });
  });

  it('is one only beyond the limits', () => {
    expect(parseMessage({ ...track, messageId: 'm'.repeat(99) }, atBatch).kind).toBe('accepted');
    expect(parseMessage({ ...track, properties: nested(MAX_DEPTH - 1) }, atBatch).kind).toBe('accepted');
    const frame = JSON.stringify({ ...track, properties: { a: '' } }).length;
    expect(parseMessage({ ...track, properties: { a: 'x'.repeat(MAX_EVENT_BYTES - frame) } }, atBatch).kind).toBe('accepted');
  });
});

it.each(['page', 'screen', 'group', 'alias'] as const)('a %s is unsupported', (type) => {
  expect(parseMessage({ type }, atBatch)).toEqual({ kind: 'unsupported', type });
  expect(parseMessage({ userId: 'u1' }, { ...atBatch, type })).toEqual({ kind: 'unsupported', type });
});

describe('the partner door', () => {
  it('takes any casing of the common fields and leaves the names below them alone', () => {
    const { event } = accepted(
      { TYPE: 'track', UserID: 'u1', anonymous_id: 'a1', messageid: 'm1', Event: 'x', Properties: { UserID: 1 } },
      atPartnerDoor,
    );
    expect(event).toMatchObject({ userId: 'u1', anonymousId: 'a1', messageId: 'm1', event: 'x', properties: { UserID: 1 } });
  });

  it('prefers the exact spelling', () => {
    expect(accepted({ ...track, USERID: 'u2' }, atPartnerDoor).subject).toBe('u1');
  });

  it.each([
    [{ userId: 'u1' }],
    [{ userid: 'u1' }],
    [{ type: 'delete', userId: 'u1' }],
    [{ type: 'delete', userId: 'u1', context: null, integrations: [], originalTimestamp: '2024-05-01 12:00:00 +0000 UTC' }],
  ])('takes for a deletion: %j', (raw) => {
    expect(parseMessage(raw, atPartnerDoor)).toEqual({ kind: 'deletion', userId: 'u1' });
  });

  it('keeps the messageId of a deletion where it is one', () => {
    const deletion = { type: 'delete', userId: 7, messageId: 'm1' };
    expect(parseMessage(deletion, atPartnerDoor)).toEqual({ kind: 'deletion', userId: '7', messageId: 'm1' });
    expect(parseMessage({ ...deletion, messageId: 8 }, atPartnerDoor)).toEqual({ kind: 'deletion', userId: '7' });
  });

  it.each([
    ['missing_type', { userId: 'u1', messageId: 'm1' }],
    ['missing_type', { anonymousId: 'u1' }],
    ['missing_type', {}],
    ['missing_user_id', { type: 'delete', anonymousId: 'a1' }],
    ['invalid_user_id', { type: 'delete', userId: ['u1'] }],
  ])('never guesses a deletion: %s', (reason, raw) => {
    expect(parseMessage(raw, atPartnerDoor)).toEqual({ kind: 'rejected', reason });
  });
});

describe('any JSON', () => {
  const key = fc.oneof(
    fc.constantFrom(
      'type',
      'userId',
      'userid',
      'anonymousId',
      'messageId',
      'event',
      'properties',
      'traits',
      'context',
      'integrations',
      'timestamp',
      'originalTimestamp',
      'sentAt',
      'receivedAt',
      '__proto__',
      'constructor',
    ),
    fc.string({ unit: 'binary' }),
  );
  const value = fc.oneof(
    fc.constantFrom('track', 'identify', 'delete', 'page', '2024-05-01T12:00:00Z', '2024-99-99', '\ud800', ''),
    fc.jsonValue({ stringUnit: 'binary' }),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.dictionary(key, fc.jsonValue()),
  );
  // Through the text, as at the doors: only JSON.parse makes an own key `__proto__`.
  const message = fc.oneof(
    fc.jsonValue(),
    fc.array(fc.tuple(key, value)).map(objectOf),
    fc.array(fc.tuple(key, value)).map((pairs) => ({ ...track, ...objectOf(pairs) })),
  );
  const context = fc.constantFrom(atBatch, atPartnerDoor, {
    ...atBatch,
    type: 'track' as const,
    shared: shared({ context: { ip: '1.1.1.1' } }),
  });

  function objectOf(pairs: [string, unknown][]): object {
    return JSON.parse(`{${pairs.map(([name, child]) => `${JSON.stringify(name)}:${JSON.stringify(child)}`).join()}}`) as object;
  }

  it('is read without an exception, and what is accepted is complete', () => {
    fc.assert(
      fc.property(message, context, (raw, atDoor) => {
        const parsed = parseMessage(raw, atDoor);
        if (parsed.kind !== 'accepted') return;
        const { event, subject } = parsed;
        expect(subject).not.toBe('');
        expect(Buffer.from(subject).toString()).toBe(subject);
        expect(event.messageId).not.toBe('');
        expect(event.messageId.length).toBeLessThan(100);
        expect(new Date(event.timestamp).toISOString()).toBe(event.timestamp);
        expect(event.receivedAt).toBe(new Date(receivedAt).toISOString());
        expect(event.type === 'track').toBe(event.event !== undefined);
        expect(JSON.parse(JSON.stringify(event))).toEqual(event);
      }),
      { numRuns: 2_000 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('gives the same id to the same message, in whatever order its keys are', () => {
    fc.assert(
      fc.property(message, context, (raw, atDoor) => {
        const retry = { ...atDoor, receivedAt: receivedAt + 1_000 };
        const [first, second] = [parseMessage(raw, atDoor), parseMessage(reversed(raw), retry)];
        expect(second.kind).toBe(first.kind);
        if (first.kind === 'accepted' && second.kind === 'accepted') expect(second.event.messageId).toBe(first.event.messageId);
      }),
      { numRuns: 1_000 },
    );
  });

  function reversed(raw: unknown): unknown {
    if (Array.isArray(raw)) return raw.map(reversed);
    if (typeof raw !== 'object' || raw === null) return raw;
    return objectOf(
      Object.entries(raw)
        .reverse()
        .map(([name, child]) => [name, reversed(child)]),
    );
  }
});
