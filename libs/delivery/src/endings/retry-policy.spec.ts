import fc from 'fast-check';
import { backoffMs } from './retry-policy.ts';

describe('the wait before the next attempt', () => {
  it.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [4, 8_000],
    [5, 16_000],
    [6, 30_000],
    [1_000_000, 30_000],
  ])('after attempt %i is anywhere up to %i ms', (attempt, ceiling) => {
    expect(backoffMs(attempt, 0)).toBe(0);
    expect(backoffMs(attempt, 0.5)).toBe(ceiling / 2);
    expect(backoffMs(attempt, 1 - Number.EPSILON)).toBeLessThanOrEqual(ceiling);
  });

  it('is never shorter than Retry-After', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.nat(600_000),
        (attempt, random, after) => backoffMs(attempt, random, after) >= after,
      ),
    );
  });
});
