import { KeyRates } from './key-rates.ts';

describe('the pace of a key', () => {
  it('is free without a limit', () => {
    const rates = new KeyRates(undefined);
    for (let n = 0; n < 1_000; n++) expect(rates.secondsToWait('a', 2_500, 0)).toBe(0);
  });

  it('lets a window of events in at once, then as many as the limit says', () => {
    const rates = new KeyRates({ count: 10, perMs: 1_000 });
    for (let n = 0; n < 10; n++) expect(rates.secondsToWait('a', 1, 0)).toBe(0);
    expect(rates.secondsToWait('a', 1, 0)).toBeCloseTo(0.1);
    expect(rates.secondsToWait('a', 1, 100)).toBe(0);
    expect(rates.secondsToWait('a', 1, 100)).toBeCloseTo(0.1);
  });

  it('takes a batch larger than the window whole, and lets the next one wait for it', () => {
    const rates = new KeyRates({ count: 10, perMs: 1_000 });
    expect(rates.secondsToWait('a', 100, 0)).toBe(0);
    expect(rates.secondsToWait('a', 1, 0)).toBeCloseTo(9.1);
    expect(rates.secondsToWait('a', 1, 9_100)).toBe(0);
  });

  it('does not save up more than a window', () => {
    const rates = new KeyRates({ count: 60, perMs: 60_000 });
    expect(rates.secondsToWait('a', 60, 0)).toBe(0);
    expect(rates.secondsToWait('a', 60, 3_600_000)).toBe(0);
    expect(rates.secondsToWait('a', 1, 3_600_000)).toBeCloseTo(1);
  });

  it('is its own: another key is not held up', () => {
    const rates = new KeyRates({ count: 1, perMs: 1_000 });
    rates.secondsToWait('a', 100, 0);
    expect(rates.secondsToWait('b', 1, 0)).toBe(0);
  });

  it('counts a request without events as one', () => {
    const rates = new KeyRates({ count: 1, perMs: 1_000 });
    rates.secondsToWait('a', 0, 0);
    expect(rates.secondsToWait('a', 0, 0)).toBe(1);
  });
});
