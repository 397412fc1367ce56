import type { SegmentEvent } from '#segment';
import { compileMapping } from './compile-mapping.ts';
import { explainMapping } from './explain-mapping.ts';
import { mapEvent } from './map-event.ts';
import type { MappedRequest } from './mapping.ts';

const DEFAULT = compileMapping(undefined);

function identify(fields: Partial<SegmentEvent>): SegmentEvent {
  return {
    type: 'identify',
    messageId: 'msg-1',
    timestamp: '2024-08-07T10:00:00.000Z',
    receivedAt: '2024-08-07T10:00:01.000Z',
    ...fields,
  };
}

function mapped(event: SegmentEvent, mapping = DEFAULT): MappedRequest {
  const result = mapEvent(mapping, event);
  if (result.kind !== 'request') throw new Error('an identify is always sent');
  return result;
}

function dataOf(event: SegmentEvent, mapping = DEFAULT): Record<string, unknown> {
  return (JSON.parse(mapped(event, mapping).request.body) as { data: Record<string, unknown> }).data;
}

const codes = (event: SegmentEvent) => mapped(event).warnings.map(({ code }) => code);

test('the documented identify call is sent exactly so', () => {
  const event = identify({
    userId: 'userId123',
    traits: { email: 'john.doe@example.com', firstName: 'John', lastName: 'Doe', age: 25, existingCustomer: true },
  });
  expect(mapEvent(DEFAULT, event)).toEqual({
    kind: 'request',
    event: 'identify',
    request: {
      eventName: 'identify',
      body:
        '{"event_name":"identify","event_time":"2024-08-07T10:00:00.000Z","data":{' +
        '"partner_user_id":"userId123","email":"john.doe@example.com","first_name":"John","last_name":"Doe",' +
        '"age":25,"existingCustomer":true,"partner_event_id":"msg-1"}}',
    },
    warnings: [],
  });
});

test('an audience membership keeps its name and its boolean', () => {
  const event = identify({
    userId: 'u',
    traits: { order_completed_last_30days: false },
    context: { personas: { computation_id: 'aud_1' } },
  });
  expect(dataOf(event)).toEqual({ partner_user_id: 'u', order_completed_last_30days: false, partner_event_id: 'msg-1' });
});

test('other traits pass unchanged: numbers, nested objects, lists, nulls and empty strings', () => {
  const traits = { score: 1.5, address: { city: 'Oslo', zip: null }, tags: ['a', 1], plan: null, nickname: '' };
  expect(dataOf(identify({ userId: 'u', traits }))).toEqual({ partner_user_id: 'u', ...traits, partner_event_id: 'msg-1' });
});

test('the anonymous id and the address of the consumer are sent where the message has them', () => {
  const event = identify({ anonymousId: 'anon-1', context: { ip: '203.0.113.7' } });
  expect(dataOf(event)).toEqual({ partner_anonymous_id: 'anon-1', extole_consumer_ip: '203.0.113.7', partner_event_id: 'msg-1' });
});

test('absent stays absent: an identify without traits makes up no field', () => {
  expect(dataOf(identify({ userId: 'u' }))).toEqual({ partner_user_id: 'u', partner_event_id: 'msg-1' });
});

test('a null or an empty string in an identity field counts as absent', () => {
  const event = identify({ userId: 'u', traits: { email: '', first_name: null, firstName: 'John', lastName: null } });
  expect(dataOf(event)).toEqual({ partner_user_id: 'u', first_name: 'John', partner_event_id: 'msg-1' });
});

test("names given in both spellings are sent once, in Extole's spelling, with a warning if they differ", () => {
  const event = identify({ userId: 'u', traits: { firstName: 'Johnny', first_name: 'John', lastName: 'Doe', last_name: 'Doe' } });
  expect(dataOf(event)).toEqual({ partner_user_id: 'u', first_name: 'John', last_name: 'Doe', partner_event_id: 'msg-1' });
  expect(codes(event)).toEqual(['conflicting_spellings']);
});

test('userId is the partner_user_id of an identify, because a deletion erases the profile under it; a trait serves in its absence', () => {
  const both = identify({ userId: 'u', traits: { partner_user_id: 'other' } });
  expect(dataOf(both)).toEqual({ partner_user_id: 'u', partner_event_id: 'msg-1' });
  expect(codes(both)).toEqual(['partner_user_id_differs']);
  expect(dataOf(identify({ anonymousId: 'a', traits: { partner_user_id: 'other' } }))['partner_user_id']).toBe('other');
});

test('the partner_event_id is the messageId, whatever a trait says', () => {
  const event = identify({ userId: 'u', traits: { partner_event_id: 'mine' } });
  expect(dataOf(event)).toEqual({ partner_user_id: 'u', partner_event_id: 'msg-1' });
  expect(codes(event)).toEqual(['reserved_field_replaced']);
});

test('an identify has no partner key: the latest profile is no repeat of the one before', () => {
  const mapping = compileMapping({ version: 1, identify: { event: 'registration' } });
  const result = mapped(identify({ userId: 'u' }), mapping);
  expect(result.request.eventName).toBe('registration');
  expect(result).not.toHaveProperty('dedup');
});

describe('identify.parameters', () => {
  test('an excluded trait is not sent, in neither spelling', () => {
    const mapping = compileMapping({ version: 1, identify: { parameters: { exclude: ['ssn', 'first_name'] } } });
    const event = identify({ userId: 'u', traits: { ssn: '123', firstName: 'John', first_name: 'John', age: 25 } });
    expect(dataOf(event, mapping)).toEqual({ partner_user_id: 'u', age: 25, partner_event_id: 'msg-1' });
  });

  test('a renamed trait goes under its new name only, and replaces a trait that has that name', () => {
    const mapping = compileMapping({
      version: 1,
      identify: { parameters: { rename: { plan: 'subscription_plan' }, via: 'event-data' } },
    });
    const event = identify({ userId: 'u', traits: { plan: 'gold', subscription_plan: 'old' } });
    expect(dataOf(event, mapping)).toEqual({ partner_user_id: 'u', subscription_plan: 'gold', partner_event_id: 'msg-1' });
    const without = identify({ userId: 'u', traits: { subscription_plan: 'old' } });
    expect(dataOf(without, mapping)['subscription_plan']).toBe('old');
  });

  describe('via person-data', () => {
    const mapping = compileMapping({
      version: 1,
      identify: { parameters: { exclude: ['ssn'], rename: { plan: 'subscription_plan' }, via: 'person-data' } },
    });

    test('every other trait is set on the person; the event has the identity, the constants and what says whose event it is', () => {
      const traits = {
        email: 'j@example.com',
        firstName: 'John',
        age: 25,
        plan: 'gold',
        ssn: '123',
        labels: 'mine',
        tags: { b: 1, a: [1] },
      };
      const event = identify({ userId: 'u', traits });
      expect(dataOf(event, mapping)).toEqual({
        partner_user_id: 'u',
        email: 'j@example.com',
        first_name: 'John',
        labels: 'mine',
        partner_event_id: 'msg-1',
      });
      expect(mapped(event, mapping).parameters).toEqual([
        { name: 'age', value: '25' },
        { name: 'tags', value: '{"a":[1],"b":1}' },
        { name: 'subscription_plan', value: '"gold"' },
      ]);
    });

    test('what the endpoint cannot hold is left out, and explain says so', () => {
      const traits = { gone: null, '..': 1, '': 1, 'a/b': 1, '\ud800': 1, 'a.b': 1 };
      const event = identify({ userId: 'u', traits });
      expect(mapped(event, mapping).parameters).toEqual([{ name: 'a.b', value: '1' }]);
      expect(explainMapping(mapping, event).omitted.map(({ source }) => source)).toEqual([
        'traits.gone',
        'traits...',
        'traits.',
        'traits.a/b',
        'traits.\ud800',
      ]);
    });

    test('an identify without other traits has none to set, and still goes the same way', () => {
      expect(mapped(identify({ userId: 'u' }), mapping).parameters).toEqual([]);
      expect(mapped(identify({ userId: 'u' }))).not.toHaveProperty('parameters');
    });
  });

  test('two traits may swap names', () => {
    const mapping = compileMapping({ version: 1, identify: { parameters: { rename: { a: 'b', b: 'a' } } } });
    expect(dataOf(identify({ userId: 'u', traits: { a: 1, b: 2 } }), mapping)).toMatchObject({ a: 2, b: 1 });
  });

  test('a trait renamed to an identity field is that field', () => {
    const mapping = compileMapping({ version: 1, identify: { parameters: { rename: { mail: 'email' } } } });
    expect(dataOf(identify({ userId: 'u', traits: { mail: 'j@example.com' } }), mapping)).toEqual({
      partner_user_id: 'u',
      email: 'j@example.com',
      partner_event_id: 'msg-1',
    });
  });
});

test('labels of the source and constants of the file are added; an own trait wins over a constant, not over the labels', () => {
  const mapping = compileMapping({ version: 1, constants: { channel: 'segment', tier: 'x' } }, { labels: 'my-programme' });
  expect(dataOf(identify({ userId: 'u', traits: { tier: 'own', labels: 'own' } }), mapping)).toEqual({
    partner_user_id: 'u',
    tier: 'own',
    channel: 'segment',
    labels: 'my-programme',
    partner_event_id: 'msg-1',
  });
});
