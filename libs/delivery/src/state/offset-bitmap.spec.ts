import fc from 'fast-check';
import { OffsetBitmap } from './offset-bitmap.ts';

describe('OffsetBitmap', () => {
  it('is a set of offsets above its floor, whatever is set and however the floor rises', () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ set: fc.nat(5_000) }) },
      { weight: 1, arbitrary: fc.record({ raise: fc.nat(6_000) }) },
    );
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.array(step, { maxLength: 200 }), (start, steps) => {
        const bitmap = new OffsetBitmap(start);
        const model = new Set<number>();
        let floor = start;
        for (const action of steps) {
          if ('set' in action) {
            bitmap.set(floor + action.set);
            model.add(floor + action.set);
          } else {
            floor += action.raise;
            bitmap.raiseFloor(floor);
          }
        }
        for (let offset = floor; offset < floor + 6_000; offset++) {
          if (bitmap.has(offset) !== model.has(offset)) return false;
        }
        return bitmap.highest === Math.max(-1, ...model);
      }),
    );
  });

  it('takes an offset that is millions ahead, and keeps what it had', () => {
    const bitmap = new OffsetBitmap(100);
    bitmap.set(101);
    bitmap.set(10_000_000);
    expect([bitmap.has(101), bitmap.has(102), bitmap.has(10_000_000), bitmap.has(9_999_999)]).toEqual([true, false, true, false]);
  });

  it('refuses an offset that it has forgotten', () => {
    const bitmap = new OffsetBitmap(0);
    bitmap.raiseFloor(64);
    expect(() => bitmap.set(63)).toThrow(RangeError);
    expect(bitmap.has(63)).toBe(false);
  });

  it('does not lower its floor', () => {
    const bitmap = new OffsetBitmap(640);
    bitmap.raiseFloor(0);
    expect(() => bitmap.set(600)).toThrow(RangeError);
  });
});
