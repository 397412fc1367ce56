import { progressLine, Speed } from './progress-line.ts';
import type { ReplayFigures } from '#operations';

const figures: ReplayFigures = {
  state: 'running',
  total: 10_000,
  done: 4_200,
  results: { skipped: 3, delivered: 1_200 },
  partitions: 3,
  partitionsTakenUp: 3,
  partitionsDone: 0,
};

describe('the line about a replay', () => {
  it('says how far it is, how fast, how long it will take, and what came of it', () => {
    expect(progressLine(figures, 310)).toBe(
      '##########--------------   42%  4,200 of 10,000 records  310/s  0:19 left  delivered 1,200, skipped 3',
    );
  });

  it('promises no end to what stands still', () => {
    expect(progressLine(figures, 0)).not.toContain('left');
    expect(progressLine({ ...figures, state: 'paused' }, 310)).toContain('records  paused  delivered');
  });

  it('copes with a replay of nothing', () => {
    expect(progressLine({ ...figures, state: 'done', total: 0, done: 0, results: {} }, 0)).toContain('100%');
  });
});

it('does not count the time before anything moves', () => {
  const speed = new Speed();
  for (let second = 0; second <= 5; second++) expect(speed.perSecond(0, second * 1_000)).toBe(0);
  expect(speed.perSecond(100, 6_000)).toBe(100);
});

it('measures the speed of the last seconds only', () => {
  const speed = new Speed();
  expect(speed.perSecond(0, 0)).toBe(0);
  expect(speed.perSecond(100, 1_000)).toBe(100);
  for (let second = 2; second <= 20; second++) speed.perSecond(100, second * 1_000);
  expect(speed.perSecond(100, 21_000)).toBe(0);
});
