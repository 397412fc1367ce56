import { checkWorld } from './check-world.ts';
import { optionsOf } from './world-options.ts';
import { World } from './world.ts';

/** Runs the schedule of `seed`, or a smaller one of its kind, and returns what it has broken, in words. */
export function simulate(seed: number, records?: number): string[] {
  const world = new World(optionsOf(seed, records));
  world.run();
  return checkWorld(world);
}

/** What the smallest schedule of `seed` that breaks something breaks; `broken` if no smaller one does. */
export function shrink(seed: number, broken: string[]): string[] {
  for (let records = 1; records < optionsOf(seed).records; records++) {
    const fewer = simulate(seed, records);
    if (fewer.length > 0) return fewer;
  }
  return broken;
}
