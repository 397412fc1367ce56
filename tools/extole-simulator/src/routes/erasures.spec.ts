import { describe, expect, it } from '@jest/globals';
import { SimulatorClient } from '../testing/simulator-client.ts';

describe('erasures', () => {
  it.each([
    ['partner_user_id', { partner_user_id: 'u1' }],
    ['email', { email: 'Ann@Example.com' }],
  ])('remove the person with the %s, and a later event makes a new one', async (_key, target) => {
    const client = await SimulatorClient.start();
    const person = { partner_user_id: 'u1', email: 'ann@example.com' };
    const before = await client.event('identify', person, '/v6/events');
    const erasure = await client.call('POST', '/v4/erasures', { ...target, note: 'del_1' });
    expect(erasure.body).toEqual({
      id: expect.any(String),
      status: 'COMPLETED',
      note: 'del_1',
      created_date: expect.any(String),
    });
    expect(await client.profiles()).toEqual([]);
    const after = await client.event('identify', person, '/v6/events');
    expect(after.body['person_id']).not.toBe(before.body['person_id']);
  });

  it('give back the unique keys of the person', async () => {
    const client = await SimulatorClient.start();
    await client.event('registration', { partner_user_id: 'u1' });
    await client.call('POST', '/v4/erasures', { partner_user_id: 'u1' });
    await client.event('registration', { partner_user_id: 'u1' });
    expect(await client.summary()).toMatchObject({ deduplicated: 0 });
  });

  it('can be looked up by their id', async () => {
    const client = await SimulatorClient.start();
    const { body } = await client.call('POST', '/v4/erasures', { partner_user_id: 'u1' });
    expect((await client.call('GET', `/v4/erasures/${String(body['id'])}`)).body).toEqual(body);
    expect((await client.call('GET', '/v4/erasures/none')).status).toBe(404);
  });

  it('erase nobody while they are told to fail, with a 200 all the same', async () => {
    const client = await SimulatorClient.start({ behaviour: { erasureStatus: 'FAILED' } });
    await client.event('identify', { partner_user_id: 'u1' });
    expect(await client.call('POST', '/v4/erasures', { partner_user_id: 'u1' })).toMatchObject({
      status: 200,
      body: { status: 'FAILED' },
    });
    expect(await client.profiles()).toHaveLength(1);
  });

  it('need to know whom', async () => {
    const client = await SimulatorClient.start();
    expect(await client.call('POST', '/v4/erasures', { note: 'x' })).toMatchObject({
      status: 400,
      body: { code: 'validation_error' },
    });
  });

  it('count towards the 100 a minute', async () => {
    const client = await SimulatorClient.start();
    const calls = Array.from({ length: 101 }, (_, user) => client.call('POST', '/v4/erasures', { partner_user_id: `u${user}` }));
    expect((await Promise.all(calls)).filter(({ status }) => status === 429)).toHaveLength(1);
  });
});
