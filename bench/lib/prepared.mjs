import { Missing } from './toolchain.mjs';

/** The contestants that take part, each with what its `prepare` has built; one that cannot be built is left out, and said so. */
export async function prepared(contestants, bench) {
  const ready = [];
  for (const contestant of contestants.filter(({ id, isLeftOut }) => bench.wants(id) && isLeftOut?.(bench) !== true)) {
    try {
      ready.push({ contestant, program: await contestant.prepare(bench.progress, bench) });
    } catch (error) {
      if (!(error instanceof Missing)) throw error;
      bench.skip(`${contestant.title}: ${error.message}`);
    }
  }
  return ready;
}

/** Turned by one each round, and back to front every other one: nobody always comes after the same other. */
export function turned(contestants, round) {
  const from = round % Math.max(1, contestants.length);
  const order = [...contestants.slice(from), ...contestants.slice(0, from)];
  return round % 2 === 0 ? order : order.reverse();
}
