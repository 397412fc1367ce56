import { describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import type { Fault } from './faults.ts';
import { SimulatorClient } from './testing/simulator-client.ts';

async function startWith(...faults: Fault[]): Promise<SimulatorClient> {
  return SimulatorClient.start({ behaviour: { faults } });
}

/** What arrives of an answer before its connection ends, and how it ends. */
async function rawAnswer(client: SimulatorClient): Promise<{ status: number | undefined; text: string; ended: 'whole' | 'cut' }> {
  return new Promise((resolve) => {
    let status: number | undefined;
    let text = '';
    const call = request(`${client.simulator.url}/v6/async-events`, {
      method: 'POST',
      headers: { authorization: 'Bearer extole-simulator-token', 'content-type': 'application/json' },
    });
    call.on('error', () => resolve({ status, text, ended: 'cut' }));
    call.on('response', (response) => {
      status = response.statusCode;
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', () => resolve({ status, text, ended: 'cut' }));
      response.on('end', () => resolve({ status, text, ended: 'whole' }));
    });
    call.end('{"event_name":"x","data":{"partner_user_id":"u1"}}');
  });
}

describe('faults', () => {
  it('answer with a status and its usual code, without effect', async () => {
    const client = await startWith({ kind: 'status', status: 429, retryAfterSeconds: 7 });
    const response = await fetch(`${client.simulator.url}/v6/async-events`, { method: 'POST' });
    expect(response.headers.get('retry-after')).toBe('7');
    expect(await response.json()).toMatchObject({ http_status_code: 429, code: 'too_many_requests' });
    await client.event('x', { partner_user_id: 'u1' });
    expect(await client.profiles()).toEqual([]);
  });

  it('answer with a code of choice', async () => {
    const client = await startWith({ kind: 'status', status: 400, code: 'event_blocked' });
    expect(await client.event('x', {})).toMatchObject({ status: 400, body: { code: 'event_blocked' } });
  });

  it('can fail after the effect', async () => {
    const client = await startWith({ kind: 'status', applied: true });
    expect(await client.event('x', { partner_user_id: 'u1' })).toMatchObject({ status: 500, body: { code: 'software_error' } });
    expect(await client.profiles('?partner_user_id=u1')).toHaveLength(1);
    expect(await client.ledger()).toMatchObject([{ status: 500, fault: 'status', applied: true }]);
  });

  it('are for the calls that match, as often as told', async () => {
    const client = await startWith({ match: { path: '/v6/*', eventName: 'x', partnerUserId: 'u1' }, kind: 'status', times: 2 });
    const statusOf = async (name: string, user: string) => (await client.event(name, { partner_user_id: user })).status;
    const statuses = [];
    for (const [name, user] of [
      ['y', 'u1'],
      ['x', 'u2'],
      ['x', 'u1'],
      ['x', 'u1'],
      ['x', 'u1'],
    ] as const)
      statuses.push(await statusOf(name, user));
    expect(statuses).toEqual([200, 200, 500, 500, 200]);
    expect((await client.control('GET', 'behaviour')).body['faults']).toMatchObject([{ used: 2 }]);
  });

  it('are for one account when they name its token', async () => {
    const client = await startWith({ match: { token: 'another' }, kind: 'status' });
    expect((await client.event('x', {})).status).toBe(200);
  });

  it('with probability 0 never happen', async () => {
    const client = await startWith({ kind: 'status', probability: 0 });
    expect((await client.event('x', {})).status).toBe(200);
  });

  it('reset the connection without an answer', async () => {
    const client = await startWith({ kind: 'reset' });
    expect(await rawAnswer(client)).toEqual({ status: undefined, text: '', ended: 'cut' });
    await client.until(({ inFlight }) => inFlight === 0);
    expect(await client.ledger()).toMatchObject([{ status: null, fault: 'reset', applied: false }]);
  });

  it('send half of the true answer', async () => {
    const client = await startWith({ kind: 'half' });
    const { status, text, ended } = await rawAnswer(client);
    expect({ status, ended }).toEqual({ status: 200, ended: 'cut' });
    expect(text).toMatch(/^\{"event_id/);
    await client.until(({ inFlight }) => inFlight === 0);
    expect(await client.ledger()).toMatchObject([{ status: 200, applied: true }]);
  });

  it('trickle the true answer', async () => {
    const client = await startWith({ kind: 'trickle', latencyMs: 2 });
    const { text, ended } = await rawAnswer(client);
    expect(JSON.parse(text)).toEqual({ event_id: expect.any(String) });
    expect(ended).toBe('whole');
    const [entry] = await client.ledger();
    expect(entry!.outMs! - entry!.inMs).toBeGreaterThan(30);
  });

  it.each([
    ['garbage', 200, /^<html>/],
    ['redirect', 302, /^$/],
    ['empty204', 204, /^$/],
  ] as const)('answer with %s', async (kind, status, text) => {
    const client = await startWith({ kind });
    expect(await rawAnswer(client)).toEqual({ status, text: expect.stringMatching(text), ended: 'whole' });
    expect(await client.profiles()).toEqual([]);
  });

  it('show a caller who follows a redirect', async () => {
    const client = await startWith({ kind: 'redirect', times: 1 });
    await client.event('x', {});
    expect((await client.ledger()).at(-1)).toMatchObject({ path: '/redirected', status: 404 });
  });

  it('slow one call down, and the general latency all others', async () => {
    const client = await SimulatorClient.start({
      behaviour: { latencyMs: 20, jitterMs: 5, faults: [{ match: { partnerUserId: 'slow' }, kind: 'slow', latencyMs: 120 }] },
    });
    await client.event('x', { partner_user_id: 'slow' });
    await client.event('x', { partner_user_id: 'u1' });
    const took = (await client.ledger()).map(({ inMs, outMs }) => outMs! - inMs);
    expect(took[0]).toBeGreaterThan(115);
    expect(took[1]).toBeGreaterThan(18);
    expect(took[1]).toBeLessThan(115);
  });
});
