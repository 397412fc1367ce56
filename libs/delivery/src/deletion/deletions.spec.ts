import type { Verdict } from '../index.ts';
import { DeliveryBench, event, REFUSED, SERVER_ERROR, tombstone, UNAUTHORIZED } from '../testing/delivery-bench.ts';

describe('a deletion wins (P5)', () => {
  it('erases what is queued, from its notice on', () => {
    const bench = new DeliveryBench({ events: { maxConcurrency: 1 } });
    bench.arrive(event(0, 'bob'), event(1), event(2)).notice('ann', 9);
    expect(bench.ended).toEqual(['1 erased', '2 erased']);
    bench.answer(0);
    expect(bench.calling).toEqual([]);
  });

  it('erases what is queued, from its tombstone on, whether or not the notice is there', () => {
    const bench = new DeliveryBench({ events: { maxConcurrency: 1 } });
    bench.arrive(event(0, 'bob'), event(1), tombstone(2));
    expect(bench.ended).toEqual(['1 erased']);
  });

  it('erases an event that waits for its next attempt', () => {
    const bench = new DeliveryBench().arrive(event(0)).answer(0, SERVER_ERROR).notice('ann', 5);
    expect(bench.outcomeOf(0)).toMatchObject({ outcome: 'erased', attempts: 1 });
    expect(bench.pass(60_000).calling).toEqual([]);
  });

  it('lets a call in flight finish first, and then erases', () => {
    const bench = new DeliveryBench().arrive(event(0)).arrive(tombstone(1)).notice('ann', 1);
    expect(bench.calling).toEqual([0]);
    bench.answer(0);
    expect(bench.calling).toEqual([1]);
    expect(bench.open[0]).toMatchObject({ kind: 'erase', body: 'user-ann' });
    expect(bench.answer(1).ended).toEqual(['0 delivered', '1 delivered']);
  });

  it.each<[string, Verdict]>([
    ['a failure', SERVER_ERROR],
    ['a refusal', REFUSED],
    ['a configuration fault', UNAUTHORIZED],
  ])('does not try again what was in flight when the deletion came, after %s', (_, verdict) => {
    const bench = new DeliveryBench().arrive(event(0)).notice('ann', 5).answer(0, verdict);
    expect(bench.outcomeOf(0)?.outcome).toBe('erased');
    expect(bench.pass(60_000).calling).toEqual([]);
  });

  it('drops what arrives below a deletion that is known, however far the log lags', () => {
    const bench = new DeliveryBench().notice('ann', 5).arrive(event(0), event(1), event(2, 'bob'));
    expect(bench.ended).toEqual(['0 erased', '1 erased']);
    expect(bench.calling).toEqual([2]);
  });

  it('goes by position, not by time: what lies above the deletion is delivered', () => {
    const bench = new DeliveryBench().notice('ann', 1).arrive(event(0), tombstone(1), event(2)).answer(1);
    expect(bench.calling).toEqual([2]);
    expect(bench.ended).toEqual(['0 erased', '1 delivered']);
  });

  it('carries nothing out before the notice is in the deletions topic', () => {
    const bench = new DeliveryBench().arrive(tombstone(0));
    expect(bench.calling).toEqual([]);
    bench.pass(1_000);
    expect(bench.announced).toEqual([]);
    bench.notice('ann', 0);
    expect(bench.calling).toEqual([0]);
  });

  it('writes the notice itself when ingest has not after the grace', () => {
    const bench = new DeliveryBench().arrive(tombstone(0)).pass(2_000);
    expect(bench.announced).toMatchObject([{ offset: 0, partition: 0 }]);
    expect(bench.pass(2_000).announced).toHaveLength(1);
    expect(bench.calling).toEqual([]);
    expect(bench.notice('ann', 0).calling).toEqual([0]);
  });

  it('writes the notice once more when compaction has taken it before it was read', () => {
    const bench = new DeliveryBench().arrive(tombstone(0), tombstone(1)).notice('ann', 0).answer(0).acknowledge();
    bench.pass(2_000).notice('ann', 0).pass(2_000).pass(2_000);
    expect(bench.announced.map(({ offset }) => offset)).toEqual([1, 1]);
  });

  it('announces a later deletion again when the notices of two have come in swapped order', () => {
    const bench = new DeliveryBench().notice('ann', 9).notice('ann', 3);
    expect(bench.announced).toMatchObject([{ offset: 9 }]);
    expect(bench.arrive(event(0), event(1)).ended).toEqual(['0 erased', '1 erased']);
  });

  it('takes a notice that comes twice for one', () => {
    const bench = new DeliveryBench().notice('ann', 3).notice('ann', 3);
    expect(bench.announced).toEqual([]);
  });

  it.each<[string, Verdict]>([
    ['a failure', SERVER_ERROR],
    ['a refusal', REFUSED],
    ['a rejection', { kind: 'rejected', status: 400, code: 'no' }],
  ])('never gives an erasure up, whatever the answer: %s', (_, verdict) => {
    const bench = new DeliveryBench().arrive(tombstone(0)).notice('ann', 0);
    for (let attempt = 1; attempt < 20; attempt++) {
      bench.answer(0, verdict).pass(30_000);
      expect(bench.calling).toEqual([0]);
    }
    expect(bench.answer(0).ended).toEqual(['0 delivered']);
  });

  it('keeps the Retry-After of an erasure when another deletion of the user is announced meanwhile', () => {
    const bench = new DeliveryBench().arrive(tombstone(0), event(1)).notice('ann', 0);
    bench.answer(0, { kind: 'retry', reason: 'throttled', code: 'x', retryAfterMs: 20_000 });
    bench.arrive(tombstone(2)).notice('ann', 2).acknowledge();
    expect(bench.outcomeOf(1)?.outcome).toBe('erased');
    expect(bench.pass(10_000).calling).toEqual([]);
    expect(bench.pass(10_000).calling).toEqual([0]);
  });

  it('keeps the Retry-After of an erasure when its notice comes once more', () => {
    const bench = new DeliveryBench().arrive(tombstone(0));
    // Its grace ends while nothing may be called: so the notice meets it in the queue, not waiting.
    bench.delivery.suspend();
    bench.pass(2_000, { fresh: false }).notice('ann', 0).pass(0);
    bench.answer(0, { kind: 'retry', reason: 'throttled', code: 'x', retryAfterMs: 20_000 }).notice('ann', 0);
    expect(bench.calling).toEqual([]);
  });

  it('sends nothing while the proof that all deletions are known is older than the bound', () => {
    const bench = new DeliveryBench();
    bench.pass(5_001, { fresh: false }).arrive(event(0));
    expect(bench.calling).toEqual([]);
    bench.driver().deletionsProven(bench.now.monotonicMs);
    expect(bench.pump().calling).toEqual([0]);
  });

  it('sends as long as the proof is as old as the bound', () => {
    expect(new DeliveryBench().pass(5_000, { fresh: false }).arrive(event(0)).calling).toEqual([0]);
  });

  it('takes an older proof for what it is', () => {
    const bench = new DeliveryBench();
    bench.driver().deletionsProven(bench.now.monotonicMs - 4_000);
    expect(bench.pass(4_000, { fresh: false }).arrive(event(0)).calling).toEqual([0]);
  });

  it('erases nothing either without that proof', () => {
    const bench = new DeliveryBench().arrive(tombstone(0)).pass(5_001, { fresh: false }).notice('ann', 0);
    expect(bench.calling).toEqual([]);
  });
});
