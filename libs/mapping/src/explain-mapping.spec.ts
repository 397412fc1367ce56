import type { SegmentEvent } from '#segment';
import { compileMapping } from './compile-mapping.ts';
import { explainMapping } from './explain-mapping.ts';
import { mapEvent } from './map-event.ts';

const TIMES = { timestamp: '2024-08-07T10:00:00.000Z', receivedAt: '2024-08-07T10:00:01.000Z' };
const mapping = compileMapping(
  {
    version: 3,
    track: {
      eventName: 'track',
      events: { 'Order Completed': { as: 'conversion', data: { cart_value: 'properties.total' } }, Ping: false },
    },
    identify: { parameters: { exclude: ['ssn'], rename: { plan: 'subscription_plan' } } },
    constants: { channel: 'segment' },
  },
  { labels: 'my-programme' },
);

test('every field of a track is explained by its rule and its source', () => {
  const event: SegmentEvent = {
    type: 'track',
    event: 'Order Completed',
    messageId: 'm',
    userId: 'u',
    properties: { total: '9.99', email: 'e@example.com' },
    ...TIMES,
  };
  const explanation = explainMapping(mapping, event);
  expect(explanation.mapped).toEqual(mapEvent(mapping, event));
  expect(explanation).toMatchObject({ mappingVersion: mapping.version, decidedBy: 'track.events.Order Completed', omitted: [] });
  expect(explanation.fields).toEqual([
    { field: 'partner_user_id', value: 'u', rule: 'identity', from: 'userId' },
    { field: 'email', value: 'e@example.com', rule: 'identity', from: 'properties.email' },
    { field: 'total', value: '9.99', rule: 'property', from: 'properties.total' },
    { field: 'partner_event_id', value: 'm', rule: 'message id', from: 'messageId' },
    { field: 'channel', value: 'segment', rule: 'constant', from: 'constants.channel' },
    { field: 'labels', value: 'my-programme', rule: 'labels', from: 'labels' },
    { field: 'event', value: 'conversion', rule: 'event name', from: 'event' },
    { field: 'cart_value', value: '9.99', rule: 'mapped field', from: 'properties.total' },
  ]);
});

test('what an identify leaves out is said, and a renamed trait shows its old name', () => {
  const event: SegmentEvent = {
    type: 'identify',
    messageId: 'm',
    userId: 'u',
    traits: { ssn: '1', plan: 'gold', age: 25, partner_user_id: 'other' },
    ...TIMES,
  };
  const explanation = explainMapping(mapping, event);
  expect(explanation.decidedBy).toBe('identify.event');
  expect(explanation.omitted).toEqual([
    { source: 'traits.ssn', reason: 'excluded by identify.parameters.exclude' },
    { source: 'traits.partner_user_id', reason: 'userId is the partner_user_id of an identify' },
  ]);
  expect(explanation.fields).toContainEqual({
    field: 'subscription_plan',
    value: 'gold',
    rule: 'renamed trait',
    from: 'traits.plan',
  });
  expect(explanation.fields).toContainEqual({ field: 'age', value: 25, rule: 'trait', from: 'traits.age' });
});

test('a filtered event says which entry filtered it', () => {
  const explanation = explainMapping(mapping, { type: 'track', event: 'Ping', messageId: 'm', ...TIMES });
  expect(explanation).toMatchObject({ mapped: { kind: 'filtered' }, decidedBy: 'track.events.Ping', fields: [] });
});
