import { checkWorld } from './testing/check-world.ts';
import { World } from './testing/world.ts';

/** How many random schedules; `SIMULATIONS=20000` for a long run, `SIMULATION_SEED` to run one again. */
const RUNS = Number(process.env['SIMULATIONS'] ?? 1_500);
const ONE = process.env['SIMULATION_SEED'];

function simulate(seed: number): string[] {
  const world = new World({
    seed,
    records: 10 + (seed % 40),
    subjects: 1 + (seed % 5),
    maxConcurrency: 1 + (seed % 7),
    crashes: seed % 3 === 0 ? 0.01 : 0,
    handovers: seed % 4 === 0 ? 0.01 : 0,
    failures: [0, 0.1, 0.4][seed % 3] ?? 0,
    repeats: 0.2,
    deletions: [0, 0.05, 0.2][seed % 3] ?? 0,
  });
  world.run();
  return checkWorld(world);
}

describe('one partition in a world of faults', () => {
  it(`keeps its promises in ${RUNS} random schedules`, () => {
    const seeds = ONE === undefined ? Array.from({ length: RUNS }, (_, i) => i + 1) : [Number(ONE)];
    const failed = seeds.flatMap((seed) => simulate(seed).slice(0, 3)).slice(0, 10);
    expect(failed).toEqual([]);
  });
});
