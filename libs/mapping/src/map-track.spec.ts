import type { SegmentEvent } from '#segment';
import { compileMapping } from './compile-mapping.ts';
import { mapEvent } from './map-event.ts';
import type { MappedRequest } from './mapping.ts';

const DEFAULT = compileMapping(undefined);

function track(event: string, fields: Partial<SegmentEvent> = {}): SegmentEvent {
  return {
    type: 'track',
    event,
    messageId: 'msg-1',
    timestamp: '2024-08-07T10:00:00.000Z',
    receivedAt: '2024-08-07T10:00:01.000Z',
    ...fields,
  };
}

function mapped(event: SegmentEvent, mapping = DEFAULT): MappedRequest {
  const result = mapEvent(mapping, event);
  if (result.kind !== 'request') throw new Error(`filtered: ${result.reason}`);
  return result;
}

function dataOf(event: SegmentEvent, mapping = DEFAULT): Record<string, unknown> {
  return (JSON.parse(mapped(event, mapping).request.body) as { data: Record<string, unknown> }).data;
}

const codes = (event: SegmentEvent, mapping = DEFAULT) => mapped(event, mapping).warnings.map(({ code }) => code);

describe('the documented examples are sent exactly so', () => {
  test('Login Button Clicked, without properties', () => {
    expect(mapped(track('Login Button Clicked', { userId: 'userId123' }))).toEqual({
      kind: 'request',
      event: 'Login Button Clicked',
      request: {
        eventName: 'Login Button Clicked',
        body:
          '{"event_name":"Login Button Clicked","event_time":"2024-08-07T10:00:00.000Z",' +
          '"data":{"partner_user_id":"userId123","partner_event_id":"msg-1"}}',
      },
      warnings: [],
    });
  });

  test('registration, known again by its partner_user_id', () => {
    const properties = { email: 'john.doe@example.com', first_name: 'John', last_name: 'Doe', partner_user_id: 'userId123' };
    expect(mapped(track('registration', { userId: 'userId123', properties }))).toEqual({
      kind: 'request',
      event: 'registration',
      request: {
        eventName: 'registration',
        body:
          '{"event_name":"registration","event_time":"2024-08-07T10:00:00.000Z","data":{"partner_user_id":"userId123",' +
          '"email":"john.doe@example.com","first_name":"John","last_name":"Doe","partner_event_id":"msg-1"}}',
      },
      dedup: { kind: 'registration', key: 'userId123' },
      warnings: [],
    });
  });

  test('conversion, known again by its partner_conversion_id; money stays the string that was sent', () => {
    const properties = {
      email: 'john.doe@example.com',
      first_name: 'John',
      last_name: 'Doe',
      partner_conversion_id: 'purchaseId123',
      cart_value: '99.99',
    };
    expect(mapped(track('conversion', { userId: 'userId123', properties }))).toEqual({
      kind: 'request',
      event: 'conversion',
      request: {
        eventName: 'conversion',
        body:
          '{"event_name":"conversion","event_time":"2024-08-07T10:00:00.000Z","data":{"partner_user_id":"userId123",' +
          '"email":"john.doe@example.com","first_name":"John","last_name":"Doe",' +
          '"partner_conversion_id":"purchaseId123","cart_value":"99.99","partner_event_id":"msg-1"}}',
      },
      dedup: { kind: 'conversion', key: 'purchaseId123' },
      warnings: [],
    });
  });
});

describe('identity fields', () => {
  test('a property wins over userId, with a warning that a deletion will not reach it', () => {
    const event = track('x', { userId: 'u', properties: { partner_user_id: 'p' } });
    expect(dataOf(event)['partner_user_id']).toBe('p');
    expect(codes(event)).toEqual(['partner_user_id_differs']);
  });

  test('come from context.traits where the properties have none, in either spelling', () => {
    const context = { traits: { email: 'e@example.com', firstName: 'Ann', last_name: 'Lee', age: 30 }, ip: '203.0.113.7' };
    expect(dataOf(track('x', { anonymousId: 'a', context }))).toEqual({
      partner_anonymous_id: 'a',
      email: 'e@example.com',
      first_name: 'Ann',
      last_name: 'Lee',
      extole_consumer_ip: '203.0.113.7',
      partner_event_id: 'msg-1',
    });
  });

  test("a property in Segment's spelling also fills Extole's, and stays, as every property does", () => {
    const context = { traits: { first_name: 'Other' } };
    expect(dataOf(track('x', { userId: 'u', properties: { firstName: 'Ann' }, context }))).toEqual({
      partner_user_id: 'u',
      first_name: 'Ann',
      firstName: 'Ann',
      partner_event_id: 'msg-1',
    });
  });

  test('a null or an empty string in one counts as absent and makes room for the fallback', () => {
    const event = track('x', { userId: 'u', properties: { partner_user_id: null, email: '', first_name: null } });
    expect(dataOf(event)).toEqual({ partner_user_id: 'u', partner_event_id: 'msg-1' });
  });
});

test('every other property passes unchanged: numbers, nested objects, lists, nulls and empty strings', () => {
  const properties = {
    count: 3,
    ratio: 0.1,
    items: [{ sku: 'a', price: '1.00' }],
    coupon: null,
    note: '',
    flag: false,
    event_time: 'x',
  };
  expect(dataOf(track('x', { properties }))).toEqual({ ...properties, partner_event_id: 'msg-1' });
});

test('names that JavaScript keeps for itself are data like any other, and pollute nothing', () => {
  const properties = JSON.parse(
    '{"__proto__":{"polluted":1},"constructor":"c","toString":"t","nested":{"__proto__":2}}',
  ) as Record<string, never>;
  expect(mapped(track('toString', { properties })).request.body).toBe(
    '{"event_name":"toString","event_time":"2024-08-07T10:00:00.000Z","data":{"__proto__":{"polluted":1},"constructor":"c",' +
      '"toString":"t","nested":{"__proto__":2},"partner_event_id":"msg-1"}}',
  );
  expect({}).not.toHaveProperty('polluted');
});

test.each(['toString', 'constructor', '__proto__', 'hasOwnProperty'])('an event named %s finds no rule but its own', (name) => {
  const dropping = compileMapping({ version: 1, track: { default: 'drop' } });
  expect(mapEvent(dropping, track(name))).toEqual({ kind: 'filtered', reason: 'dropped_by_default' });
  expect(mapped(track(name))).toMatchObject({ event: name, warnings: [] });
  expect(mapped(track(name))).not.toHaveProperty('dedup');
  const listed = compileMapping(JSON.parse(`{"version":1,"track":{"events":{${JSON.stringify(name)}:"renamed"}}}`));
  expect(mapped(track(name), listed).event).toBe('renamed');
});

describe('track.events', () => {
  const mapping = compileMapping({
    version: 1,
    track: {
      events: {
        'Signed Up': 'registration',
        'Order Completed': {
          as: 'conversion',
          data: { partner_conversion_id: 'properties.order_id', cart_value: ['properties.total', 'properties.revenue'] },
        },
        'Internal Ping': false,
        Shared: {
          data: { campaign: 'context.campaign.name', who: 'anonymousId', first_sku: 'properties.products.0.sku', name: 'event' },
        },
      },
    },
  });

  test('a re-mapped name brings the de-duplication of its new name', () => {
    expect(mapped(track('Signed Up', { userId: 'u' }), mapping)).toMatchObject({
      request: { eventName: 'registration' },
      dedup: { kind: 'registration', key: 'u' },
    });
  });

  test('target fields are added from their sources, beside every property', () => {
    const event = track('Order Completed', { userId: 'u', properties: { order_id: 'o-1', total: '99.99', revenue: 90 } });
    expect(mapped(event, mapping)).toMatchObject({
      request: {
        body:
          '{"event_name":"conversion","event_time":"2024-08-07T10:00:00.000Z","data":{"partner_user_id":"u","order_id":"o-1",' +
          '"total":"99.99","revenue":90,"partner_event_id":"msg-1","cart_value":"99.99","partner_conversion_id":"o-1"}}',
      },
      dedup: { kind: 'conversion', key: 'o-1' },
    });
  });

  test('the first present source of several is taken; a target wins over a property of its name, and an absent source over nothing', () => {
    const event = track('Order Completed', {
      userId: 'u',
      properties: { order_id: null, revenue: 90, cart_value: 1, partner_conversion_id: 'p' },
    });
    expect(dataOf(event, mapping)).toMatchObject({ cart_value: 90, partner_conversion_id: 'p' });
  });

  test('sources reach into the context, lists and the message itself; what is not there adds nothing', () => {
    const event = track('Shared', {
      anonymousId: 'a',
      properties: { products: [{ sku: 's-1' }] },
      context: { campaign: { name: 'summer' } },
    });
    expect(dataOf(event, mapping)).toMatchObject({ campaign: 'summer', who: 'a', first_sku: 's-1', name: 'Shared' });
    expect(dataOf(track('Shared', { properties: { products: 'none' } }), mapping)).toEqual({
      products: 'none',
      name: 'Shared',
      partner_event_id: 'msg-1',
    });
  });

  test('an event set to false is filtered, an unlisted one passes', () => {
    expect(mapEvent(mapping, track('Internal Ping'))).toEqual({ kind: 'filtered', reason: 'dropped_by_mapping' });
    expect(mapped(track('Anything'), mapping).event).toBe('Anything');
  });

  test('with default: drop only the listed events are sent; true lists one under its own name', () => {
    const dropping = compileMapping({ version: 1, track: { default: 'drop', events: { Login: true, Ping: false } } });
    expect(mapped(track('Login'), dropping).event).toBe('Login');
    expect(mapEvent(dropping, track('Ping'))).toEqual({ kind: 'filtered', reason: 'dropped_by_mapping' });
    expect(mapEvent(dropping, track('Other'))).toEqual({ kind: 'filtered', reason: 'dropped_by_default' });
  });
});

test('a track without a name is filtered', () => {
  const nameless = { ...track('x') };
  delete nameless.event;
  expect(mapEvent(DEFAULT, nameless)).toEqual({ kind: 'filtered', reason: 'event_name_missing' });
});

test('with eventName: track every event goes as track, its mapped name as the parameter event', () => {
  const mapping = compileMapping({ version: 1, track: { eventName: 'track', events: { 'Signed Up': 'registration' } } });
  const event = track('Signed Up', { userId: 'u', properties: { event: 'own' } });
  expect(mapped(event, mapping)).toMatchObject({
    event: 'registration',
    request: {
      eventName: 'track',
      body:
        '{"event_name":"track","event_time":"2024-08-07T10:00:00.000Z",' +
        '"data":{"partner_user_id":"u","event":"registration","partner_event_id":"msg-1"}}',
    },
    dedup: { kind: 'registration', key: 'u' },
    warnings: [{ code: 'reserved_field_replaced' }],
  });
});

describe('dedup', () => {
  test('a configured field is found by the mapped and by the original name; numbers count as text', () => {
    const byMapped = compileMapping({
      version: 1,
      track: { events: { 'Trial Started': 'trial' } },
      dedup: { trial: 'trial_id' },
    });
    const byOriginal = compileMapping({
      version: 1,
      track: { events: { 'Trial Started': 'trial' } },
      dedup: { 'Trial Started': 'trial_id' },
    });
    const event = track('Trial Started', { properties: { trial_id: 7 } });
    expect(mapped(event, byMapped).dedup).toEqual({ kind: 'trial', key: '7' });
    expect(mapped(event, byOriginal).dedup).toEqual({ kind: 'trial', key: '7' });
  });

  test('without the field there is no partner key, and a warning', () => {
    const event = track('conversion', { userId: 'u' });
    expect(mapped(event)).not.toHaveProperty('dedup');
    expect(codes(event)).toEqual(['partner_key_missing']);
  });

  test('messageId switches a partner key off', () => {
    const mapping = compileMapping({ version: 1, dedup: { conversion: 'messageId' } });
    const event = track('conversion', { userId: 'u', properties: { partner_conversion_id: 'c' } });
    expect(mapped(event, mapping)).not.toHaveProperty('dedup');
    expect(codes(event, mapping)).toEqual([]);
  });
});

describe('warnings', () => {
  test('a partner_conversion_id of more than 38 characters is sent unchanged and warned about', () => {
    const conversion = (key: string) => track('conversion', { userId: 'u', properties: { partner_conversion_id: key } });
    expect(codes(conversion('x'.repeat(38)))).toEqual([]);
    expect(codes(conversion('x'.repeat(39)))).toEqual(['partner_conversion_id_too_long']);
    expect(mapped(conversion('x'.repeat(39))).dedup?.key).toBe('x'.repeat(39));
  });

  test('a conversion without email or partner_user_id attaches to nobody', () => {
    const properties = { partner_conversion_id: 'c' };
    expect(codes(track('conversion', { anonymousId: 'a', properties }))).toEqual(['conversion_without_identity']);
    expect(codes(track('conversion', { anonymousId: 'a', properties: { ...properties, email: 'e@example.com' } }))).toEqual([]);
  });
});

test('the partner_event_id is the messageId, and configured labels are the labels, whatever a property says', () => {
  const mapping = compileMapping(undefined, { labels: 'my-programme' });
  const event = track('x', { properties: { partner_event_id: 'mine', labels: 'mine', a: 1 } });
  expect(dataOf(event, mapping)).toEqual({ partner_event_id: 'msg-1', labels: 'my-programme', a: 1 });
  expect(codes(event, mapping)).toEqual(['reserved_field_replaced']);
  expect(dataOf(track('x', { properties: { labels: 'mine' } }))['labels']).toBe('mine');
});

test('constants are added where the event has no value of its own; labels of the file win over those of the source', () => {
  const mapping = compileMapping(
    { version: 1, constants: { labels: 'file', channel: 'segment', tier: 1 } },
    { labels: 'source' },
  );
  expect(dataOf(track('x', { properties: { tier: 2 } }), mapping)).toEqual({
    tier: 2,
    channel: 'segment',
    labels: 'file',
    partner_event_id: 'msg-1',
  });
});

describe('the e-commerce preset', () => {
  const mapping = compileMapping({ version: 1, presets: ['ecommerce'] });

  test('Order Completed is a conversion, by order_id and total', () => {
    const event = track('Order Completed', { userId: 'u', properties: { order_id: 'o-1', total: '27.50', revenue: '25.00' } });
    expect(mapped(event, mapping)).toMatchObject({
      event: 'conversion',
      dedup: { kind: 'conversion', key: 'o-1' },
      warnings: [],
    });
    expect(dataOf(event, mapping)).toMatchObject({ partner_conversion_id: 'o-1', cart_value: '27.50', order_id: 'o-1' });
    expect(dataOf(track('Order Completed', { properties: { revenue: 25 } }), mapping)['cart_value']).toBe(25);
  });

  test("a sender's own partner_conversion_id and cart_value are kept", () => {
    const properties = { order_id: 'o-1', total: 10, partner_conversion_id: 'p-1', cart_value: '9.99' };
    expect(dataOf(track('Order Completed', { properties }), mapping)).toMatchObject({
      partner_conversion_id: 'p-1',
      cart_value: '9.99',
    });
  });

  test('Signed Up is a registration, known by the user', () => {
    expect(mapped(track('Signed Up', { userId: 'u' }), mapping).dedup).toEqual({ kind: 'registration', key: 'u' });
  });

  test('a refund keeps its name and cannot pass for a repeat of the conversion', () => {
    const event = track('Order Refunded', { userId: 'u', properties: { order_id: 'o-1', total: 5 } });
    expect(mapped(event, mapping).event).toBe('Order Refunded');
    expect(dataOf(event, mapping)).not.toHaveProperty('partner_conversion_id');
  });

  test("the file's own entry replaces the preset's, wholly", () => {
    const own = compileMapping({
      version: 1,
      presets: ['ecommerce'],
      track: { events: { 'Order Completed': 'purchase', 'Signed Up': false } },
    });
    const event = track('Order Completed', { properties: { order_id: 'o-1' } });
    expect(mapped(event, own).event).toBe('purchase');
    expect(dataOf(event, own)).not.toHaveProperty('partner_conversion_id');
    expect(mapEvent(own, track('Signed Up')).kind).toBe('filtered');
  });
});
