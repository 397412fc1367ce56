import { WrongLogins } from './wrong-logins.ts';

describe('after wrong logins an address', () => {
  it('waits from the fifth on, twice as long each time, up to a minute', () => {
    const clock = { now: 0 };
    const wrong = new WrongLogins(() => clock.now);
    const waits = Array.from({ length: 13 }, () => {
      wrong.add('10.0.0.8');
      return wrong.waitMs('10.0.0.8') / 1_000;
    });
    expect(waits).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(wrong.waitMs('10.0.0.9')).toBe(0);
    clock.now = 59_999;
    expect(wrong.waitMs('10.0.0.8')).toBe(1);
    clock.now = 60_000;
    expect(wrong.waitMs('10.0.0.8')).toBe(0);
    expect(wrong.add('10.0.0.8')).toBe(14);
  });

  it('begins anew ten minutes after the last, or with one that was right', () => {
    const clock = { now: 0 };
    const wrong = new WrongLogins(() => clock.now);
    for (let count = 0; count < 9; count++) wrong.add('10.0.0.8');
    clock.now = 10 * 60_000;
    expect(wrong.add('10.0.0.8')).toBe(1);
    wrong.forget('10.0.0.8');
    expect(wrong.add('10.0.0.8')).toBe(1);
  });

  it('is forgotten for ten thousand others, so that memory is bounded', () => {
    const wrong = new WrongLogins(() => 0);
    for (let count = 0; count < 6; count++) wrong.add('first');
    for (let count = 0; count < 20_000; count++) wrong.add(`address ${count}`);
    expect(wrong.size).toBe(10_000);
    expect(wrong.waitMs('first')).toBe(0);
  });
});
