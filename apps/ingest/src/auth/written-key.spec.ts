import fc from 'fast-check';
import { writtenKey } from './written-key.ts';

const found = (json: string): string | undefined => writtenKey(Buffer.from(json));

describe('the write key in a body', () => {
  it.each([
    ['{"writeKey":"k","batch":[]}', 'k'],
    [' { "batch" : [ {"writeKey":"inner"} , "writeKey" ] , "writeKey" : "k" } ', 'k'],
    ['{"write\\u004bey":"\\u006b"}', 'k'],
    ['{"writeKey":"a","writeKey":"b"}', 'b'],
    ['{"writeKey":"a","writeKey":5}', undefined],
    ['{"a":"writeKey","b":"k"}', undefined],
    ['{"a":"\\"","writeKey":"k"}', 'k'],
    ['{"a":{"writeKey":"k"}}', undefined],
    ['[{"writeKey":"k"}]', undefined],
    ['"writeKey"', undefined],
    ['{"writeKey":{"a":"k"}}', undefined],
    ['', undefined],
    ['{"writeKey":"k', undefined],
  ])('of %s is %j', (json, key) => expect(found(json)).toBe(key));

  it('is the one that the parser finds, whatever stands around it', () => {
    const name = fc.oneof(fc.constantFrom('writeKey', '"', '\\', 'a'), fc.string());
    const value = fc.oneof(
      fc.string(),
      fc.json().map((text) => JSON.parse(text) as unknown),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), fc.constantFrom('', ' ', '\n'), (fields, space) => {
        const json = `{${fields.map((field) => field.map((part) => JSON.stringify(part)).join(`${space}:`)).join(`,${space}`)}}`;
        const parsed = (JSON.parse(json) as { writeKey?: unknown }).writeKey;
        expect(found(json)).toBe(
          typeof parsed === 'string' && Object.hasOwn(JSON.parse(json) as object, 'writeKey') ? parsed : undefined,
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes no longer for the worst megabyte than to read it', () => {
    const worst = ['['.repeat(1e6), '{"a":'.repeat(2e5), `{${'"":0,'.repeat(2e5)}`, '"'.repeat(1e6), `{"${'\\'.repeat(1e6)}`];
    const startedAt = performance.now();
    for (const json of worst) found(json);
    // Some 20 ms, of which a shared machine makes more; the parser needs ten times that.
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});
