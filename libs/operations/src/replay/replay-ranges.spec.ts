import type { PartitionBounds } from '#event-log';
import { toOffset } from '#segment';
import { resolveRanges, unknownPartitions, type NamedPart } from './replay-ranges.ts';

const bounds: PartitionBounds[] = [0, 1].map((partition) => ({ partition, start: toOffset(10), end: toOffset(100) }));
const committed = new Map([
  [0, toOffset(90)],
  [1, toOffset(50)],
]);
const at = (partition: number, offset: number) => ({ partition, offset: toOffset(offset) });
const resolved = (named: NamedPart) => resolveRanges(bounds, committed, named).ranges;

describe('the ranges of a replay', () => {
  it('reach from the start of the log to the committed offset, in every partition', () => {
    expect(resolved({})).toEqual([
      { partition: 0, from: 10, to: 90 },
      { partition: 1, from: 10, to: 50 },
    ]);
  });

  it('are those of the partitions that a position names', () => {
    expect(resolved({ fromOffsets: [at(0, 20)], toOffsets: [at(0, 30)] })).toEqual([{ partition: 0, from: 20, to: 30 }]);
    expect(resolved({ fromOffsets: [at(0, 20), at(1, 40)] })).toEqual([
      { partition: 0, from: 20, to: 90 },
      { partition: 1, from: 40, to: 50 },
    ]);
  });

  it('follow the offsets of a time', () => {
    const fromTime = new Map([
      [0, toOffset(70)],
      [1, toOffset(100)],
    ]);
    expect(resolved({ fromTime })).toEqual([{ partition: 0, from: 70, to: 90 }]);
  });

  it('are cut where the live log has not come to yet, and it says where', () => {
    expect(resolveRanges(bounds, committed, { toOffsets: [at(1, 80)] })).toEqual({
      ranges: [{ partition: 1, from: 10, to: 50 }],
      cut: [1],
    });
  });

  it('are none in a partition of which nothing is finished', () => {
    expect(resolveRanges(bounds, new Map(), {}).ranges).toEqual([]);
  });

  it('begin at what is left of the log', () => {
    expect(resolved({ fromOffsets: [at(0, 3)] })).toEqual([{ partition: 0, from: 10, to: 90 }]);
  });

  it('know which partitions there are not', () => {
    expect(unknownPartitions(bounds, { partitions: [1, 7], toOffsets: [at(9, 1)] })).toEqual([7, 9]);
  });
});
