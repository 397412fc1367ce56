import type { ReplayProgress, ReplayRequest } from '#delivery';
import { toOffset } from '#segment';
import { exitCodeOf, figuresOf, ReplayBook, type ReplayFigures } from './replay-book.ts';

const request: ReplayRequest = {
  run: 'r-1',
  state: 'running',
  requestedAt: '2026-11-24T12:00:00.000Z',
  ranges: [0, 1].map((partition) => ({ partition, from: toOffset(10), to: toOffset(110) })),
  filter: {},
  redeliver: false,
};

function progress(partition: number, next: number, extra: Partial<ReplayProgress> = {}): ReplayProgress {
  return {
    run: 'r-1',
    partition,
    next: toOffset(next),
    to: toOffset(110),
    done: false,
    scanned: 0,
    results: {},
    settled: {},
    at: '2026-11-24T12:00:01.000Z',
    ...extra,
  };
}

function figures(...told: readonly ReplayProgress[]): ReplayFigures {
  const book = new ReplayBook();
  book.take({ type: 'request', request });
  for (const one of told) book.take({ type: 'progress', progress: one });
  const replay = book.replay('r-1');
  if (replay === undefined) throw new Error('the replay is not known');
  return figuresOf(replay);
}

describe('where a replay stands', () => {
  it('is known before anybody has taken it up', () => {
    expect(figures()).toMatchObject({ state: 'running', total: 200, done: 0, partitionsTakenUp: 0 });
  });

  it('adds its partitions up', () => {
    const results = { delivered: 2, skipped: 1 };
    expect(figures(progress(0, 60, { results }), progress(1, 30, { results }))).toMatchObject({
      done: 70,
      results: { delivered: 4, skipped: 2 },
      partitionsTakenUp: 2,
    });
  });

  it('goes by the end that the owner has cut its part at', () => {
    expect(figures(progress(0, 50, { to: toOffset(50), done: true })).total).toBe(140);
  });

  it('does not go back when a former owner reports late', () => {
    expect(figures(progress(0, 110, { done: true }), progress(0, 40)).partitionsDone).toBe(1);
    expect(figures(progress(0, 80), progress(0, 40)).done).toBe(70);
  });

  it('is done when every partition is, and a success unless it left dead letters', () => {
    const all = [0, 1].map((partition) => progress(partition, 110, { done: true, results: { delivered: 1 } }));
    expect(exitCodeOf(figures(...all))).toBe(0);
    expect(exitCodeOf(figures(...all, progress(1, 110, { done: true, results: { 'dead-lettered': 1 } })))).toBe(1);
    expect(exitCodeOf(figures(...all.slice(1)))).toBe(1);
  });
});
