import { toOffset } from '#segment';
import { PartitionState, type Outcome } from '../index.ts';
import { APPENDED_AT, DeliveryBench, event, identify, outcome, tombstone, WINDOWS } from '../testing/delivery-bench.ts';
import { evaluate } from '../testing/simulated-event.ts';

describe('a replay', () => {
  /** A partition whose first records have ended like this; its frontier is behind them. */
  function past(...outcomes: readonly Outcome[]): DeliveryBench {
    const state = new PartitionState(toOffset(0), WINDOWS);
    for (const fact of outcomes) state.applyOutcome(fact, APPENDED_AT);
    const bench = new DeliveryBench({ partitions: [] });
    bench.own(0, state);
    return bench;
  }
  const delivered = (offset: number, user = 'ann', type: Outcome['type'] = 'track') => {
    const evaluation = evaluate(event(offset, user));
    return outcome(offset, user, { type, ...(evaluation.kind === 'call' && { messageKey: evaluation.messageKey }) });
  };
  const deadLettered = (offset: number, user = 'ann') => outcome(offset, user, { outcome: 'dead-lettered' });

  it('sends a dead letter again and records how it ended, under its run', () => {
    const bench = past(deadLettered(0)).replay({}, event(0)).answer(0);
    expect(bench.outcomeOf(0)).toMatchObject({ outcome: 'delivered', run: 'r1' });
    expect(bench.replayed).toEqual([]);
    expect(bench.acknowledge().replayed).toEqual(['r1 0 delivered']);
  });

  it('skips what was delivered, and sends it again only if asked to', () => {
    const bench = past(delivered(0)).replay({ wasDelivered: true }, event(0));
    expect(bench.replayed).toEqual(['r1 0 skipped']);
    expect(bench.replay({ redeliver: true, wasDelivered: true }, event(0)).calling).toEqual([0]);
  });

  it('never lets a lesser outcome replace a delivered one', () => {
    const bench = past(delivered(0)).replay({ redeliver: true, wasDelivered: true }, event(0));
    bench.answer(0, { kind: 'rejected', status: 400, code: 'event_blocked' });
    expect(bench.outcomes).toEqual([]);
    expect(bench.replayed).toEqual(['r1 0 rejected']);
  });

  it('is overtaken by a deletion like everything else (P5)', () => {
    const bench = past(deadLettered(0)).notice('ann', 5).replay({}, event(0));
    expect(bench.calling).toEqual([]);
    expect(bench.outcomeOf(0)?.outcome).toBe('erased');
  });

  it('never sends a profile that is older than the one delivered last', () => {
    const bench = past(deadLettered(0), delivered(1, 'ann', 'identify')).replay({}, identify(0));
    expect(bench.outcomeOf(0)?.outcome).toBe('stale');
  });

  it('stays behind what its user has in hand, and out of the way of live events (P3)', () => {
    const bench = past(deadLettered(0), deadLettered(1, 'bob')).arrive(event(2)).replay({}, event(0));
    expect(bench.calling).toEqual([2]);
    expect(bench.answer(2).calling).toEqual([0]);
  });

  it('cannot bring back what the live log has in hand', () => {
    const bench = new DeliveryBench().arrive(event(0));
    expect(() => bench.replay({}, event(0))).toThrow(RangeError);
  });

  it('never carries a deletion out a second time', () => {
    const bench = past(outcome(0, 'ann', { type: 'delete' })).replay({}, tombstone(0));
    expect([bench.calling, bench.replayed]).toEqual([[], ['r1 0 skipped']]);
  });
});
