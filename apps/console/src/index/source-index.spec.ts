import { cpSync, mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Outcome } from '#delivery';
import { toOffset, type HashedSubject } from '#segment';
import { SourceIndex } from './source-index.ts';
import { TAIL_ROWS } from './tail.ts';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-11-24T12:00:00Z');
const identity = { cluster: 'c', events: 'segment.events.default', hashKey: 'h' };

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'console-index-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(change: Partial<typeof identity> = {}): SourceIndex {
  return new SourceIndex({ source: 'default', directory: folder, identity: { ...identity, ...change }, windowMs: 30 * DAY_MS });
}

const subjectOf = (user: number): HashedSubject =>
  ((user * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0').repeat(4) as HashedSubject;

function outcome(offset: number, extra: Partial<Outcome> = {}): Outcome {
  return {
    schema: 1,
    outcome: 'delivered',
    type: 'track',
    event: 'conversion',
    subject: subjectOf(offset % 10),
    messageId: `m${offset}`,
    position: { partition: 0, offset: toOffset(offset) },
    attempts: 1,
    mappingVersion: 'default',
    latencyMs: 5,
    at: new Date(NOW).toISOString(),
    ...extra,
  };
}

/** Outcomes of the offsets from `from` to `to`, read from offsets of the same number. */
function fill(index: SourceIndex, from: number, to: number, extra: Partial<Outcome> = {}): SourceIndex {
  for (let i = from; i < to; i++) index.takeOutcome(outcome(i, extra), toOffset(i));
  index.readTo('outcomes', 0, toOffset(to));
  return index;
}

const offsetsOf = (index: SourceIndex, user: number, limit = 1_000): number[] =>
  index.ofSubject(subjectOf(user), limit).map(({ offset }) => offset);

describe('the index of a source', () => {
  it('finds records by user and by message, the latest first, over more than one pair of files', () => {
    const index = fill(open(), 0, TAIL_ROWS + 50);
    expect(offsetsOf(index, 3, 3)).toEqual([TAIL_ROWS + 41, TAIL_ROWS + 31, TAIL_ROWS + 21]);
    expect(offsetsOf(index, 3, 10_000)).toHaveLength(10_000);
    expect(index.ofMessage('m7', 10)).toEqual([{ partition: 0, offset: 7 }]);
    expect(index.outcomeOf({ partition: 0, offset: toOffset(7) })).toEqual({ outcome: 'delivered', at: 7 });
  });

  it('knows a record once, however often it was replayed or waited for', () => {
    const index = open();
    index.takeWaiting(subjectOf(1), 'm1', { partition: 0, offset: toOffset(1) }, NOW);
    index.takeOutcome(outcome(1, { outcome: 'dead-lettered' }), toOffset(0));
    index.takeOutcome(outcome(1), toOffset(9));
    expect(offsetsOf(index, 1)).toEqual([1]);
    expect(index.outcomeOf({ partition: 0, offset: toOffset(1) })).toEqual({ outcome: 'delivered', at: 9 });
  });

  it('goes on after a restart where it was kept last', () => {
    fill(open(), 0, 1_000).checkpoint();
    const index = open();
    expect(index.nextOf('outcomes', 0)).toBe(1_000);
    expect(offsetsOf(index, 4)).toHaveLength(100);
    expect(fill(index, 1_000, 2_000).outcomes).toBe(2_000);
    expect(offsetsOf(index, 4)).toHaveLength(200);
  });

  it('loses nothing in a crash: what was not kept is read again', () => {
    const before = fill(open(), 0, 100);
    before.checkpoint();
    fill(before, 100, TAIL_ROWS + 100);
    const index = open();
    expect(index.nextOf('outcomes', 0)).toBe(100);
    fill(index, 100, TAIL_ROWS + 100);
    expect(new Set(offsetsOf(index, 5, 20_000)).size).toBe(Math.ceil((TAIL_ROWS + 100 - 5) / 10));
  });

  it('loses nothing in a crash in which the table was kept and the rows were not', () => {
    const before = fill(open(), 0, 10);
    before.checkpoint();
    const kept = mkdtempSync(join(tmpdir(), 'console-index-'));
    cpSync(folder, kept, { recursive: true });
    fill(before, 10, 20).checkpoint();
    // The table as it is now, beside the manifest and the tail of before.
    for (const name of readdirSync(kept)) if (!name.endsWith('.outcomes')) cpSync(join(kept, name), join(folder, name));
    rmSync(kept, { recursive: true });
    expect(offsetsOf(fill(open(), 10, 20), 5)).toEqual([15, 5]);
  });

  it('begins anew where it is of other topics, under another hash key, or torn', () => {
    const isEmpty = (index: SourceIndex) => index.nextOf('outcomes', 0) === undefined && offsetsOf(index, 1).length === 0;
    fill(open(), 0, 100).checkpoint();
    expect(isEmpty(open({ hashKey: 'other' }))).toBe(true);
    fill(open(), 0, 100).checkpoint();
    const tail = readdirSync(folder).find((name) => name.endsWith('.tail'))!;
    truncateSync(join(folder, tail), 10);
    expect(isEmpty(open())).toBe(true);
  });

  it('drops what has left the window, files included', () => {
    const index = fill(open(), 0, TAIL_ROWS, { at: new Date(NOW - 31 * DAY_MS).toISOString() });
    fill(index, TAIL_ROWS, TAIL_ROWS + 10);
    index.expire(NOW);
    expect(offsetsOf(index, 1)).toHaveLength(1);
    expect(readdirSync(folder).filter((name) => name.endsWith('.subject'))).toEqual([]);
    expect(offsetsOf(open(), 1)).toHaveLength(1);
  });
});

describe('dead letters and deletions in the index', () => {
  it('are those of the last word, over a restart', () => {
    const index = fill(open(), 0, 3, { outcome: 'dead-lettered', code: 'validation_error' });
    index.takeOutcome(outcome(1), toOffset(5));
    index.checkpoint();
    expect(open().deadLetters.groups).toMatchObject([
      { code: 'validation_error', event: 'conversion', count: 2, examples: [{ offset: 2 }, { offset: 0 }] },
    ]);
  });

  it('are open until Extole has taken them, whichever topic is read first', () => {
    const index = open();
    const notice = (offset: number) => ({
      subject: subjectOf(1),
      deletionId: `del_${offset}`,
      partition: 0,
      offset: toOffset(offset),
      requestedAt: new Date(NOW + offset).toISOString(),
    });
    index.takeDeletion(notice(1));
    index.takeDeletion(notice(2));
    index.takeOutcome(outcome(1, { type: 'delete' }), toOffset(0));
    index.takeOutcome(outcome(3, { type: 'delete' }), toOffset(1));
    index.takeDeletion(notice(3));
    index.checkpoint();
    const { deletions } = open();
    expect(deletions.openCount).toBe(1);
    expect(deletions.deletions.map(({ deletionId, ended }) => [deletionId, ended?.taken])).toMatchObject([
      ['del_2', undefined],
      [expect.stringMatching(/^del_/), true],
      ['del_1', true],
    ]);
  });
});
