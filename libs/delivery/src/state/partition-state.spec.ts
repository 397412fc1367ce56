import { toOffset, type Hash } from '#segment';
import { hashOf, noticeOf, outcome } from '../testing/delivery-bench.ts';
import { fakeHash } from '../testing/simulated-event.ts';
import { LogBreaks } from '../log-place/log-breaks.ts';
import { PartitionState, type StateWindows } from './partition-state.ts';

const DAY = 86_400_000;
const WINDOWS: StateWindows = { dedupMs: 30 * DAY, deletionsMs: 60 * DAY };
const TODAY = Date.parse('2026-11-24T12:00:00.000Z');

function delivered(offset: number, messageKey: Hash, at = TODAY) {
  return outcome(offset, 'ann', { messageKey, at: new Date(at).toISOString() });
}

describe('what the owner of a partition remembers', () => {
  it('forgets what the log itself has left behind', () => {
    const state = new PartitionState(toOffset(0), WINDOWS);
    state.applyOutcome(delivered(0, fakeHash('old')), TODAY);
    state.applyDeletion(noticeOf('bob', 1), TODAY);
    state.applyOutcome(delivered(2, fakeHash('young'), TODAY + 100 * DAY), TODAY + 100 * DAY);
    state.expire();
    expect(state.deliveredWith(fakeHash('old'))).toBeUndefined();
    expect(state.latestDeletion(hashOf('bob'))).toBeUndefined();
    expect(state.deliveredWith(fakeHash('young'))).toBe(2);
  });

  it.each([
    ['ahead', 40 * DAY],
    ['behind', -400 * DAY],
  ])('keeps a key although the clock that decided its outcome was far %s', (_, error) => {
    const state = new PartitionState(toOffset(0), WINDOWS);
    state.applyOutcome(delivered(0, fakeHash('k'), TODAY + error), TODAY);
    state.applyOutcome(delivered(1, fakeHash('next'), TODAY + error), TODAY + DAY);
    state.expire();
    expect(state.deliveredWith(fakeHash('k'))).toBe(0);
  });

  it('takes an outcome of a log before this one for no word on the record that has its offset now (P1)', () => {
    const breaks = LogBreaks.none.with(toOffset(3), toOffset(0));
    const state = new PartitionState(toOffset(0), WINDOWS, { breaks });
    for (const offset of [0, 1, 2, 3, 4]) state.applyOutcome(delivered(offset, fakeHash(`k${offset}`)), TODAY);
    expect(state.frontier.committable).toBe(3);
    expect(state.witness?.offset).toBe(2);
    // Its message was delivered all the same, before all that stands behind the break.
    expect(state.deliveredWith(fakeHash('k4'))).toBe(2);
    state.applyOutcome({ ...delivered(3, fakeHash('new')), log: 1 }, TODAY);
    expect(state.frontier.committable).toBe(4);
  });

  it('forgets keys, never which offsets are finished, and holds no more than a window of them while it is rebuilt', () => {
    const state = new PartitionState(toOffset(0), { ...WINDOWS, dedupMs: DAY });
    for (let day = 0; day < 30; day++) {
      // The first is missing, so that the frontier stays and all others are finished ahead of it.
      for (let n = 0; n < 100; n++) {
        const offset = 1 + day * 100 + n;
        state.applyOutcome(delivered(offset, fakeHash(`k${offset}`)), TODAY + day * DAY);
      }
      expect(state.seenKeys).toBeLessThanOrEqual(300);
    }
    state.expire();
    expect(state.deliveredWith(fakeHash('k1'))).toBeUndefined();
    expect([...state.frontier.finishedAhead()]).toHaveLength(3_000);
  });

  it('forgets nothing while the log stands still', () => {
    const state = new PartitionState(toOffset(0), WINDOWS);
    state.applyOutcome(delivered(0, fakeHash('k')), TODAY);
    state.expire();
    state.expire();
    expect(state.deliveredWith(fakeHash('k'))).toBe(0);
  });
});
