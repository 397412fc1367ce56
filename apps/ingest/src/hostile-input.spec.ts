import { corpusOf, DOORS, judge, type AttackedKeys, type HostileCase } from '../../../test/hostile/corpus.ts';
import { CANARY } from '../../../test/hostile/json-text.ts';
import { sendCase } from '../../../test/hostile/send-case.ts';
import { shop, startIngest, type RunningIngest } from './testing/start-ingest.ts';

const keys: AttackedKeys = {
  write: shop.writeKeys[0] ?? '',
  extole: shop.extoleApiKeys[0] ?? '',
  deletion: shop.deletionKeys[0] ?? '',
  sharedSecret: shop.sharedSecret ?? '',
};

let ingest: RunningIngest;
beforeAll(async () => {
  ingest = await startIngest({ webhookBatchSignature: 'first-event' });
});
afterAll(() => ingest.close());

/** What a case did that it should not have, as lines for a person. */
async function faultsOf(attack: HostileCase): Promise<string[]> {
  const before = ingest.log.appended.length;
  const answer = await sendCase(ingest.url, attack);
  const records = ingest.log.appended.length - before;
  const faults = judge(attack.door, answer);
  if (answer.status !== attack.expected.status) faults.push(`answered ${answer.status}, not ${attack.expected.status}`);
  if (records !== attack.expected.records) faults.push(`${records} records, not ${attack.expected.records}`);
  return faults.map((fault) => `${attack.name}: ${fault}`);
}

describe.each(DOORS)('hostile input at the %s door', (door) => {
  const cases = corpusOf(door, keys);

  it('is more than 300 different cases', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    expect(cases.length).toBeGreaterThanOrEqual(300);
  });

  it('is answered as documented, case by case, and puts nothing into the log that does not belong there', async () => {
    const faults: string[] = [];
    for (const attack of cases) faults.push(...(await faultsOf(attack)));
    expect(faults).toEqual([]);
  }, 60_000);

  it('gets one and the same 401, whatever is wrong with the credentials', async () => {
    const strangers = cases.filter(({ expected }) => expected.status === 401);
    const bodies = await Promise.all(strangers.map(async (attack) => (await sendCase(ingest.url, attack)).text));
    expect(bodies.length).toBeGreaterThan(25);
    expect(new Set(bodies).size).toBe(1);
  });
});

it('has left no trace of a value in the log lines or metrics, and none in the prototypes', async () => {
  expect(ingest.lines.join('')).not.toContain(CANARY);
  expect(ingest.lines.join('')).not.toContain('request_failed');
  expect(await ingest.metrics.text()).not.toContain(CANARY);
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
