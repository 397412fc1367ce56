import fc from 'fast-check';
import { credentials, DOORS, judge, PATHS, type AttackedKeys, type DoorName } from '../../../test/hostile/corpus.ts';
import { bodyOf, goodBody } from '../../../test/hostile/good-message.ts';
import { sendCase } from '../../../test/hostile/send-case.ts';
import { shop, startIngest, type RunningIngest } from './testing/start-ingest.ts';

const keys: AttackedKeys = {
  write: shop.writeKeys[0] ?? '',
  extole: shop.extoleApiKeys[0] ?? '',
  deletion: shop.deletionKeys[0] ?? '',
  sharedSecret: shop.sharedSecret ?? '',
};
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 200);

let ingest: RunningIngest;
beforeAll(async () => {
  ingest = await startIngest();
});
afterAll(() => ingest.close());

const fieldName = fc.oneof(
  fc.constantFrom('type', 'userId', 'USERID', 'anonymousId', 'messageId', 'event', 'properties', 'traits', 'context', 'batch'),
  fc.constantFrom('integrations', 'timestamp', 'sentAt', 'writeKey', '__proto__', 'constructor', 'toJSON', 'then', ''),
  fc.string({ unit: 'binary' }),
);
const fieldValue = fc.oneof(
  fc.constantFrom(
    '"track"',
    '"identify"',
    '"delete"',
    '"page"',
    '1e400',
    '-0',
    '"\\ud800"',
    '"2024-05-01T12:00:00Z"',
    '[]',
    '{}',
  ),
  fc.json({ stringUnit: 'binary' }),
);
/** Text, not values: duplicate keys, `__proto__` and 1e400 exist only there. */
const message = fc
  .array(fc.tuple(fieldName, fieldValue), { maxLength: 12 })
  .map((members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join()}}`);

/** A good body with some of its bytes overwritten, left out or repeated. */
const mutated = (door: DoorName): fc.Arbitrary<Buffer> =>
  fc
    .array(fc.record({ at: fc.nat(400), remove: fc.nat(8), insert: fc.uint8Array({ maxLength: 8 }) }), {
      minLength: 1,
      maxLength: 4,
    })
    .map((edits) =>
      edits.reduce(
        (body, { at, remove, insert }) => Buffer.concat([body.subarray(0, at), insert, body.subarray(at + remove)]),
        Buffer.from(goodBody(door)),
      ),
    );

const headerNoise = fc.dictionary(
  fc.constantFrom(
    'content-encoding',
    'content-type',
    'authorization',
    'x-signature',
    'traceparent',
    'x-forwarded-host',
    'accept',
  ),
  fc.string({ unit: 'grapheme-ascii', maxLength: 40 }).map((value) => value.trim()),
  { maxKeys: 2 },
);

describe.each(DOORS)('whatever comes to the %s door', (door) => {
  it('gets a documented answer of ours, and nothing that was not accepted gets into the log', async () => {
    const body = fc.oneof(
      message.map((json) => Buffer.from(bodyOf(door, json))),
      fc.array(message, { maxLength: 4 }).map((texts) => Buffer.from(`[${texts.join()}]`)),
      fc.array(message, { maxLength: 4 }).map((texts) => Buffer.from(`{"batch":[${texts.join()}]}`)),
      mutated(door),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    );
    await fc.assert(
      fc.asyncProperty(body, headerNoise, async (bytes, noise) => {
        const before = ingest.log.appended.length;
        const headers = { 'content-type': 'application/json', ...credentials(door, keys, bytes), ...noise };
        const answer = await sendCase(ingest.url, { path: PATHS[door], headers, body: bytes });
        // Of a request with a deletion in it the rest is taken, and its refusal names the door for deletions.
        const isWhole = answer.status >= 400 && answer.status !== 501 && !answer.text.includes('/v1/delete');
        const refusals = isWhole ? ingest.log.appended.slice(before) : [];
        expect({ faults: judge(door, answer), refusals }).toEqual({ faults: [], refusals: [] });
      }),
      { numRuns: RUNS },
    );
    for (const { record } of ingest.log.appended) {
      expect(record.key).not.toBe('');
      if (record.value !== null) expect(() => JSON.parse(String(record.value)) as unknown).not.toThrow();
    }
    expect(ingest.lines.join('')).not.toContain('request_failed');
    expect(Object.keys(Object.prototype)).toEqual([]);
  }, 60_000);
});
