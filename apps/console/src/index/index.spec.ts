import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { toOffset, type HashedSubject } from '#segment';
import { OutcomeTable } from './outcome-table.ts';
import { keyOfMessage, keyOfSubject, pack, unpack } from './place.ts';
import { SortedFile } from './sorted-file.ts';
import { Tail } from './tail.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'console-index-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const subjectOf = (user: number): HashedSubject =>
  ((user * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0').repeat(4) as HashedSubject;

/** `rows` events of `users`, event i at offset i of partition i % 3. */
function tailOf(rows: number, users: number): Tail {
  const tail = new Tail();
  for (let i = 0; i < rows; i++) {
    tail.add(keyOfSubject(subjectOf(i % users)), keyOfMessage(`m${i}`), { partition: i % 3, offset: toOffset(i) });
  }
  return tail;
}

it('packs any position into two words and back', () => {
  fc.assert(
    fc.property(fc.nat(16_000), fc.nat({ max: 2 ** 48 - 1 }), (partition, offset) => {
      expect(unpack(pack({ partition, offset: toOffset(offset) }))).toEqual({ partition, offset });
    }),
  );
});

describe.each([
  [
    'the tail',
    (tail: Tail) => (by: 'subject' | 'message', key: ReturnType<typeof keyOfMessage>, limit: number) => tail.find(by, key, limit),
  ],
  [
    'a pair of sorted files, opened again',
    (tail: Tail) => {
      const files = { subject: open(tail, 'subject'), message: open(tail, 'message') };
      return (by: 'subject' | 'message', key: ReturnType<typeof keyOfMessage>, limit: number) => files[by].find(key, limit);
    },
  ],
])('what was added is found in %s', (_, lookup) => {
  it('by user, the latest first, and no more than asked for', () => {
    const find = lookup(tailOf(10_000, 100));
    const found = find('subject', keyOfSubject(subjectOf(42)), 1_000);
    expect(found.map(({ offset }) => offset)).toEqual(Array.from({ length: 100 }, (_, i) => 9_942 - i * 100));
    expect(find('subject', keyOfSubject(subjectOf(42)), 3).map(({ offset }) => offset)).toEqual([9_942, 9_842, 9_742]);
    expect(find('subject', keyOfSubject(subjectOf(1_000)), 10)).toEqual([]);
  });

  it('by user, though most of it is one user', () => {
    const find = lookup(tailOf(5_000, 1));
    expect(find('subject', keyOfSubject(subjectOf(0)), 10_000)).toHaveLength(5_000);
  });

  it('by message, each of them', () => {
    const find = lookup(tailOf(3_000, 7));
    for (const i of [0, 1, 1_023, 1_024, 1_025, 2_999]) {
      expect(find('message', keyOfMessage(`m${i}`), 10)).toEqual([{ partition: i % 3, offset: i }]);
    }
    expect(find('message', keyOfMessage('m3000'), 10)).toEqual([]);
  });
});

function open(tail: Tail, by: 'subject' | 'message'): SortedFile {
  const path = join(folder, `1.${by}`);
  SortedFile.write(path, tail.rowsBy(by));
  return SortedFile.open(path, tail.count);
}

it('keeps the tail over a restart', () => {
  const path = join(folder, 'tail');
  tailOf(1_000, 10).write(path);
  const tail = new Tail();
  tail.read(path, 1_000);
  expect(tail.find('message', keyOfMessage('m999'), 1)).toEqual([{ partition: 0, offset: 999 }]);
  expect(() => new Tail().read(path, 999)).toThrow('broken');
});

it('refuses a sorted file that is torn', () => {
  const path = join(folder, '1.subject');
  SortedFile.write(path, tailOf(100, 10).rowsBy('subject'));
  expect(() => SortedFile.open(path, 101)).toThrow('bytes');
});

describe('the table of outcomes', () => {
  const at = (partition: number, offset: number) => ({ partition, offset: toOffset(offset) });

  it('knows the last one of each position, over a restart and over more pages than fit into memory', () => {
    const table = new OutcomeTable(folder);
    const offsets = Array.from({ length: 300 }, (_, i) => i * 8_192 + 5);
    for (const offset of offsets) table.set(at(1, offset), 'delivered', toOffset(offset + 2 ** 33));
    table.set(at(1, 5), 'dead-lettered', toOffset(7));
    table.flush();
    const again = new OutcomeTable(folder);
    for (const offset of offsets) expect(again.get(at(1, offset))).toEqual({ outcome: 'delivered', at: offset + 2 ** 33 });
    expect(again.get(at(1, 6))).toBeUndefined();
    expect(again.get(at(0, 5))).toBeUndefined();
    expect(again.get(at(1, 10 ** 9))).toBeUndefined();
  });

  it('takes a later word for an earlier one', () => {
    const table = new OutcomeTable(folder);
    table.set(at(0, 1), 'dead-lettered', toOffset(3));
    table.set(at(0, 1), 'delivered', toOffset(9));
    expect(table.get(at(0, 1))).toEqual({ outcome: 'delivered', at: 9 });
  });

  it('forgets what lies below the window', () => {
    const table = new OutcomeTable(folder);
    for (const offset of [5, 3_000_000]) table.set(at(0, offset), 'delivered', toOffset(1));
    table.flush();
    table.forgetBelow(0, toOffset(2_500_000));
    const again = new OutcomeTable(folder);
    expect(again.get(at(0, 5))).toBeUndefined();
    expect(again.get(at(0, 3_000_000))).toBeDefined();
  });
});
