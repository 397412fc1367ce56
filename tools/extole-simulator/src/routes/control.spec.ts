import { describe, expect, it } from '@jest/globals';
import { SimulatorPortError, startSimulator } from '../index.ts';
import { askTarget } from '../../../../test/hostile/ask-target.ts';
import { SimulatorClient } from '../testing/simulator-client.ts';

describe('the control endpoints', () => {
  it.each<[string, string, Readonly<Record<string, string>>, number]>([
    ['a form of another site, in a browser', 'POST', { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' }, 403],
    ['the same in an old one', 'POST', { origin: 'http://evil.example' }, 403],
    ['a page whose name resolves to us', 'GET', { host: 'evil.example' }, 403],
    ['a program', 'POST', {}, 200],
    ['a program on another machine', 'POST', { host: '10.1.2.3:3400' }, 200],
    ['a link of another site', 'GET', { 'sec-fetch-site': 'cross-site' }, 200],
  ])('answer to %s as they should', async (_, method, headers, status) => {
    const client = await SimulatorClient.start();
    await client.event('x', { partner_user_id: 'u1' });
    const target = method === 'GET' ? '/_control/ledger' : '/_control/reset';
    // A form can send text/plain without asking first.
    const answer = await askTarget(client.simulator.url, {
      method,
      target,
      headers: { 'content-type': 'text/plain', ...headers },
    });
    expect(answer.status).toBe(status);
    expect(await client.ledger()).toHaveLength(method === 'POST' && status === 200 ? 0 : 1);
    if (status === 403) expect(answer.text).not.toContain('u1');
  });

  it('page through the ledger in order of arrival', async () => {
    const client = await SimulatorClient.start();
    for (const user of ['u1', 'u2', 'u3']) await client.event('x', { partner_user_id: user });
    const first = (await client.control('GET', 'ledger?limit=2')).body;
    expect(first).toMatchObject({
      entries: [
        { seq: 1, partnerUserId: 'u1' },
        { seq: 2, partnerUserId: 'u2' },
      ],
      next: 3,
    });
    expect((await client.control('GET', 'ledger?from=3')).body).toMatchObject({ entries: [{ seq: 3 }], next: null });
    expect(await client.ledger('?partner_user_id=u2')).toMatchObject([{ seq: 2 }]);
    expect((await client.control('GET', 'ledger?limit=x')).status).toBe(400);
  });

  it('stream the whole ledger as JSON lines', async () => {
    const client = await SimulatorClient.start();
    // More than one page of the ledger; a hundred connections at once, as more would be a test of the machine's backlog.
    for (let page = 0; page < 12; page++)
      await Promise.all(
        Array.from({ length: 100 }, (_, user) => client.event('x', { partner_user_id: `u${page * 100 + user}` })),
      );
    const response = await fetch(`${client.simulator.url}/_control/ledger.jsonl?from=101`);
    const lines = (await response.text()).trimEnd().split('\n');
    expect(lines).toHaveLength(1_100);
    expect(JSON.parse(lines[0]!)).toMatchObject({ seq: 101 });
  });

  it('sum up what was called', async () => {
    const client = await SimulatorClient.start();
    await client.event('identify', { partner_user_id: 'u1' });
    await client.event('identify', {}, '/v6/nowhere');
    await client.call('POST', '/v4/erasures', { partner_user_id: 'u1' });
    expect(await client.summary()).toEqual({
      calls: 3,
      kept: 3,
      byPath: { 'POST /v6/async-events': 1, 'POST unknown': 1, 'POST /v4/erasures': 1 },
      byStatus: { 200: 2, 404: 1 },
      byEventName: { identify: 2 },
      applied: 2,
      deduplicated: 0,
      repeated: 0,
      overlaps: 0,
      faults: 0,
      tokensRefused: 0,
      inFlight: 0,
      profiles: 0,
    });
  });

  it('change what is given and leave the rest', async () => {
    const client = await SimulatorClient.start({ behaviour: { latencyMs: 1 } });
    await client.behave({ erasureStatus: 'FAILED' });
    expect((await client.control('GET', 'behaviour')).body).toMatchObject({ latencyMs: 1, erasureStatus: 'FAILED', faults: [] });
  });

  it.each([
    [{ latency: 1 }, 'behaviour.latency is unknown'],
    [{ latencyMs: '1' }, 'behaviour.latencyMs must be a number of 0 or more'],
    [{ faults: [{ kind: 'explode' }] }, 'behaviour.faults[0].kind must be one of'],
    [{ faults: [{}] }, 'behaviour.faults[0].kind is missing'],
    [{ faults: [{ kind: 'hang', match: { user: 'u1' } }] }, 'behaviour.faults[0].match.user is unknown'],
    [{ faults: [{ kind: 'status', status: 999 }] }, 'behaviour.faults[0].status must be a status'],
  ])('refuse the misspelt behaviour %j', async (change, message) => {
    const client = await SimulatorClient.start();
    const answer = await client.control('POST', 'behaviour', change);
    expect(answer.status).toBe(400);
    expect(answer.body['message']).toContain(message);
  });

  it('reset ledger, profiles, unique keys and behaviour', async () => {
    const client = await SimulatorClient.start();
    await client.event('registration', { partner_user_id: 'u1' });
    await client.behave({ faults: [{ kind: 'status' }] });
    await client.control('POST', 'reset');
    expect(await client.summary()).toMatchObject({ calls: 0, profiles: 0, byStatus: {} });
    await client.event('registration', { partner_user_id: 'u1' });
    expect(await client.ledger()).toMatchObject([{ seq: 1, status: 200, deduplicated: false }]);
  });

  it('say that the simulator is there, and what they do not know', async () => {
    const client = await SimulatorClient.start();
    expect(await client.control('GET', 'health')).toEqual({ status: 200, body: { status: 'ok' } });
    expect((await client.control('GET', 'nothing')).status).toBe(404);
  });
});

describe('the server', () => {
  it('names the port that is taken, and what sets it', async () => {
    const client = await SimulatorClient.start();
    const error = await startSimulator({ port: client.simulator.port }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SimulatorPortError);
    expect((error as SimulatorPortError).message).toContain(
      `port ${client.simulator.port} is already in use; set EXTOLE_SIMULATOR_PORT`,
    );
  });

  it('closes while a call hangs', async () => {
    const client = await SimulatorClient.start({ behaviour: { faults: [{ kind: 'hang' }] } });
    const hanging = client.event('x', {}).catch(() => 'cut');
    await client.until(({ inFlight }) => inFlight === 1);
    await client.simulator.close();
    expect(await hanging).toBe('cut');
  });
});
