import { toOffset } from '#segment';
import { runIdOf } from './run-id.ts';
import { wishFault, type ReplayWish, type WishFault } from './replay-wish.ts';

describe('a wish for a replay', () => {
  it.each<ReplayWish>([
    { all: true },
    { fromTime: 5 },
    { partition: [0], event: 'registration' },
    { outcome: 'dead-lettered', code: 'invalid_parameter' },
    { outcome: 'delivered', redeliver: true },
    { fromOffset: [{ partition: 0, offset: toOffset(1) }], toTime: 5 },
  ])('makes sense: %j', (wish) => expect(wishFault(wish)).toBeUndefined());

  it.each<[ReplayWish, WishFault]>([
    [{}, 'nothing-selected'],
    [{ redeliver: true, rate: 5 }, 'nothing-selected'],
    [{ all: true, event: 'x' }, 'all-and-more'],
    [{ fromTime: 1, fromOffset: [] }, 'two-beginnings'],
    [{ toTime: 1, toOffset: [] }, 'two-ends'],
    [{ fromTime: 2, toTime: 1 }, 'ends-before-it-begins'],
    [{ outcome: 'delivered' }, 'outcome-needs-redeliver'],
    [{ outcome: 'stale', code: 'x', redeliver: true }, 'outcome-without-code'],
  ])('makes no sense: %j', (wish, fault) => expect(wishFault(wish)).toBe(fault));
});

it("sorts runs by time, by their ids' first part", () => {
  const at = (time: string) => runIdOf(new Date(time), 0.5);
  expect(at('2026-11-24T23:15:00Z')).toBe('r-20261124-231500-i000');
  expect([at('2026-11-24T23:15:01Z'), at('2026-11-24T23:15:00Z')].sort()[0]).toContain('231500');
});
