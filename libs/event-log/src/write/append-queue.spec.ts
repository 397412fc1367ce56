import fc from 'fast-check';
import { AppendQueue, byPartition, type QueuedAppend } from './append-queue.ts';

interface Append extends QueuedAppend {
  readonly id: number;
}

const limits = { maxRecords: 10, maxBytes: 100, maxRequestRecords: 25, maxRequestBytes: 1_000 };

function append(id: number, partition: number, bytes = 10, deadline = 0): Append {
  return { id, partition, bytes, deadline };
}

function ids(appends: readonly Append[]): number[] {
  return appends.map(({ id }) => id);
}

const any = (): boolean => true;

describe('the appends of a topic', () => {
  it('keep the order of each partition, whatever is taken, put back and taken again', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 100 })), { maxLength: 60 }),
        fc.array(fc.boolean()),
        (entries, failures) => {
          const queue = new AppendQueue<Append>();
          entries.forEach(([partition, bytes], id) => queue.push(append(id, partition, bytes)));
          const written: Append[] = [];
          const outcomes = [...failures];
          while (queue.size > 0) {
            const batch = queue.take({ ...limits, maxRequestBytes: 150 }, any);
            expect(batch.length).toBeGreaterThan(0);
            if (outcomes.shift() === true) queue.putBack(batch);
            else written.push(...batch);
          }
          expect(written).toHaveLength(entries.length);
          for (const own of byPartition(written).values()) expect(ids(own)).toEqual([...ids(own)].sort((a, b) => a - b));
        },
      ),
    );
  });

  it('fill a request per partition up to the records and bytes that one may hold', () => {
    const queue = new AppendQueue<Append>();
    for (let id = 0; id < 30; id++) queue.push(append(id, 0, 1));
    for (let id = 30; id < 40; id++) queue.push(append(id, 1, 40));
    const batch = byPartition(queue.take(limits, any));
    expect(batch.get(0)).toHaveLength(10);
    expect(ids(batch.get(1) ?? [])).toEqual([30, 31]);
  });

  it('fill a request up to the records that all partitions together may send', () => {
    const queue = new AppendQueue<Append>();
    for (let id = 0; id < 50; id++) queue.push(append(id, id % 5, 1));
    expect(queue.take(limits, any)).toHaveLength(25);
    expect(queue.take(limits, any)).toHaveLength(25);
  });

  it('serve a partition first for which the last request had no room', () => {
    const queue = new AppendQueue<Append>();
    const small = { ...limits, maxRequestBytes: 100 };
    for (let id = 0; id < 20; id++) queue.push(append(id, id % 2, 20));
    expect(queue.take(small, any).every(({ partition }) => partition === 0)).toBe(true);
    expect(queue.take(small, any)[0]?.partition).toBe(1);
  });

  it('are dropped at their deadline and not before', () => {
    const queue = new AppendQueue<Append>();
    queue.push(append(1, 0, 1, 100));
    queue.push(append(2, 1, 1, 150));
    queue.push(append(3, 0, 1, 200));
    expect(queue.takeExpired(99)).toEqual([]);
    expect(ids(queue.takeExpired(150)).sort()).toEqual([1, 2]);
    expect(ids(queue.take(limits, any))).toEqual([3]);
  });
});
