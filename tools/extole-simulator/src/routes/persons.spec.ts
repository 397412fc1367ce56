import { describe, expect, it } from '@jest/globals';
import { SimulatorClient } from '../testing/simulator-client.ts';

async function withPerson() {
  const client = await SimulatorClient.start();
  const { body } = await client.event('identify', { partner_user_id: 'u1', email: 'ann@example.com', age: 25 }, '/v6/events');
  return { client, id: String(body['person_id']) };
}

describe('persons', () => {
  it.each([
    '?email=ann@example.com',
    '?partner_user_id=u1',
    '?identity_key_value=ann@example.com',
    '?person_keys=partner_user_id:u1',
  ])('are found by %s', async (query) => {
    const { client, id } = await withPerson();
    expect((await client.call('GET', `/v5/persons${query}`)).body).toMatchObject([{ id, identity_key_value: 'ann@example.com' }]);
  });

  it('are not searched without a criterion, and a missing one is a 403', async () => {
    const { client, id } = await withPerson();
    expect((await client.call('GET', '/v5/persons')).status).toBe(400);
    expect((await client.call('GET', `/v5/persons/${id}`)).body).toMatchObject({ id });
    expect(await client.call('GET', '/v5/persons/1')).toMatchObject({ status: 403, body: { code: 'person_not_found' } });
  });

  it('get a parameter by POST once, and by PUT from then on', async () => {
    const { client, id } = await withPerson();
    const parameter = { name: 'plan', value: 'pro', scope: 'PUBLIC' };
    const path = `/v5/persons/${id}/data`;
    expect((await client.call('PUT', `${path}/plan`, parameter)).body['code']).toBe('data_not_found');
    expect((await client.call('POST', path, parameter)).body).toMatchObject(parameter);
    expect((await client.call('POST', path, parameter)).body['code']).toBe('data_already_exists');
    expect((await client.call('PUT', `${path}/plan`, { value: 'free' })).body).toMatchObject({ ...parameter, value: 'free' });
    expect((await client.call('GET', path)).body).toMatchObject({ plan: { value: 'free' }, age: { value: 25, scope: 'PUBLIC' } });
    expect((await client.call('DELETE', `${path}/plan`)).status).toBe(200);
    expect((await client.call('GET', `${path}/plan`)).body['code']).toBe('data_not_found');
  });

  it('show in the ledger as the user whom the call is about', async () => {
    const { client, id } = await withPerson();
    await client.call('POST', `/v5/persons/${id}/data`, { name: 'plan', value: 'pro' });
    expect((await client.ledger()).at(-1)).toMatchObject({ route: '/v5/persons/{person_id}/data', partnerUserId: 'u1' });
  });
});

describe('the parameters of a person', () => {
  it('are listed by name and scope, the latest change first, a few unless asked for more', async () => {
    const { client, id } = await withPerson();
    const path = `/v5/persons/${id}/data`;
    for (let n = 0; n < 25; n++) await client.call('POST', path, { name: `p${n}`, value: n });
    const names = async (query: string) => Object.keys((await client.call('GET', `${path}${query}`)).body);
    expect((await names('?names=p3&names=age&names=missing')).sort()).toEqual(['age', 'p3']);
    expect(await names('?scopes=PUBLIC')).toEqual(['age']);
    expect(await names('')).toHaveLength(20);
    expect(await names('?limit=100')).toHaveLength(26);
    expect((await client.call('GET', `${path}?limit=x`)).body['code']).toBe('invalid_parameter');
  });

  it('come from events in the scope of the programme, and keep the one that they were given', async () => {
    const { client, id } = await withPerson();
    await client.behave({ eventDataScope: 'PRIVATE' });
    await client.event('identify', { partner_user_id: 'u1', plan: 'pro', age: 26 }, '/v6/events');
    expect((await client.call('GET', `/v5/persons/${id}/data`)).body).toMatchObject({
      plan: { scope: 'PRIVATE' },
      age: { value: 26, scope: 'PUBLIC' },
    });
  });

  it('cannot be written where the name is read only, nor without a value', async () => {
    const { client, id } = await withPerson();
    await client.behave({ readOnlyNames: ['age'] });
    const path = `/v5/persons/${id}/data`;
    expect((await client.call('PUT', `${path}/age`, { value: 1 })).body['code']).toBe('read_only_name');
    expect((await client.call('POST', path, { name: 'plan', value: null })).body['code']).toBe('validation_error');
  });
});

describe('the steps of a person', () => {
  it('are those of the events that a programme listens to, also by event', async () => {
    const { client, id } = await withPerson();
    const { body } = await client.event('conversion', { partner_user_id: 'u1', partner_conversion_id: 'c1' }, '/v6/events');
    const steps = async (query: string) => (await client.call('GET', `/v5/persons/${id}/steps${query}`)).body;
    expect(await steps('')).toMatchObject([{ name: 'conversion', event_id: body['event_id'] }]);
    expect(await steps(`?event_ids=${String(body['event_id'])}`)).toHaveLength(1);
    expect(await steps('?event_ids=0')).toEqual([]);
    expect(await steps('?names=identify')).toEqual([]);
  });
});
