import fc from 'fast-check';
import { toOffset, type Offset } from '#segment';
import { CommitFrontier } from './commit-frontier.ts';

describe('CommitFrontier', () => {
  it('commits up to the first unfinished offset, in whatever order offsets and gaps are finished (P8)', () => {
    const step = fc.oneof(
      fc.record({ finish: fc.nat(400) }),
      fc.record({ gapFrom: fc.nat(400), gapLength: fc.integer({ min: 1, max: 90 }) }),
    );
    fc.assert(
      fc.property(fc.nat(1_000), fc.array(step, { maxLength: 150 }), (start, steps) => {
        const frontier = new CommitFrontier(toOffset(start));
        const finished = new Set<number>();
        const unfinished = (): number => {
          let next = start;
          while (finished.has(next)) next++;
          return next;
        };
        for (const action of steps) {
          if ('finish' in action) {
            frontier.finish(toOffset(start + action.finish));
            finished.add(start + action.finish);
          } else {
            // What lies below the frontier is finished; a gap that begins there reaches back to nothing new.
            const from = start + action.gapFrom;
            frontier.finishGap(toOffset(from), toOffset(from + action.gapLength));
            for (let offset = Math.max(from, 0); offset < from + action.gapLength; offset++) finished.add(offset);
          }
          if (frontier.committable !== unfinished()) return false;
        }
        const next = unfinished();
        const ahead = [...finished].filter((offset) => offset >= next).sort((a, b) => a - b);
        expect([...frontier.finishedAhead()]).toEqual(ahead);
        expect(frontier.lead).toBe(ahead.length === 0 ? 0 : (ahead.at(-1) ?? 0) + 1 - next);
        for (let offset = start; offset < start + 500; offset++) {
          if (frontier.isFinished(toOffset(offset)) !== (offset < next || finished.has(offset))) return false;
        }
        return true;
      }),
    );
  });

  it('jumps over a gap at the frontier, however wide', () => {
    const frontier = new CommitFrontier(toOffset(10));
    frontier.finish(toOffset(5_000_000_000));
    frontier.finishGap(toOffset(10), toOffset(5_000_000_000));
    expect(frontier.committable).toBe(5_000_000_001);
    expect(frontier.lead).toBe(0);
  });

  it('takes the finish of an offset below it for a redelivery', () => {
    const frontier = new CommitFrontier(toOffset(10));
    frontier.finish(3 as Offset);
    expect(frontier.committable).toBe(10);
    expect(frontier.isFinished(3 as Offset)).toBe(true);
  });
});
