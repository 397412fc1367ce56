import { DeliveryBench, event } from '../testing/delivery-bench.ts';

describe('events that need no call', () => {
  it('records what is switched off as filtered', () => {
    const bench = new DeliveryBench().arrive(event(0, 'ann', { fate: 'filtered' }), event(1));
    expect(bench.outcomeOf(0)).toMatchObject({ outcome: 'filtered', detail: 'switched_off', attempts: 0 });
    expect(bench.calling).toEqual([1]);
  });

  it('records what cannot be read or mapped as a dead letter, and goes on', () => {
    const bench = new DeliveryBench().arrive(event(0, 'ann', { fate: 'undeliverable' }), event(1));
    expect(bench.outcomeOf(0)).toMatchObject({ outcome: 'dead-lettered', code: 'undecodable_record' });
    expect(bench.calling).toEqual([1]);
  });

  it('records as a dead letter whose evaluation throws, and goes on', () => {
    // The bench can evaluate what it has made itself only.
    const unknown = { ...event(0, 'ann') };
    const bench = new DeliveryBench().arrive(unknown, event(1, 'ann'));
    expect(bench.outcomeOf(0)).toMatchObject({ outcome: 'dead-lettered', code: 'evaluation_failed' });
    expect(bench.calling).toEqual([1]);
  });
});
