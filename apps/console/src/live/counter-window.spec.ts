import { CounterSum, CounterWindow } from './counter-window.ts';

describe('how fast a number grows', () => {
  it('is told over the last moments', () => {
    const window = new CounterWindow(5_000);
    expect(window.perSecond).toBe(0);
    for (let second = 0; second <= 20; second++) window.add(second * 1_000, second < 10 ? second * 100 : 1_000);
    expect(window.perSecond).toBe(0);
    window.add(21_000, 1_500);
    expect(window.perSecond).toBe(100);
    expect(window.growth).toBe(500);
  });

  it('is nothing where a topic was made anew and begins at zero', () => {
    const window = new CounterWindow(5_000);
    window.add(0, 1_000);
    window.add(1_000, 10);
    expect(window.perSecond).toBe(0);
  });
});

describe('the sum of what processes count', () => {
  it('goes on when one is restarted, and counts nothing of before we looked on', () => {
    const sum = new CounterSum();
    sum.take('a', 1_000);
    sum.take('b', 5);
    sum.take('a', 1_010);
    expect(sum.take('b', 3)).toBe(13);
    expect(sum.total).toBe(13);
  });
});
