import { DeliveryBench, event, SERVER_ERROR, tombstone } from '../testing/delivery-bench.ts';
import { evaluate } from '../testing/simulated-event.ts';

describe('repeats', () => {
  it('knows a message again', () => {
    const bench = new DeliveryBench().arrive(event(0), event(1, 'ann', { messageId: 'm0' })).answer(0);
    expect(bench.outcomeOf(1)).toMatchObject({ outcome: 'duplicate', detail: 'of offset 0', attempts: 0 });
  });

  it('knows a partner key again under another message id', () => {
    const bench = new DeliveryBench()
      .arrive(event(0, 'ann', { partnerKey: 'k' }), event(1, 'ann', { partnerKey: 'k' }))
      .answer(0);
    expect(bench.outcomeOf(1)?.outcome).toBe('duplicate');
  });

  it('keeps the keys of different users apart', () => {
    const bench = new DeliveryBench();
    bench
      .arrive(event(0, 'ann', { partnerKey: 'k' }), event(1, 'bob', { partnerKey: 'k' }))
      .answer(0)
      .answer(1);
    expect(bench.ended).toEqual(['0 delivered', '1 delivered']);
  });

  it('knows a key before its outcome is written, and after', () => {
    const bench = new DeliveryBench().arrive(event(0)).answer(0);
    bench.arrive(event(1, 'ann', { messageId: 'm0' }));
    expect(bench.outcomeOf(1)?.outcome).toBe('duplicate');
    bench.acknowledge().arrive(event(2, 'ann', { messageId: 'm0' }));
    expect(bench.outcomeOf(2)?.outcome).toBe('duplicate');
  });

  it('keeps a key out of the state until its outcome is written: a crash now sends the event again (P4)', () => {
    const bench = new DeliveryBench().arrive(event(0)).answer(0);
    const evaluation = evaluate(event(0));
    const key = evaluation.kind === 'call' ? evaluation.messageKey : undefined;
    expect(bench.driver().state.deliveredWith(key!)).toBeUndefined();
    bench.acknowledge();
    expect(bench.driver().state.deliveredWith(key!)).toBe(0);
  });

  it('forgets nothing of a failed event: it is sent again, not called a duplicate of itself', () => {
    const bench = new DeliveryBench().arrive(event(0)).answer(0, SERVER_ERROR).pass(30_000);
    expect(bench.calling).toEqual([0]);
    bench.answer(0);
    expect(bench.outcomeOf(0)).toMatchObject({ outcome: 'delivered', attempts: 2 });
  });

  it('sends the repeat of an event that was rejected', () => {
    const bench = new DeliveryBench().arrive(event(0), event(1, 'ann', { messageId: 'm0' }));
    bench.answer(0, { kind: 'rejected', status: 400, code: 'event_blocked' });
    expect(bench.calling).toEqual([1]);
  });

  it('lets a person who was deleted and came back use a partner key anew, but no message id', () => {
    const bench = new DeliveryBench()
      .arrive(event(0, 'ann', { partnerKey: 'k' }))
      .answer(0)
      .acknowledge();
    bench.arrive(tombstone(1)).notice('ann', 1).answer(1);
    bench.arrive(event(2, 'ann', { messageId: 'm0' }), event(3, 'ann', { partnerKey: 'k' }));
    expect(bench.outcomeOf(2)?.outcome).toBe('duplicate');
    expect(bench.calling).toEqual([3]);
    bench.answer(3).arrive(event(4, 'ann', { partnerKey: 'k' }));
    expect(bench.outcomeOf(4)).toMatchObject({ outcome: 'duplicate', detail: 'of offset 3' });
  });
});
