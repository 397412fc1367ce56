import fc from 'fast-check';
import type { JsonObject, SegmentEvent } from '#segment';
import { compileMapping } from './compile-mapping.ts';
import { explainMapping } from './explain-mapping.ts';
import { IDENTITY_FIELDS } from './extole-fields.ts';
import { mapEvent } from './map-event.ts';

const MAPPINGS = [
  compileMapping(undefined),
  compileMapping(undefined, { labels: 'my-programme' }),
  compileMapping({
    version: 2,
    track: {
      eventName: 'track',
      events: { toString: { as: 'conversion', data: { cart_value: ['properties.total', 'context.a.b'] } } },
    },
    identify: { parameters: { exclude: ['age'], rename: { email: 'mail', plan: 'email' } } },
    presets: ['ecommerce'],
    constants: { channel: 'segment' },
  }),
];

/** Names that a sender, a rule or JavaScript itself gives a meaning to, among arbitrary ones. */
const KEY = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    'email',
    'partner_user_id',
    'firstName',
    'first_name',
    'labels',
    'event',
    'total',
    'plan',
    '1',
  ),
);
const OBJECT = fc
  .array(fc.tuple(KEY, fc.jsonValue({ maxDepth: 2 })), { maxLength: 8 })
  // By way of JSON, as every event comes: `__proto__` becomes an own key.
  .map(
    (entries) =>
      JSON.parse(`{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`) as JsonObject,
  );

const EVENT: fc.Arbitrary<SegmentEvent> = fc
  .record(
    {
      type: fc.constantFrom('identify' as const, 'track' as const),
      messageId: fc.string({ minLength: 1 }),
      userId: fc.string({ minLength: 1 }),
      anonymousId: fc.string({ minLength: 1 }),
      event: fc.oneof(fc.string(), fc.constantFrom('conversion', 'registration', 'toString', '__proto__', 'Order Completed')),
      properties: OBJECT,
      traits: OBJECT,
      context: fc.oneof(
        OBJECT,
        OBJECT.map((traits) => ({ traits })),
      ),
    },
    { requiredKeys: ['type', 'messageId'] },
  )
  .map((fields) => ({ ...fields, timestamp: '2024-08-07T10:00:00.000Z', receivedAt: '2024-08-07T10:00:01.000Z' }));

describe.each(MAPPINGS)('under mapping $version', (mapping) => {
  test('an event maps to the same bytes each time, whether or not it was parsed anew', () => {
    fc.assert(
      fc.property(EVENT, (event) => {
        const again = JSON.parse(JSON.stringify(event)) as SegmentEvent;
        expect(mapEvent(mapping, again)).toEqual(mapEvent(mapping, event));
        expect(explainMapping(mapping, event).mapped).toEqual(mapEvent(mapping, event));
      }),
    );
  });

  test('the body parses back and carries the messageId; no field is null or empty that the sender did not write so', () => {
    fc.assert(
      fc.property(EVENT, (event) => {
        const mapped = mapEvent(mapping, event);
        if (mapped.kind !== 'request') return;
        const body = JSON.parse(mapped.request.body) as { event_name: string; event_time: string; data: JsonObject };
        expect(Object.keys(body)).toEqual(['event_name', 'event_time', 'data']);
        expect(body).toMatchObject({ event_name: mapped.request.eventName, event_time: event.timestamp });
        expect(body.data['partner_event_id']).toBe(event.messageId);
        for (const field of IDENTITY_FIELDS) expect([null, '']).not.toContain(body.data[field]);
      }),
    );
  });
});

test('every property of a track is in the data, unchanged, unless it is an identity field or the bridge’s own', () => {
  fc.assert(
    fc.property(EVENT, (event) => {
      const mapped = mapEvent(compileMapping(undefined), { ...event, type: 'track', event: 'Anything' });
      if (mapped.kind !== 'request') throw new Error('the default mapping filters nothing');
      const { data } = JSON.parse(mapped.request.body) as { data: JsonObject };
      for (const [key, value] of Object.entries(event.properties ?? {})) {
        if (IDENTITY_FIELDS.has(key) || key === 'partner_event_id') continue;
        expect(Object.hasOwn(data, key)).toBe(true);
        expect(JSON.stringify(data[key])).toBe(JSON.stringify(value));
      }
    }),
  );
});
