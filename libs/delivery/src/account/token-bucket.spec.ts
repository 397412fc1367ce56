import fc from 'fast-check';
import { TokenBucket } from './token-bucket.ts';

/** When calls go, if the next one is asked for as soon as the bucket lets it, or after an idle time. */
function callTimes(bucket: TokenBucket, idle: readonly number[]): number[] {
  let now = 0;
  return idle.map((ms) => {
    // A timer fires at a whole millisecond, never early.
    now = Math.ceil(bucket.nextAt(now + ms));
    bucket.take(now);
    return now;
  });
}

function mostInAWindow(times: readonly number[], perMs: number): number {
  return Math.max(...times.map((start) => times.filter((time) => time >= start && time < start + perMs).length));
}

const idleTimes = fc.array(fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.nat(5_000)), { minLength: 1, maxLength: 300 });

describe('TokenBucket', () => {
  it('lets no more than its count go in any window, at a pace of no more than one call per timer tick', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 20, max: 3_000 }), idleTimes, (count, spacing, idle) => {
        const perMs = count * spacing;
        expect(mostInAWindow(callTimes(new TokenBucket({ count, perMs }), idle), perMs)).toBeLessThanOrEqual(count);
      }),
    );
  });

  it('lets what one timer tick has saved up go besides, at a faster pace', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), idleTimes, (count, idle) => {
        const perMs = 1_000;
        const saved = Math.max(1, (20 * count) / perMs);
        expect(mostInAWindow(callTimes(new TokenBucket({ count, perMs }), idle), perMs)).toBeLessThan(count + saved);
      }),
    );
  });

  it('keeps the pace up: it is not slower than its limit', () => {
    const times = callTimes(new TokenBucket({ count: 100, perMs: 60_000 }), Array<number>(100).fill(0));
    expect(times.at(-1)).toBeLessThanOrEqual(60_000);
  });

  it('paces to its share of the limit', () => {
    const bucket = new TokenBucket({ count: 10, perMs: 10_000 });
    bucket.setShare(0.25);
    expect(callTimes(bucket, [0, 0, 0])).toEqual([0, 4_000, 8_000]);
  });
});
