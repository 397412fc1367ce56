import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { untilSettled } from './support/settled.ts';
import type { LedgerEntry } from './support/simulator-client.ts';
import { tempFolder } from './support/temp-folder.ts';
import { startStack, type TestStack } from './support/test-stack.ts';
import { waitFor } from './support/wait-for.ts';

const MAPPING = `
version: 1
identify:
  parameters: { via: person-data }
`;
const TRAITS = { email: 'john.doe@example.com', firstName: 'John', lastName: 'Doe', age: 25, existingCustomer: true };
/** Six parameters to write one after the other. */
const SIX = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 };

describe('parameters set on the person (identify.parameters.via: person-data)', () => {
  let stack: TestStack;
  let stateDir: string;

  beforeAll(async () => {
    const mapping = join(tempFolder('mapping'), 'mapping.yaml');
    writeFileSync(mapping, MAPPING);
    stateDir = tempFolder('state');
    stack = await startStack({ partitions: 2, forwarders: 0, env: { MAPPING_FILE: mapping } });
    await stack.startForwarder({ stateDir, env: { EXTOLE_PERSON_RATE_LIMIT: '1000/s' } });
  }, 60_000);

  beforeEach(async () => {
    await stack.extole.reset();
    // What a programme makes of an event's data is not PUBLIC here: only the persons API says so.
    await stack.extole.behaviour({ enforceRateLimits: false, eventDataScope: 'PRIVATE' });
  });

  async function callsOf(partnerUserId: string): Promise<LedgerEntry[]> {
    return stack.extole.ledger({ partnerUserId });
  }

  function writesAmong(calls: readonly LedgerEntry[]): LedgerEntry[] {
    return calls.filter(({ method, path }) => path.startsWith('/v5/persons/') && method !== 'GET');
  }

  /** Calls as `METHOD last part of the path`. */
  function shortly(calls: readonly LedgerEntry[]): string[] {
    return calls.map(({ method, path }) => `${method} ${path.split('/').at(-1)}`);
  }

  async function parametersOf(partnerUserId: string): Promise<Record<string, unknown>> {
    const [person] = await stack.extole.profilesOf(partnerUserId);
    return { ...person?.parameters };
  }

  async function untilWrites(partnerUserId: string, count: number): Promise<void> {
    await waitFor(async () => writesAmong(await callsOf(partnerUserId)).length >= count, {
      intervalMs: 10,
      describe: `${count} writes`,
    });
  }

  async function outcomesOf(...messageIds: readonly string[]): Promise<unknown[]> {
    const outcomes = await stack.readOutcomes();
    return messageIds.map((id) =>
      outcomes
        .filter(({ messageId }) => messageId === id)
        .map(({ outcome }) => outcome)
        .join(),
    );
  }

  it('are PUBLIC on the profile, and only the changed ones are written', async () => {
    await stack.segment.identify('userId123', TRAITS, { messageId: 'first' });
    await untilSettled(stack);
    expect(shortly(await callsOf('userId123'))).toEqual(['POST events', 'GET data', 'POST data', 'POST data']);
    expect(await parametersOf('userId123')).toEqual({
      first_name: { value: 'John', scope: 'PRIVATE' },
      last_name: { value: 'Doe', scope: 'PRIVATE' },
      age: { value: 25, scope: 'PUBLIC' },
      existingCustomer: { value: true, scope: 'PUBLIC' },
    });

    await stack.segment.identify('userId123', { ...TRAITS, age: 26 }, { messageId: 'second' });
    await untilSettled(stack);
    expect(shortly(await callsOf('userId123')).slice(4)).toEqual(['POST events', 'GET data', 'PUT age']);
    expect(await parametersOf('userId123')).toMatchObject({ age: { value: 26, scope: 'PUBLIC' } });
    expect(await outcomesOf('first', 'second')).toEqual(['delivered', 'delivered']);
  }, 60_000);

  it('are written to the end after kill -9 between two writes, before the next event of the user', async () => {
    await stack.extole.behaviour({ latencyMs: 150 });
    await stack.segment.identify('survivor', SIX, { messageId: 'six' });
    await stack.segment.track('survivor', 'After', {}, { messageId: 'after' });
    await untilWrites('survivor', 3);
    await stack.forwarders.at(-1)?.kill9();
    const before = await callsOf('survivor');
    await stack.startForwarder({ stateDir, env: { EXTOLE_PERSON_RATE_LIMIT: '1000/s' } });
    await untilSettled(stack);

    const calls = await callsOf('survivor');
    const parameters = await parametersOf('survivor');
    expect(parameters).toEqual(
      Object.fromEntries(Object.entries(SIX).map(([name, value]) => [name, { value, scope: 'PUBLIC' }])),
    );
    expect(calls.at(-1)?.eventName).toBe('After');
    expect(calls.filter(({ overlap }) => overlap)).toEqual([]);
    // The event again, byte for byte; of the writes none that had been answered.
    const events = calls.filter(({ partnerEventId }) => partnerEventId === 'six');
    expect(events).toHaveLength(2);
    expect(new Set(events.map(({ sha256 }) => sha256)).size).toBe(1);
    const repeated = writesAmong(calls.slice(before.length)).filter(({ sha256 }) =>
      before.some((call) => call.sha256 === sha256),
    );
    expect(repeated.length).toBeLessThanOrEqual(1);
    expect(await outcomesOf('six', 'after')).toEqual(['delivered', 'delivered']);
  }, 60_000);

  it('stop being written when the user is deleted in the middle', async () => {
    await stack.extole.behaviour({ latencyMs: 400 });
    await stack.segment.identify('leaver', SIX, { messageId: 'left' });
    await untilWrites('leaver', 2);
    expect((await stack.segment.deleteUser('leaver')).status).toBe(202);
    await untilSettled(stack);

    const ledger = await stack.extole.ledger();
    const erasure = ledger.findIndex(({ path }) => path === '/v4/erasures');
    expect(writesAmong(ledger).length).toBeLessThan(Object.keys(SIX).length);
    expect(ledger.slice(erasure + 1)).toEqual([]);
    expect(await stack.extole.profilesOf('leaver')).toEqual([]);
    expect(await outcomesOf('left')).toEqual(['erased']);
  }, 60_000);

  it('are tried again after a 429 and a 5xx, and dead-letter the event with the code of a refusal', async () => {
    await stack.extole.behaviour({
      readOnlyNames: ['b'],
      faults: [
        { match: { path: '/v5/persons/*' }, kind: 'status', status: 429, times: 1 },
        { match: { path: '/v5/persons/*' }, kind: 'status', status: 500, applied: true, times: 2 },
      ],
    });
    await stack.segment.identify('patient', { a: 1, b: 2, c: 3 }, { messageId: 'patient-1' });
    await untilSettled(stack);
    expect(Object.keys(await parametersOf('patient')).sort()).toEqual(['a', 'c']);
    const outcomes = await stack.readOutcomes();
    expect(outcomes.find(({ messageId }) => messageId === 'patient-1')).toMatchObject({
      outcome: 'dead-lettered',
      code: 'read_only_name',
    });
  }, 60_000);

  it('stop while the token may not write them, with readiness saying so, and lose nothing', async () => {
    const forwarder = stack.forwarders.at(-1);
    await stack.extole.behaviour({
      faults: [{ match: { path: '/v5/persons/*' }, kind: 'status', status: 403, code: 'scopes_denied' }],
    });
    await stack.segment.identify('scopeless', { a: 1 }, { messageId: 'scopeless-1' });
    await waitFor(async () => /stopped.*403 scopes_denied/.test((await forwarder?.ask('/health/ready'))?.text ?? ''), {
      describe: 'readiness to say why',
    });
    await stack.extole.behaviour({ faults: [] });
    await untilSettled(stack);
    expect(await parametersOf('scopeless')).toEqual({ a: { value: 1, scope: 'PUBLIC' } });
    expect(await outcomesOf('scopeless-1')).toEqual(['delivered']);
  }, 60_000);

  it("stay within Extole's documented limit by themselves: a burst is never answered with 429", async () => {
    await stack.extole.behaviour({ enforceRateLimits: true });
    await stack.forwarders.at(-1)?.terminate();
    await stack.startForwarder({ stateDir });
    for (let n = 0; n < 4; n++) await stack.segment.identify(`crowd-${n}`, { a: n });
    await untilSettled(stack);
    const calls = await stack.extole.ledger();
    expect(calls.filter(({ status }) => status === 429)).toEqual([]);
    const steps = calls.filter(({ path }) => path.startsWith('/v5/persons/') || path === '/v6/events');
    expect(steps).toHaveLength(12);
    // Ten of a partition's share are saved up, the rest comes at one a second.
    expect(Number(steps.at(-1)?.at) - Number(steps[0]?.at)).toBeGreaterThan(1_000);
  }, 60_000);
});
