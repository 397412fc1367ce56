import { toOffset } from '#segment';
import { ArrivalTimes } from './arrival-times.ts';

/** Records from `first` on, one a second since the epoch. */
function records(first: number, count: number) {
  return Array.from({ length: count }, (_, index) => ({
    offset: String(first + index),
    timestamp: String((first + index) * 1_000),
  }));
}

describe('when the oldest record that is not finished was appended', () => {
  it('is unknown before anything has arrived', () => {
    expect(new ArrivalTimes().appendedAt(toOffset(0))).toBeUndefined();
  });

  it('is exact to 500 records, and never later than the truth', () => {
    const times = new ArrivalTimes();
    times.note(records(0, 2_000));
    for (const frontier of [0, 499, 500, 1_234, 1_999]) {
      const at = times.appendedAt(toOffset(frontier)) ?? NaN;
      expect(at).toBeLessThanOrEqual(frontier * 1_000);
      expect(at).toBeGreaterThan((frontier - 500) * 1_000);
    }
  });

  it('does not move when a rejoin brings the same records again', () => {
    const times = new ArrivalTimes();
    times.note(records(100, 10));
    times.note(records(50, 60));
    expect(times.appendedAt(toOffset(105))).toBe(100_000);
  });

  it('stays small however many records wait', () => {
    const times = new ArrivalTimes();
    for (let first = 0; first < 10_000; first++) times.note(records(first, 1));
    expect(times.appendedAt(toOffset(0))).toBe(0);
    const at = times.appendedAt(toOffset(7_777)) ?? NaN;
    expect(at).toBeLessThanOrEqual(7_777_000);
    expect(at).toBeGreaterThan(7_760_000);
  });
});
