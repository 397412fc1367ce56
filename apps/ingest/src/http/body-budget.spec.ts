import { BodyBudget } from './body-budget.ts';

describe('the bodies in memory', () => {
  it('are bounded over all requests together, and make room when a request ends', () => {
    const budget = new BodyBudget(100);
    const [slow, other] = [budget.share(), budget.share()];
    expect(slow.take(60)).toBe(true);
    expect(other.take(50)).toBe(false);
    expect(other.take(40)).toBe(true);
    slow.release();
    expect(budget.heldBytes).toBe(40);
    expect(other.take(60)).toBe(true);
  });

  it('are counted no more once their request has ended', () => {
    const budget = new BodyBudget(100);
    const share = budget.share();
    share.take(10);
    share.release();
    share.release();
    // A chunk that was on its way when the connection broke.
    expect(share.take(10)).toBe(false);
    expect(budget.heldBytes).toBe(0);
  });

  it('make room for a new one by giving up the one that is being received for the longest', () => {
    const budget = new BodyBudget(100);
    const evicted: string[] = [];
    const [complete, slow, slower] = [budget.share(), budget.share(), budget.share()];
    complete.receive(() => evicted.push('complete'));
    complete.take(40);
    complete.received();
    slower.receive(() => evicted.push('slower'));
    slower.take(30);
    slow.receive(() => evicted.push('slow'));
    slow.take(30);

    const fresh = budget.share();
    fresh.receive(() => evicted.push('fresh'));
    expect(fresh.take(30)).toBe(true);
    expect(evicted).toEqual(['slower']);
    expect(slower.take(1)).toBe(false);
    expect(budget.heldBytes).toBe(100);
  });

  it('do not grow at the cost of those that began later', () => {
    const budget = new BodyBudget(100);
    const evicted: string[] = [];
    const [first, second] = [budget.share(), budget.share()];
    first.receive(() => evicted.push('first'));
    second.receive(() => evicted.push('second'));
    second.take(60);
    expect(first.take(60)).toBe(false);
    expect(evicted).toEqual([]);
  });
});
