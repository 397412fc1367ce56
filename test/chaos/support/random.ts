/** A seeded generator of numbers from 0 to 1 (mulberry32): a run that failed can be had again. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The seed of this run: `CHAOS_SEED`, else a new one; it is printed either way. */
export function runSeed(): number {
  const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);
  process.stderr.write(`CHAOS_SEED=${seed}\n`);
  return seed;
}
