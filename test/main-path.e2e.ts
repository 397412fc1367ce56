import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outcomeFaults, readBothTopics } from './support/outcome-facts.ts';
import { readTopic } from './support/read-topic.ts';
import { untilSettled } from './support/settled.ts';
import type { LedgerEntry } from './support/simulator-client.ts';
import { tempFolder } from './support/temp-folder.ts';
import { startStack, type TestStack } from './support/test-stack.ts';

const MAPPING = `version: 1
track:
  events:
    Order Completed:
      as: conversion
      data:
        partner_conversion_id: properties.order_id
        cart_value: properties.total
`;

const TIMESTAMP = '2024-08-07T10:15:30.000Z';
const JOHN = { email: 'john.doe@example.com', first_name: 'John', last_name: 'Doe' };

/** The documented cases (the "Extole" destination in Segment's documentation), each with the body that Extole must get for it. */
describe('the main path, from the door to Extole', () => {
  let stack: TestStack;

  beforeAll(async () => {
    const mappingFile = join(tempFolder('mapping'), 'mapping.yaml');
    writeFileSync(mappingFile, MAPPING);
    stack = await startStack({ env: { MAPPING_FILE: mappingFile } });
  }, 60_000);

  /** The calls for a user that took effect, once everything that was sent has come to its end. */
  async function callsOf(partnerUserId: string): Promise<LedgerEntry[]> {
    await untilSettled(stack);
    return stack.extole.applied({ partnerUserId });
  }

  function bodiesOf(calls: readonly LedgerEntry[]): unknown[] {
    return calls.map(({ body }) => JSON.parse(body ?? 'null') as unknown);
  }

  async function outcomeOf(messageId: string): Promise<string[]> {
    const outcomes = await stack.readOutcomes();
    return outcomes.filter((outcome) => outcome['messageId'] === messageId).map(({ outcome }) => String(outcome));
  }

  it('turns an identify into the profile event, with every further trait as a parameter under its own name', async () => {
    await stack.segment.identify(
      'userId123',
      { email: 'john.doe@example.com', firstName: 'John', lastName: 'Doe', age: 25, existingCustomer: true },
      { messageId: 'identify-1', timestamp: TIMESTAMP, context: { ip: '203.0.113.7' } },
    );
    const calls = await callsOf('userId123');
    expect(calls).toEqual([expect.objectContaining({ method: 'POST', path: '/v6/async-events', tokenOk: true, status: 200 })]);
    expect(bodiesOf(calls)).toEqual([
      {
        event_name: 'identify',
        event_time: TIMESTAMP,
        data: {
          partner_user_id: 'userId123',
          ...JOHN,
          age: 25,
          existingCustomer: true,
          extole_consumer_ip: '203.0.113.7',
          partner_event_id: 'identify-1',
        },
      },
    ]);
  }, 60_000);

  it('turns a track without properties into an event of its own name', async () => {
    await stack.segment.track('clicker', 'Login Button Clicked', undefined, { messageId: 'click-1', timestamp: TIMESTAMP });
    expect(bodiesOf(await callsOf('clicker'))).toEqual([
      {
        event_name: 'Login Button Clicked',
        event_time: TIMESTAMP,
        data: { partner_user_id: 'clicker', partner_event_id: 'click-1' },
      },
    ]);
  }, 60_000);

  it('sends a registration once, however often it is fired for the same user', async () => {
    const properties = { ...JOHN, partner_user_id: 'registrant' };
    await stack.segment.track('registrant', 'registration', properties, { messageId: 'reg-1', timestamp: TIMESTAMP });
    await stack.segment.track('registrant', 'registration', properties, { messageId: 'reg-2', timestamp: TIMESTAMP });
    expect(bodiesOf(await callsOf('registrant'))).toEqual([
      { event_name: 'registration', event_time: TIMESTAMP, data: { ...properties, partner_event_id: 'reg-1' } },
    ]);
    expect([await outcomeOf('reg-1'), await outcomeOf('reg-2')]).toEqual([['delivered'], ['duplicate']]);
  }, 60_000);

  it('sends a conversion once, its money exactly the string that was sent', async () => {
    const properties = { ...JOHN, partner_conversion_id: 'purchaseId123', cart_value: '99.99' };
    await stack.segment.track('buyer', 'conversion', properties, { messageId: 'conv-1', timestamp: TIMESTAMP });
    await stack.segment.track('buyer', 'conversion', properties, { messageId: 'conv-2', timestamp: TIMESTAMP });
    expect(bodiesOf(await callsOf('buyer'))).toEqual([
      {
        event_name: 'conversion',
        event_time: TIMESTAMP,
        data: { ...properties, partner_user_id: 'buyer', partner_event_id: 'conv-1' },
      },
    ]);
    expect([await outcomeOf('conv-1'), await outcomeOf('conv-2')]).toEqual([['delivered'], ['duplicate']]);
  }, 60_000);

  it('sends an event under the name, and with the fields, that the mapping file says', async () => {
    const order = { email: 'jane@example.com', order_id: 'order-77', total: '12.50', currency: 'EUR' };
    await stack.segment.track('shopper', 'Order Completed', order, { messageId: 'order-1', timestamp: TIMESTAMP });
    await stack.segment.track('shopper', 'Order Completed', order, { messageId: 'order-2', timestamp: TIMESTAMP });
    expect(bodiesOf(await callsOf('shopper'))).toEqual([
      {
        event_name: 'conversion',
        event_time: TIMESTAMP,
        data: {
          ...order,
          partner_user_id: 'shopper',
          partner_conversion_id: 'order-77',
          cart_value: '12.50',
          partner_event_id: 'order-1',
        },
      },
    ]);
    expect(await outcomeOf('order-2')).toEqual(['duplicate']);
  }, 60_000);

  it('tells an audience trait on and off in that order', async () => {
    const audience = {
      context: { personas: { computation_class: 'audience' } },
      integrations: { All: false, 'Extole Platform': true },
    };
    for (const value of [true, false])
      await stack.segment.identify('member', { order_completed_last_30days: value }, { ...audience, timestamp: TIMESTAMP });
    const bodies = bodiesOf(await callsOf('member')) as { data: Record<string, unknown> }[];
    expect(bodies.map(({ data }) => data['order_completed_last_30days'])).toEqual([true, false]);
  }, 60_000);

  it('erases a deleted user once, and takes the person who comes back as a new one', async () => {
    const registration = { email: 'leaver@example.com', partner_user_id: '056tf9eqw24' };
    await stack.segment.track('056tf9eqw24', 'registration', registration, { messageId: 'first-life' });
    const deletion = await stack.segment.deleteUser('056tf9eqw24');
    expect(deletion).toMatchObject({ status: 202, body: { status: 'accepted' } });
    await stack.segment.track('056tf9eqw24', 'registration', registration, { messageId: 'second-life' });
    await stack.segment.track('056tf9eqw24', 'Login Button Clicked', {}, { messageId: 'back-again' });

    const calls = await callsOf('056tf9eqw24');
    expect(
      calls.filter(({ partnerEventId }) => partnerEventId !== 'first-life').map(({ eventName, path }) => eventName ?? path),
    ).toEqual(['/v4/erasures', 'registration', 'Login Button Clicked']);
    const { deletionId } = deletion.body as { deletionId: string };
    expect(bodiesOf(calls.filter(({ path }) => path === '/v4/erasures'))).toEqual([
      { partner_user_id: '056tf9eqw24', note: deletionId },
    ]);
    expect(await outcomeOf('second-life')).toEqual(['delivered']);
  }, 60_000);

  it('does not send an event for which the destination is switched off, and says so', async () => {
    const off = { integrations: { All: true, 'Extole Platform': false } };
    await stack.segment.track('elsewhere', 'Login Button Clicked', {}, { messageId: 'off-1', ...off });
    expect(await callsOf('elsewhere')).toEqual([]);
    expect(await outcomeOf('off-1')).toEqual(['filtered']);
  }, 60_000);

  it('takes the good events of a batch, whatever stands beside them', async () => {
    const answer = await stack.segment.sendBatch([
      { type: 'track', userId: 'neighbour', event: 'One', messageId: 'one' },
      { type: 'track', userId: 'neighbour', messageId: 'no-event-name' },
      { type: 'track', event: 'Nobody', messageId: 'nobody' },
      { type: 'page', userId: 'neighbour', messageId: 'page' },
      { type: 'track', userId: 'neighbour', event: 'Two', messageId: 'two' },
    ]);
    expect(answer).toMatchObject({ status: 200, body: { success: true } });
    expect((await callsOf('neighbour')).map(({ eventName }) => eventName)).toEqual(['One', 'Two']);
    const messageIds = (await stack.readEvents()).map(({ headers }) => headers['messageId']);
    expect(messageIds).toEqual(expect.arrayContaining(['one', 'two']));
    for (const refused of ['no-event-name', 'nobody', 'page']) expect(messageIds).not.toContain(refused);
  }, 60_000);

  it('has recorded one outcome for every record of the log, and nothing personal in it', async () => {
    await untilSettled(stack);
    const topics = await readBothTopics(stack);
    expect(outcomeFaults(topics)).toEqual([]);

    const told = JSON.stringify([...topics.outcomes, ...(await readTopic(stack.topics.deletions))]);
    const users = new Set(topics.events.map(({ key }) => key ?? ''));
    expect(users.size).toBeGreaterThan(5);
    for (const personal of [...users, 'example.com', 'John', 'Doe', '203.0.113.7', '99.99']) expect(told).not.toContain(personal);
  }, 60_000);
});
