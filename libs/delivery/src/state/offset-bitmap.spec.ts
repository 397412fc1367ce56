import fc from 'fast-check';
import { OffsetBitmap } from './offset-bitmap.ts';

function runsOf(offsets: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const offset of offsets) {
    const last = runs.at(-1);
    if (last?.[1] === offset) last[1] = offset + 1;
    else runs.push([offset, offset + 1]);
  }
  return runs;
}

describe('OffsetBitmap', () => {
  it('is a set of offsets above its floor, whatever is set and however the floor rises', () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ set: fc.nat(5_000) }) },
      { weight: 1, arbitrary: fc.record({ fill: fc.nat(5_000), length: fc.nat(100_000) }) },
      { weight: 1, arbitrary: fc.record({ raise: fc.nat(6_000) }) },
    );
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.array(step, { maxLength: 60 }), (start, steps) => {
        const bitmap = new OffsetBitmap(start);
        const model = new Set<number>();
        let floor = start;
        for (const action of steps) {
          if ('set' in action) {
            bitmap.set(floor + action.set);
            model.add(floor + action.set);
          } else if ('fill' in action) {
            bitmap.setRange(floor + action.fill, floor + action.fill + action.length);
            for (let offset = 0; offset < action.length; offset++) model.add(floor + action.fill + offset);
          } else {
            floor += action.raise;
            bitmap.raiseFloor(floor);
          }
        }
        for (let offset = floor; offset < floor + 6_000; offset++) {
          if (bitmap.has(offset) !== model.has(offset)) return false;
        }
        const above = [...model].filter((offset) => offset >= floor).sort((a, b) => a - b);
        expect([...bitmap.runs(floor)]).toEqual(runsOf(above));
        let missing = floor;
        while (model.has(missing)) missing++;
        expect(bitmap.firstMissing(floor)).toBe(missing);
        let highest = -1;
        for (const offset of model) highest = Math.max(highest, offset);
        return bitmap.highest === highest;
      }),
    );
  });

  it('takes an offset that is millions ahead, and keeps what it had', () => {
    const bitmap = new OffsetBitmap(100);
    bitmap.set(101);
    bitmap.set(10_000_000);
    expect([bitmap.has(101), bitmap.has(102), bitmap.has(10_000_000), bitmap.has(9_999_999)]).toEqual([true, false, true, false]);
  });

  it('does not care how far away an offset is that a stranger wrote, nor how wide a gap is', () => {
    const bitmap = new OffsetBitmap(0);
    const startedAt = performance.now();
    for (const far of [3_000_000_000, Number.MAX_SAFE_INTEGER - 1]) bitmap.set(far);
    bitmap.setRange(1, 2_000_000_000);
    expect([...bitmap.runs(0)]).toEqual([
      [1, 2_000_000_000],
      [3_000_000_000, 3_000_000_001],
      [Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER],
    ]);
    expect(bitmap.firstMissing(1)).toBe(2_000_000_000);
    bitmap.raiseFloor(2_900_000_000);
    expect(bitmap.has(3_000_000_000)).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
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
