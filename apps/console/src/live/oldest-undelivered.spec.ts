import { OldestUndelivered } from './oldest-undelivered.ts';

describe('the age of the oldest record that is not finished', () => {
  it('is told by when the end of the log passed it', () => {
    const oldest = new OldestUndelivered();
    expect(oldest.age(0, 0)).toBeUndefined();
    oldest.sawEnd(1_000, 10);
    oldest.sawEnd(2_000, 10);
    oldest.sawEnd(3_000, 20);
    oldest.sawEnd(4_000, 30);
    expect(oldest.age(5_000, 30)).toBe(0);
    expect(oldest.age(5_000, 25)).toBe(1_000);
    expect(oldest.age(5_000, 10)).toBe(2_000);
  });

  it('is not known of what came in before we looked on, or too long ago', () => {
    const oldest = new OldestUndelivered();
    for (let second = 0; second < 600; second++) oldest.sawEnd(second * 1_000, 100 + second);
    expect(oldest.age(600_000, 50)).toBeUndefined();
    expect(oldest.age(600_000, 110)).toBeUndefined();
    expect(oldest.age(600_000, 500)).toBeLessThan(300_000);
  });

  it('begins anew with a topic that was made anew', () => {
    const oldest = new OldestUndelivered();
    oldest.sawEnd(1_000, 500);
    oldest.sawEnd(2_000, 3);
    expect(oldest.age(3_000, 0)).toBeUndefined();
    expect(oldest.age(3_000, 3)).toBe(0);
  });
});
