import fc from 'fast-check';
import type { Hash, Offset } from '#segment';
import { KeyTable } from './key-table.ts';
import { WindowedKeys } from './windowed-keys.ts';

/** Few enough keys that they meet, and alike in their first word, by which the table looks. */
const key = fc
  .tuple(fc.constantFrom('00000001', '00000401', 'ffffffff'), fc.nat(40))
  .map(([first, n]) => `${first}${(n + 1).toString(16).padStart(24, '0')}` as Hash);
const offset = fc.oneof(fc.nat(1_000), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })) as fc.Arbitrary<Offset>;

describe('KeyTable', () => {
  it('is a map from hashes to offsets, before and after a round trip through bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, offset), { maxLength: 300 }), (entries) => {
        const table = new KeyTable(16);
        for (const [hash, at] of entries) table.set(hash, at);
        const model = new Map(entries);
        const copy = KeyTable.fromBytes(table.toBytes());
        for (const subject of [table, copy]) {
          expect(subject.size).toBe(model.size);
          for (const [hash, at] of model) expect(subject.get(hash)).toBe(at);
        }
      }),
    );
  });

  it('grows without losing a key', () => {
    const table = new KeyTable(4);
    const hashOf = (n: number) => (n + 1).toString(16).padStart(8, '0').padEnd(32, '7') as Hash;
    for (let n = 0; n < 20_000; n++) table.set(hashOf(n), n);
    for (let n = 0; n < 20_000; n++) if (table.get(hashOf(n)) !== n) throw new Error(`lost ${n}`);
    expect(table.size).toBe(20_000);
    expect(table.get(hashOf(20_000))).toBeUndefined();
  });

  it('refuses bytes that end within a slot', () => {
    expect(() => KeyTable.fromBytes(Buffer.alloc(25))).toThrow(RangeError);
  });
});

describe('WindowedKeys', () => {
  const WINDOW = 4_000;
  const BUCKET = 1_000;

  it('knows every key of the window, with its highest offset, and none that is older than the window and a bucket', () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ add: key, offset, age: fc.nat(5_000) }) },
      { weight: 1, arbitrary: fc.record({ pass: fc.nat(3_000) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        let keys = new WindowedKeys(WINDOW);
        const added: { hash: Hash; offset: Offset; at: number }[] = [];
        let now = 1_000_000;
        for (const action of steps) {
          if ('pass' in action) now += action.pass;
          else {
            keys.add(action.add, action.offset, now - action.age);
            added.push({ hash: action.add, offset: action.offset, at: now - action.age });
          }
        }
        keys.expire(now);
        const exported = keys.export();
        keys = new WindowedKeys(WINDOW);
        keys.import(exported);
        for (const { hash } of added) {
          const known = keys.latest(hash) ?? -1;
          const highest = (least: number) =>
            Math.max(-1, ...added.filter((a) => a.hash === hash && a.at >= least).map((a) => a.offset));
          expect(known).toBeGreaterThanOrEqual(highest(now - WINDOW));
          expect(known).toBeLessThanOrEqual(highest(now - WINDOW - BUCKET));
        }
      }),
    );
  });

  it('gives the memory of a bucket back when it has left the window', () => {
    const keys = new WindowedKeys(WINDOW);
    keys.add('a'.repeat(32) as Hash, 1 as Offset, 0);
    expect(keys.bytes).toBeGreaterThan(0);
    keys.expire(WINDOW + BUCKET);
    expect([keys.size, keys.bytes]).toEqual([0, 0]);
  });
});
