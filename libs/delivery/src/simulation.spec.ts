import { shrink, simulate } from './testing/simulate.ts';

/**
 * How many random schedules run here. The many run outside of jest, in a third of the time (`npm run simulate`, a stage of `npm test`);
 * these few are for who works on the core, and for the mutations.
 */
const RUNS = Number(process.env['SIMULATIONS'] ?? 300);

/** Schedules in which the core has once broken a promise; they always run. */
const REGRESSIONS: readonly number[] = [28, 42, 166, 430, 593, 17_738, 18_719, 40_601, 41_481, 21_383];

/** What the first failing schedule has broken, after how many, and the smallest schedule of its seed that breaks something. */
function firstFailure(): string[] {
  for (let seed = 1; seed <= RUNS; seed++) {
    const broken = simulate(seed);
    if (broken.length > 0) return [`after ${seed} schedules`, ...shrink(seed, broken).slice(0, 5)];
  }
  return [];
}

describe('a source in a world of faults', () => {
  it.each(REGRESSIONS)('keeps its promises in the schedule of seed %i, in which it once broke one', (seed) => {
    expect(simulate(seed)).toEqual([]);
  });

  it(`keeps its promises in ${RUNS} random schedules`, () => {
    expect(firstFailure()).toEqual([]);
  }, 600_000);
});
