import { checkWorld } from './check-world.ts';
import { simulateCutLog } from './cut-log.ts';
import { optionsOf } from './world-options.ts';
import { World } from './world.ts';

/** Runs the schedule of `seed`, or a smaller one of its kind, and one of a log that is cut, and returns what it has broken, in words. */
export function simulate(seed: number, records?: number): string[] {
  const world = new World(optionsOf(seed, records));
  world.run();
  return [...checkWorld(world), ...simulateCutLog(seed)];
}

/** What the smallest schedule of `seed` that breaks something breaks; `broken` if no smaller one does. */
export function shrink(seed: number, broken: string[]): string[] {
  for (let records = 1; records < optionsOf(seed).records; records++) {
    const fewer = simulate(seed, records);
    if (fewer.length > 0) return fewer;
  }
  return broken;
}
