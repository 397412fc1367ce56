import { toOffset } from '#segment';
import { ReplayTracker } from './replay-tracker.ts';

const START = { next: toOffset(10), scanned: 0, settled: {} };

describe('the progress of a partition of a replay', () => {
  it('never passes a record that is not done', () => {
    const tracker = new ReplayTracker(START);
    tracker.handedOver(toOffset(12));
    tracker.handedOver(toOffset(15));
    tracker.scanned(toOffset(20), 10);
    expect(tracker).toMatchObject({ next: 12, inHand: 2 });
    tracker.ended(toOffset(15), 'delivered');
    expect(tracker).toMatchObject({ next: 12, inHand: 1 });
    tracker.ended(toOffset(12), 'stale');
    expect(tracker).toMatchObject({ next: 20, inHand: 0 });
  });

  it('counts what has ended once, and settles what the next owner will not meet again', () => {
    const tracker = new ReplayTracker(START);
    tracker.endedAtOnce(toOffset(10), 'skipped');
    tracker.handedOver(toOffset(12));
    tracker.handedOver(toOffset(15));
    tracker.scanned(toOffset(20), 10);
    tracker.ended(toOffset(15), 'delivered');
    tracker.ended(toOffset(15), 'delivered');
    expect(tracker.figures).toEqual({ scanned: 10, results: { skipped: 1, delivered: 1 }, settled: { skipped: 1 } });

    const { next, figures } = tracker;
    const successor = new ReplayTracker({ next, ...figures });
    expect(successor.figures.results).toEqual({ skipped: 1 });
    successor.handedOver(toOffset(12));
    // It finds the outcome of the one that had ended.
    successor.endedAtOnce(toOffset(15), 'delivered');
    successor.ended(toOffset(12), 'delivered');
    successor.scanned(toOffset(20), 8);
    expect(successor.figures).toMatchObject({ results: { skipped: 1, delivered: 2 }, settled: { skipped: 1, delivered: 2 } });
  });

  it('settles over long stretches in which nothing matches', () => {
    const tracker = new ReplayTracker({ ...START, next: toOffset(65_530) });
    for (const offset of [65_531, 65_540, 400_000]) tracker.endedAtOnce(toOffset(offset), 'delivered');
    tracker.scanned(toOffset(399_999), 5);
    expect(tracker.figures.settled).toEqual({ delivered: 2 });
    tracker.scanned(toOffset(1_000_000), 5);
    expect(tracker.figures.settled).toEqual({ delivered: 3 });
  });
});
