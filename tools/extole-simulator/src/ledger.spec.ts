import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { Ledger } from './ledger.ts';
import { SimulatorClient } from './testing/simulator-client.ts';

function ledgerOf(calls: number, bounds: { entries: number; bodies: number }): Ledger {
  const ledger = new Ledger(bounds);
  for (let i = 0; i < calls; i++) {
    const entry = ledger.open({ at: 0, inMs: i, method: 'POST', path: '/v6/async-events', query: '', route: '/v6/async-events' });
    entry.body = `body ${i + 1}`;
    entry.partnerEventId = `m${i + 1}`;
    ledger.apply(entry);
    ledger.settle(entry);
  }
  return ledger;
}

describe('the ledger', () => {
  it('keeps the latest calls within its bound, and counts them all', () => {
    const ledger = ledgerOf(25, { entries: 10, bodies: 4 });
    const kept = [...ledger.from(1)];
    expect(kept.map(({ seq }) => seq)).toEqual([16, 17, 18, 19, 20, 21, 22, 23, 24, 25]);
    expect(kept.filter(({ body }) => body !== null).map(({ body }) => body)).toEqual([
      'body 22',
      'body 23',
      'body 24',
      'body 25',
    ]);
    expect(ledger.summary()).toMatchObject({ calls: 25, kept: 10, applied: 25 });
  });

  it('shows what came in, byte for byte, with its hash and its times', async () => {
    const client = await SimulatorClient.start();
    const body = '{"event_name":"conversion", "data":{"partner_user_id":"ü1","partner_event_id":"m1","cart_value":"99.90"}}';
    await client.call('POST', '/v6/async-events', body);
    const [entry] = await client.ledger();
    expect(entry).toMatchObject({
      seq: 1,
      method: 'POST',
      path: '/v6/async-events',
      status: 200,
      tokenOk: true,
      applied: true,
      eventName: 'conversion',
      partnerUserId: 'ü1',
      partnerEventId: 'm1',
      body,
      bytes: Buffer.byteLength(body),
      sha256: createHash('sha256').update(body).digest('hex'),
    });
    expect(entry!.outMs).toBeGreaterThanOrEqual(entry!.inMs);
    expect(Math.abs(entry!.at - Date.now())).toBeLessThan(60_000);
  });

  it('marks a call that came while another of the same user was in flight', async () => {
    const client = await SimulatorClient.start({ behaviour: { faults: [{ match: { partnerEventId: 'first' }, kind: 'hang' }] } });
    const gone = new AbortController();
    const body = JSON.stringify({ event_name: 'x', data: { partner_user_id: 'u1', partner_event_id: 'first' } });
    const hanging = client.call('POST', '/v6/async-events', body, {
      headers: { authorization: 'Bearer extole-simulator-token', 'content-type': 'application/json' },
      signal: gone.signal,
    });
    const ended = hanging.catch(() => 'aborted');
    await client.until(({ inFlight }) => inFlight === 1);
    await client.event('x', { partner_user_id: 'u2' });
    await client.event('x', { partner_user_id: 'u1' });
    gone.abort();
    expect(await ended).toBe('aborted');
    await client.until(({ inFlight }) => inFlight === 0);
    await client.event('x', { partner_user_id: 'u1' });
    expect((await client.ledger()).map(({ overlap }) => overlap)).toEqual([false, false, true, false]);
    expect(await client.summary()).toMatchObject({ overlaps: 1, byStatus: { 200: 3, none: 1 } });
  });

  it('sees no overlap in calls of one user that wait for each other', async () => {
    const client = await SimulatorClient.start();
    for (let i = 0; i < 50; i++) await client.event('x', { partner_user_id: 'u1' });
    expect(await client.summary()).toMatchObject({ calls: 50, overlaps: 0 });
  });

  it('marks an event that takes effect a second time', async () => {
    const client = await SimulatorClient.start({
      behaviour: { faults: [{ kind: 'status', status: 500, applied: true, times: 1 }] },
    });
    for (let i = 0; i < 2; i++) await client.event('x', { partner_user_id: 'u1', partner_event_id: 'm1' });
    expect(await client.ledger()).toMatchObject([
      { status: 500, applied: true, repeated: false },
      { status: 200, applied: true, repeated: true },
    ]);
  });
});
