import { setTimeout as delay } from 'node:timers/promises';
import { toOffset } from '#segment';
import type { LogClient } from '../log-client.ts';
import { PartitionFollower, type Followed } from './partition-follower.ts';
import type { FetchPosition, ReadConnection } from './read-connection.ts';

const PLACE: FetchPosition = { topic: 'facts', partition: 0, offset: toOffset(0) };
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A broker that leads everything as soon as it was asked about it, and has nothing to say. */
function connectionThat(learns: () => void): ReadConnection {
  let isKnown = false;
  const batch = { records: [], nextOffset: toOffset(0), highWatermark: toOffset(0), logStartOffset: toOffset(0), sentAt: 0 };
  return {
    connect: () => Promise.resolve(),
    close: () => Promise.resolve(),
    know: async () => {
      await delay(1);
      learns();
      isKnown = true;
    },
    refresh: () => Promise.resolve(),
    leaderOf: () => (isKnown ? '1' : undefined),
    withoutLeader: () => new Error('nobody'),
    fetch: async (_, positions) => {
      await delay(1);
      return positions.map(({ topic, partition }) => ({ topic, partition, batch }));
    },
    listOffset: () => Promise.resolve(toOffset(0)),
  };
}

describe('a partition that is followed', () => {
  it('is polled again although it was given up in the very moment in which its broker became known', async () => {
    let positions: readonly FetchPosition[] = [PLACE];
    const read: Followed[] = [];
    const connection = connectionThat(() => (positions = []));
    const follower = new PartitionFollower({
      kafka: { reads: () => connection } as unknown as LogClient,
      log: silent,
      positions: () => positions,
      read: (one) => void read.push(one),
      failed: ({ failure }) => {
        throw failure;
      },
      waitMs: { first: 1, settled: 1 },
    });
    follower.start();
    await delay(100);
    expect(read).toEqual([]);
    positions = [PLACE];
    await delay(200);
    await follower.stop();
    expect(read.length).toBeGreaterThan(0);
  });

  it.each([
    { what: 'is known to hold nothing more', end: 0, isProven: true },
    { what: 'is not, if something has come', end: 1, isProven: false },
  ])('$what while a quota holds its poll back', async ({ end, isProven }) => {
    const read: Followed[] = [];
    const connection: ReadConnection = {
      ...connectionThat(() => undefined),
      fetch: () => delay(60_000, [], { ref: false }),
      listOffset: () => Promise.resolve(toOffset(end)),
    };
    const follower = new PartitionFollower({
      kafka: { reads: () => connection } as unknown as LogClient,
      log: silent,
      positions: () => [PLACE],
      read: (one) => void read.push(one),
      failed: () => undefined,
      waitMs: { first: 1, settled: 1 },
    });
    const startedAt = performance.now();
    follower.start();
    await delay(1_500);
    void follower.stop();
    expect(read.map(({ from }) => from)).toEqual(isProven ? [0] : []);
    if (isProven) expect(read[0]?.completeAt).toBeGreaterThan(startedAt + 1_000);
  });
});
