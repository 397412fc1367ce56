import { QueueShares } from './queue-shares.ts';

const QUEUE_BYTES = 1_600_000;

/** Takes records of `bytes` until there is no room for another; returns how many bytes those are. */
function fill(shares: QueueShares, keyId: string, bytes: number): number {
  let taken = 0;
  while (shares.take(keyId, bytes) !== undefined) taken += bytes;
  return taken;
}

describe('the shares of the queue', () => {
  it('leave a sixteenth to deletions, by however many keys it is filled', () => {
    const shares = new QueueShares(QUEUE_BYTES);
    let taken = 0;
    for (let key = 0; key < 2_000; key++) taken += fill(shares, `key-${key}`, 300);
    expect(taken).toBeGreaterThan(QUEUE_BYTES * 0.93);
    expect(taken).toBeLessThanOrEqual((QUEUE_BYTES * 15) / 16);
  });

  it('are four times what is free for all: the more fill it, the less has each of them, and a newcomer gets in', () => {
    const shares = new QueueShares(QUEUE_BYTES);
    const [first, second] = [fill(shares, 'a', 100), fill(shares, 'b', 100)];
    expect(first / QUEUE_BYTES).toBeCloseTo(0.75, 2);
    expect(second / QUEUE_BYTES).toBeCloseTo(0.15, 2);
    expect(shares.take('c', 10_000)).toBeDefined();
  });
});
