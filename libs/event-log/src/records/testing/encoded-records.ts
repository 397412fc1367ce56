import fc from 'fast-check';

/** Records as the bridge writes them, and stranger ones: any key and value, headers of any text. */
export const encodedRecords = fc.record({
  key: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 }),
  value: fc.option(fc.uint8Array({ maxLength: 20_000 }).map((bytes) => Buffer.from(bytes))),
  // kafkajs's own decoder trips over a header named as what every object has.
  headers: fc.dictionary(fc.stringMatching(/^h[a-zé-]{0,19}$/), fc.string({ unit: 'binary', maxLength: 200 }), { maxKeys: 6 }),
});
