import { ReadTrouble } from './read-trouble.ts';

describe('what keeps a partition from being read', () => {
  it('is said once it has lasted, for as long as it is told', () => {
    const trouble = new ReadTrouble();
    for (let now = 0; now <= 4_500; now += 500) trouble.met('gone', 5_000, now);
    expect(trouble.at(4_500)).toBeUndefined();
    for (let now = 5_000; now <= 6_000; now += 500) trouble.met('gone', 5_000, now);
    expect(trouble.at(6_500)).toBe('gone');
    expect(trouble.at(9_000)).toBeUndefined();
  });

  it('begins anew where it had ended, or is another one', () => {
    const trouble = new ReadTrouble();
    trouble.met('gone', 1_000, 0);
    trouble.met('gone', 1_000, 4_000);
    expect(trouble.at(4_000)).toBeUndefined();
    trouble.met('not allowed', 0, 4_500);
    expect(trouble.at(4_500)).toBe('not allowed');
  });
});
