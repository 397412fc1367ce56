import { jest } from '@jest/globals';
import fc from 'fast-check';
import { toOffset } from '#segment';
import type { AppendConnection, ProduceAnswer, ProducePartition } from './append-connection.ts';
import { PendingAppend } from './pending-append.ts';
import { TopicWriter } from './topic-writer.ts';

const LEADERS = ['1', '2', '3'] as const;
const PARTITIONS = 5;

/** What becomes of a request: taken; taken in part; answered by a failure; not answered, and written or not. */
type Fate = 'taken' | 'partly' | 'refused' | 'lost' | 'lost-but-written';

/** A cluster of which every request meets the next fate, and whose leaders move at each question for them. */
class FatefulCluster implements AppendConnection {
  readonly logs = Array.from({ length: PARTITIONS }, (): string[] => []);
  /** Partitions that were in two requests at once. */
  readonly overlaps: number[] = [];
  private readonly open = new Set<number>();
  private moves = 0;
  private requests = 0;

  constructor(private readonly fates: readonly Fate[]) {}

  leaderOf(_: string, partition: number): string | undefined {
    // Now and then nobody leads one of them.
    return LEADERS[(partition + this.moves) % (this.moves % 3 === 1 ? 4 : 3)];
  }

  async partitionCount(): Promise<number> {
    return PARTITIONS;
  }

  async refresh(): Promise<void> {
    this.moves += 1;
  }

  async send(_: string, __: string, partitions: readonly ProducePartition[]): Promise<ProduceAnswer[]> {
    const fate = this.fates[this.requests++] ?? 'taken';
    for (const { partition } of partitions) {
      if (this.open.has(partition)) this.overlaps.push(partition);
      this.open.add(partition);
    }
    await new Promise((resolve) => setTimeout(resolve, (this.requests * 7) % 5));
    for (const { partition } of partitions) this.open.delete(partition);
    if (fate === 'lost') throw new Error('the connection was closed');
    const answers = partitions.map((part, index): ProduceAnswer => {
      const { partition, records } = part;
      if (fate === 'refused' || (fate === 'partly' && index % 2 === 1))
        return { partition, failure: new Error('not the leader') };
      const log = this.logs[partition] ?? [];
      const first = { partition, offset: toOffset(log.length), appendedAt: 0 };
      log.push(...records.map(({ value }) => String(value)));
      return { partition, first };
    });
    if (fate === 'lost-but-written') throw new Error('the answer was lost');
    return answers;
  }

  async close(): Promise<void> {}
}

describe('the writer of a topic, whatever becomes of requests and leaders', () => {
  it('keeps the order of each partition, has one request of it under way, and loses nothing', async () => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
    const fates = fc.array(fc.constantFrom<Fate>('taken', 'partly', 'refused', 'lost', 'lost-but-written'), { maxLength: 12 });
    try {
      await fc.assert(
        fc.asyncProperty(fates, fc.array(fc.nat(PARTITIONS - 1), { minLength: 1, maxLength: 40 }), async (all, targets) => {
          const cluster = new FatefulCluster(all);
          let released = 0;
          const writer = new TopicWriter('t', {
            connection: cluster,
            limits: { maxRecords: 3, maxBytes: 1_000, maxRequestRecords: 8, maxRequestBytes: 2_000 },
            lingerMs: 1,
            released: () => (released += 1),
            succeeded: () => undefined,
            failed: () => undefined,
            idle: () => undefined,
          });
          const appends = targets.map(
            (partition, n) =>
              new Promise<number>((resolve, reject) => {
                const record = { key: 'k', value: Buffer.from(String(n)), headers: {} };
                writer.append(new PendingAppend(record, partition, 50, Infinity, ({ offset }) => resolve(offset), reject));
              }),
          );
          await jest.runAllTimersAsync();
          const offsets = await Promise.all(appends);
          await writer.drained();

          expect(cluster.overlaps).toEqual([]);
          expect(released).toBe(targets.length);
          // Each stands where its caller was told; those of a partition follow each other, what was written twice included.
          offsets.forEach((offset, n) => expect(cluster.logs[targets[n] ?? 0]?.[offset]).toBe(String(n)));
          for (let partition = 0; partition < PARTITIONS; partition++) {
            const own = offsets.filter((_, n) => targets[n] === partition);
            expect(own).toEqual([...own].sort((a, b) => a - b));
            expect([...new Set(cluster.logs[partition])]).toEqual(
              targets.flatMap((target, n) => (target === partition ? [String(n)] : [])),
            );
          }
        }),
        { numRuns: 200 },
      );
    } finally {
      jest.useRealTimers();
    }
  });
});
