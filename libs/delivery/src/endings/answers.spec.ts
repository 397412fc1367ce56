import { DeliveryBench, event, REFUSED, SERVER_ERROR, UNAUTHORIZED } from '../testing/delivery-bench.ts';

const HEALTHY = 'bob';

/** Lets the account be seen to work for `ms`: somebody else's events are answered well in the meantime. */
function workWell(bench: DeliveryBench, ms: number, from: number): number {
  let offset = from;
  for (let passed = 0; passed < ms; passed += 10_000) {
    bench.arrive(event(offset, HEALTHY)).answer(offset).acknowledge().pass(10_000);
    offset++;
  }
  return offset;
}

describe('an event that fails', () => {
  it('is sent again byte for byte', () => {
    const bench = new DeliveryBench().arrive(event(0));
    const { body } = bench.open[0]!;
    bench.answer(0, SERVER_ERROR).pass(30_000);
    expect(bench.open[0]).toMatchObject({ body, attempt: 2 });
  });

  it('waits for as long as Retry-After says', () => {
    const bench = new DeliveryBench().arrive(event(0));
    bench.answer(0, { kind: 'retry', reason: 'throttled', code: 'too_many_requests', retryAfterMs: 45_000 });
    expect(bench.pass(44_999).calling).toEqual([]);
    expect(bench.pass(1).calling).toEqual([0]);
  });

  it('ends as a dead letter at once if Extole refuses it, and its user goes on', () => {
    const bench = new DeliveryBench().arrive(event(0), event(1)).answer(0, REFUSED);
    expect(bench.outcomeOf(0)).toMatchObject({ outcome: 'dead-lettered', code: 'validation_error', status: 400 });
    expect(bench.calling).toEqual([1]);
  });

  it('has no budget of wall time: in an outage it is tried for hours and not given up', () => {
    const bench = new DeliveryBench().arrive(event(0));
    for (let hour = 0; hour < 24; hour++) bench.answer(0, SERVER_ERROR).pass(3_600_000);
    expect(bench.ended).toEqual([]);
    expect(bench.calling).toEqual([0]);
  });

  it('ends as a dead letter when it goes on failing while the account is seen to work', () => {
    const bench = new DeliveryBench().arrive(event(0)).answer(0, SERVER_ERROR);
    const next = workWell(bench, 50_000, 1);
    bench.answer(0, SERVER_ERROR);
    expect(bench.outcomeOf(0)).toBeUndefined();
    workWell(bench, 40_000, next);
    bench.answer(0, SERVER_ERROR);
    expect(bench.outcomeOf(0)).toMatchObject({ outcome: 'dead-lettered', code: 'server_error' });
  });
});

describe('a configuration fault (P7)', () => {
  it('keeps the event in its place and counts no attempt against it', () => {
    const bench = new DeliveryBench().arrive(event(0), event(1)).answer(0, UNAUTHORIZED);
    expect(bench.calling).toEqual([]);
    expect(bench.pass(5_000).calling).toEqual([0]);
    bench.answer(0);
    expect(bench.outcomeOf(0)).toMatchObject({ outcome: 'delivered', attempts: 1 });
    expect(bench.calling).toEqual([1]);
  });

  it('has what may not be given up meanwhile wait for as long as Retry-After says', () => {
    const bench = new DeliveryBench().arrive(event(0, 'ann')).answer(0, SERVER_ERROR);
    const next = workWell(bench, 90_000, 1);
    bench.arrive(event(next, HEALTHY)).answer(next, UNAUTHORIZED);
    bench.answer(0, { kind: 'retry', reason: 'transient', code: 'unavailable', retryAfterMs: 45_000 });
    bench.pass(5_000).answer(next).acknowledge();
    expect(bench.pass(39_999).calling).toEqual([]);
    expect(bench.pass(1).calling).toEqual([0]);
  });

  it('turns no refusal into a dead letter while it lasts', () => {
    const bench = new DeliveryBench().arrive(event(0, 'ann'), event(1, 'bob')).answer(0, UNAUTHORIZED).answer(1, REFUSED);
    expect(bench.ended).toEqual([]);
    bench.pass(5_000).answer(0);
    bench.pass(30_000).answer(1, REFUSED);
    expect(bench.outcomeOf(1)?.outcome).toBe('dead-lettered');
  });
});
