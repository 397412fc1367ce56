import { toOffset } from '#segment';
import { hashOf } from '../testing/delivery-bench.ts';
import { LogBreaks } from './log-breaks.ts';

const deletion = (offset: number, liftedFrom?: number) => ({
  subject: hashOf('ann'),
  offset: toOffset(offset),
  ...(liftedFrom !== undefined && { liftedFrom: toOffset(liftedFrom) }),
});

describe('the breaks of a log', () => {
  it('are none for a partition that has always been one log', () => {
    expect([LogBreaks.none.log, LogBreaks.none.endOf(0)]).toEqual([0, Infinity]);
  });

  it('end each former log at the first break behind it, however many there were', () => {
    const breaks = LogBreaks.none
      .with(toOffset(600), toOffset(0))
      .with(toOffset(800), toOffset(0))
      .with(toOffset(700), toOffset(0));
    expect(breaks.log).toBe(3);
    expect([0, 1, 2, 3].map((log) => breaks.endOf(log))).toEqual([600, 700, 700, Infinity]);
  });

  it('forget a break that a lower one has made meaningless, and count on', () => {
    const breaks = LogBreaks.none.with(toOffset(600), toOffset(0)).with(toOffset(0), toOffset(0));
    expect(breaks.all).toEqual([{ log: 2, from: 0, deletionsBefore: 0 }]);
    expect([0, 1, 2].map((log) => breaks.endOf(log))).toEqual([0, 0, Infinity]);
  });

  it('have a deletion of the former log erase what the present one has of the user, and nothing newer (P5)', () => {
    const breaks = LogBreaks.none.with(toOffset(600), toOffset(40));
    expect(breaks.noticeHere(deletion(900), toOffset(39))).toEqual(deletion(600));
    expect(breaks.noticeHere(deletion(900), toOffset(40))).toEqual(deletion(900));
    expect(breaks.noticeHere(deletion(500), toOffset(3))).toEqual(deletion(500));
    expect(breaks.noticeHere(deletion(500, 900), toOffset(3))).toEqual(deletion(500, 600));
    expect(breaks.noticeHere(deletion(900, 950), toOffset(3))).toEqual(deletion(600, 601));
  });
});
