import { toOffset } from '#segment';
import { isStuck } from '../read/standstill.ts';
import { fetchedBatchOf } from './fetched-batch-of.ts';
import type { FetchedRecord } from './hidden-cluster.ts';

/** Records of one batch that begins at `first` and ends at `last`, of which compaction has left `offsets`. */
function batch(first: number, last: number, offsets: number[], isControlRecord = false): FetchedRecord[] {
  return offsets.map((offset) => ({
    key: null,
    value: null,
    timestamp: '0',
    attributes: 0,
    headers: {},
    offset: String(offset),
    isControlRecord,
    batchContext: { firstOffset: String(first), lastOffsetDelta: last - first },
  }));
}

function read(
  asked: number,
  messages: FetchedRecord[],
  highWatermark = 100,
): { offsets: string[]; next: number; stuck: boolean } {
  const answer = { partition: 0, errorCode: 0, highWatermark: String(highWatermark), lastStartOffset: '0', messages };
  const fetched = fetchedBatchOf(answer, toOffset(asked), 0);
  return {
    offsets: fetched.records.map(({ offset }) => offset),
    next: fetched.nextOffset,
    stuck: isStuck(fetched, toOffset(asked)),
  };
}

describe('what a fetch brought', () => {
  it('begins at the asked offset although its batch begins before', () => {
    expect(read(12, batch(10, 14, [10, 11, 12, 13, 14]))).toEqual({ offsets: ['12', '13', '14'], next: 15, stuck: false });
  });

  it('goes on after the end of the last batch, of which compaction may have taken the last records', () => {
    expect(read(10, [...batch(10, 14, [10]), ...batch(20, 29, [21])])).toEqual({ offsets: ['10', '21'], next: 30, stuck: false });
  });

  it('moves on when nothing is left of a batch from the asked offset on', () => {
    expect(read(13, batch(10, 19, [11]))).toEqual({ offsets: [], next: 20, stuck: false });
  });

  it('leaves control records out and passes them', () => {
    expect(read(10, batch(10, 10, [10], true))).toEqual({ offsets: [], next: 11, stuck: false });
  });

  it('stays at the end of the log, and is told apart from an empty answer before it', () => {
    expect(read(100, [])).toEqual({ offsets: [], next: 100, stuck: false });
    expect(read(50, [])).toEqual({ offsets: [], next: 50, stuck: true });
  });

  describe('read committed', () => {
    const marker = (offset: number, isAbort: boolean): FetchedRecord[] =>
      batch(offset, offset, [offset], true).map((record) => ({ ...record, key: Buffer.from([0, 0, 0, isAbort ? 0 : 1]) }));
    const by = (producerId: string, records: FetchedRecord[], inTransaction = true): FetchedRecord[] =>
      records.map((record) => ({ ...record, batchContext: { ...record.batchContext, producerId, inTransaction } }));

    const messages = [
      ...by('7', batch(0, 1, [0, 1])),
      ...by('8', batch(2, 2, [2])),
      ...by('7', marker(3, true)),
      ...by('7', batch(4, 4, [4])),
      ...by('7', marker(5, false)),
      ...by('8', marker(6, false)),
      ...by('-1', batch(7, 7, [7]), false),
    ];
    const answer = {
      partition: 0,
      errorCode: 0,
      highWatermark: '20',
      lastStableOffset: '12',
      lastStartOffset: '0',
      abortedTransactions: [{ producerId: '7', firstOffset: '0' }],
      messages,
    };
    const offsetsOf = (isCommitted: boolean) =>
      fetchedBatchOf(answer, toOffset(0), 0, isCommitted).records.map(({ offset }) => offset);

    it('is without what an aborted transaction wrote, which is passed like control records', () => {
      expect(offsetsOf(true)).toEqual(['2', '4', '7']);
      expect(fetchedBatchOf(answer, toOffset(0), 0, true).nextOffset).toBe(8);
      expect(offsetsOf(false)).toEqual(['0', '1', '2', '4', '7']);
    });

    it('ends where an open transaction begins, and does not stand still there for want of records', () => {
      expect(fetchedBatchOf(answer, toOffset(0), 0, true).highWatermark).toBe(12);
      const atEnd = fetchedBatchOf({ ...answer, messages: [] }, toOffset(12), 0, true);
      expect(isStuck(atEnd, toOffset(12))).toBe(false);
    });
  });
});
