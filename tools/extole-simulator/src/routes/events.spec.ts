import { describe, expect, it } from '@jest/globals';
import { SimulatorClient } from '../testing/simulator-client.ts';

describe('the events endpoints', () => {
  it.each(['/v6/async-events', '/v5/async-events'])('%s answers an event id alone', async (path) => {
    const client = await SimulatorClient.start();
    const { status, body } = await client.event('identify', { partner_user_id: 'u1' }, path);
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['event_id']);
  });

  it.each(['/v6/events', '/v5/events'])('%s answers the person too, the same one for the same user', async (path) => {
    const client = await SimulatorClient.start();
    const first = await client.event('identify', { partner_user_id: 'u1' }, path);
    const second = await client.event('Signed In', { partner_user_id: 'u1' }, path);
    expect(first.body['person_id']).toMatch(/^\d{19}$/);
    expect(second.body['person_id']).toBe(first.body['person_id']);
    expect(second.body['event_id']).not.toBe(first.body['event_id']);
  });

  it('takes the name from the path and the data from the body', async () => {
    const client = await SimulatorClient.start();
    await client.call('POST', '/v6/async-events/Signed%20In', { partner_user_id: 'u1', plan: 'pro' });
    expect(await client.ledger()).toMatchObject([{ eventName: 'Signed In', partnerUserId: 'u1', applied: true }]);
    expect(await client.profiles('?partner_user_id=u1')).toMatchObject([
      { parameters: { plan: { value: 'pro', scope: 'PUBLIC' } } },
    ]);
  });

  const valid = { event_name: 'identify', event_time: '2026-01-15T12:00:00Z', data: {} };
  it.each([
    ['no name', { ...valid, event_name: undefined }, 400, 'missing_event_name'],
    ['an empty name', { ...valid, event_name: '' }, 400, 'missing_event_name'],
    ['a time in words', { ...valid, event_time: 'yesterday' }, 400, 'invalid_event_time_format'],
    ['a time in epoch seconds', { ...valid, event_time: 1768478400 }, 400, 'invalid_event_time_format'],
    ['a day that does not exist', { ...valid, event_time: '2026-13-45T12:00:00Z' }, 400, 'invalid_event_time_format'],
    ['no data', { ...valid, data: undefined }, 400, 'validation_error'],
    ['a list', [valid], 400, 'binding_error'],
    ['broken JSON', '{"event_name":', 400, 'invalid_json'],
    ['an empty body', '', 400, 'missing_request_body'],
  ])('refuses %s', async (_what, body, status, code) => {
    const client = await SimulatorClient.start();
    const answer = await client.call('POST', '/v6/async-events', body);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      unique_id: expect.stringMatching(/^\d{19}$/),
      http_status_code: status,
      code,
      message: expect.any(String),
      parameters: expect.any(Object),
    });
    expect(await client.ledger()).toMatchObject([{ status, applied: false }]);
  });

  it.each(['2026-01-15T12:00:00.123456Z', '2026-01-15T13:00:00+01:00'])('takes the time %s', async (event_time) => {
    const client = await SimulatorClient.start();
    expect((await client.call('POST', '/v6/async-events', { ...valid, event_time })).status).toBe(200);
  });

  it('lets the first conversion of a partner_conversion_id win, and answers 2xx to its repeat', async () => {
    const client = await SimulatorClient.start();
    await client.event('conversion', { partner_user_id: 'u1', partner_conversion_id: 'c1', cart_value: '99.99' });
    const repeat = await client.event('conversion', { partner_user_id: 'u1', partner_conversion_id: 'c1', cart_value: '1.00' });
    await client.event('conversion', { partner_user_id: 'u1', partner_conversion_id: 'c2' });
    expect(repeat.status).toBe(200);
    expect((await client.ledger()).map(({ deduplicated }) => deduplicated)).toEqual([false, true, false]);
    expect(await client.profiles()).toMatchObject([
      { events: { conversion: 2 }, parameters: { cart_value: { value: '99.99' } } },
    ]);
  });

  it('lets the first registration of a partner_user_id win, and any other event repeat', async () => {
    const client = await SimulatorClient.start();
    for (const name of ['registration', 'registration', 'identify', 'identify'])
      await client.event(name, { partner_user_id: 'u1' });
    expect((await client.ledger()).map(({ deduplicated }) => deduplicated)).toEqual([false, true, false, false]);
  });

  it('de-duplicates on other fields when told so', async () => {
    const client = await SimulatorClient.start();
    await client.behave({ uniqueKeys: { 'Trial Started': 'trial_id' } });
    await client.event('Trial Started', { partner_user_id: 'u1', trial_id: 7 });
    await client.event('Trial Started', { partner_user_id: 'u1', trial_id: 7 });
    expect(await client.summary()).toMatchObject({ deduplicated: 1 });
  });

  it('keeps two accounts apart: neither profiles nor unique keys are shared', async () => {
    const client = await SimulatorClient.start({ tokens: ['one', 'two'] });
    const body = JSON.stringify({ event_name: 'registration', data: { partner_user_id: 'u1' } });
    for (const token of ['one', 'two']) {
      await client.call('POST', '/v6/async-events', body, {
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      });
    }
    expect(await client.summary()).toMatchObject({ deduplicated: 0, profiles: 2 });
    expect(new Set((await client.ledger()).map(({ account }) => account)).size).toBe(2);
  });
});

describe('the gateway before the endpoints', () => {
  const json = { 'content-type': 'application/json' };
  it.each([
    ['no token', json, 403, 'missing_access_token'],
    ['another scheme', { ...json, authorization: 'Basic eDp5' }, 403, 'missing_access_token'],
    ['an unknown token', { ...json, authorization: 'Bearer wrong' }, 401, 'invalid_access_token'],
    ['no content type', { authorization: 'Bearer extole-simulator-token' }, 415, 'unsupported_media_type'],
  ])('refuses %s', async (_what, headers, status, code) => {
    const client = await SimulatorClient.start();
    const answer = await client.call('POST', '/v6/async-events', { event_name: 'x', data: {} }, { headers });
    expect(answer).toMatchObject({ status, body: { code } });
    expect(await client.ledger()).toMatchObject([{ status, applied: false, tokenOk: status === 415 }]);
  });

  it('knows no other path and no other method', async () => {
    const client = await SimulatorClient.start();
    expect(await client.call('POST', '/v6/event', {})).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await client.call('PUT', '/v6/events', {})).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
  });

  it('says of a token that it is good, and follows a rotation', async () => {
    const client = await SimulatorClient.start();
    expect(await client.call('GET', '/v4/tokens')).toMatchObject({ status: 200, body: { scopes: ['BACKEND'] } });
    await client.behave({ tokens: ['the-next-one'] });
    expect(await client.call('GET', '/v4/tokens')).toMatchObject({ status: 401, body: { code: 'invalid_access_token' } });
  });
});

describe('the rate limits', () => {
  it('allow 100 synchronous events a minute, and any number of asynchronous ones', async () => {
    const client = await SimulatorClient.start();
    const statuses = async (path: string) => {
      const users = Array.from({ length: 101 }, (_, user) => client.event('x', { partner_user_id: `u${user}` }, path));
      return (await Promise.all(users)).map(({ status }) => status).sort();
    };
    expect(await statuses('/v6/async-events')).not.toContain(429);
    expect((await statuses('/v6/events')).filter((status) => status === 429)).toHaveLength(1);
    expect((await client.event('x', {}, '/v6/events')).body['code']).toBe('too_many_requests');
  });

  it('allow 10 synchronous events a second of one person', async () => {
    const client = await SimulatorClient.start();
    const calls = Array.from({ length: 11 }, () => client.event('x', { partner_user_id: 'u1' }, '/v6/events'));
    expect((await Promise.all(calls)).filter(({ status }) => status === 429)).toHaveLength(1);
    expect((await client.event('x', { partner_user_id: 'u2' }, '/v6/events')).status).toBe(200);
  });

  it('can be switched off', async () => {
    const client = await SimulatorClient.start({ behaviour: { enforceRateLimits: false } });
    const calls = Array.from({ length: 120 }, () => client.event('x', { partner_user_id: 'u1' }, '/v6/events'));
    expect((await Promise.all(calls)).every(({ status }) => status === 200)).toBe(true);
  });
});
