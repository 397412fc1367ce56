import {
  DELIVERED,
  DeliveryBench,
  event,
  identify,
  REFUSED,
  SERVER_ERROR,
  tombstone,
  WITHDRAWN,
} from './testing/delivery-bench.ts';

/** Events of as many users, from `from` on. */
function crowd(count: number, from = 0, name = 'u') {
  return Array.from({ length: count }, (_, i) => event(from + i, `${name}${from + i}`));
}

describe('partitions of one source', () => {
  it('take turns, so that a backlog in one starves no other', () => {
    const bench = new DeliveryBench({ partitions: [0, 1], events: { maxConcurrency: 4 } });
    bench.read(crowd(20), 0);
    bench.read(crowd(2, 0, 'v'), 1);
    expect(bench.pump().called.sort()).toEqual(['0/0', '0/1', '1/0', '1/1']);
  });

  it('let an idle one be passed over', () => {
    const bench = new DeliveryBench({ partitions: [0, 1, 2], events: { maxConcurrency: 3 } }).arriveIn(2, ...crowd(3));
    expect(bench.called).toEqual(['2/0', '2/1', '2/2']);
  });

  it('keep their answers apart', () => {
    const bench = new DeliveryBench({ partitions: [0, 1] }).arriveIn(0, event(0, 'a')).arriveIn(1, event(0, 'b'));
    bench.answer(0, SERVER_ERROR, 1).answer(0);
    expect(bench.outcomes.map(({ position, outcome }) => [position.partition, outcome])).toEqual([[0, 'delivered']]);
  });
});

describe('a partition whose outcomes Kafka does not take (P6)', () => {
  /** Two partitions; what is in doubt fills the bound, all of it in partition 0, whose outcomes are not acknowledged. */
  function fullOfZero(): DeliveryBench {
    const bench = new DeliveryBench({ partitions: [0, 1], events: { maxConcurrency: 2 } }).arriveIn(0, ...crowd(6));
    for (const offset of [0, 1, 2, 3]) bench.answer(offset);
    return bench.arriveIn(1, ...crowd(6, 0, 'v'));
  }

  it('is waited for by the others for a moment, as long as a new leader may take, and then on its own', () => {
    const bench = fullOfZero();
    expect(bench.pass(4_999).called).toEqual(['0/0', '0/1', '0/2', '0/3']);
    expect(bench.pass(1).called.slice(4)).toEqual(['1/0', '1/1']);
    bench.answer(0, DELIVERED, 1);
    expect(bench.called.at(-1)).toBe('1/2');
  });

  it('is looked at again at that moment, whatever else happens or does not', () => {
    const bench = fullOfZero();
    const begun = bench.now.monotonicMs;
    expect(bench.delivery.pump(bench.now).wakeAt).toBe(begun + 5_000);
    bench.pass(5_000);
    expect(bench.delivery.pump(bench.now).wakeAt).toBeGreaterThan(begun + 5_000);
  });

  it('is sent nothing more meanwhile, and goes on once they are taken', () => {
    const bench = fullOfZero().pass(60_000);
    expect(bench.called.filter((place) => place.startsWith('0/'))).toHaveLength(4);
    bench.acknowledge();
    for (const { ticket } of [...bench.open]) bench.answer(ticket.offset, DELIVERED, ticket.partition);
    expect(bench.called).toContain('0/4');
  });
});

describe('the share of the account', () => {
  it('is as large as the share of the partitions', () => {
    const bench = new DeliveryBench({ partitionCount: 4, partitions: [0], events: { maxConcurrency: 8 } }).arrive(...crowd(20));
    expect(bench.calling).toHaveLength(2);
    bench.own(1);
    expect(bench.pump().calling).toHaveLength(4);
  });

  it('shrinks when a partition is given up, and lets nothing new go until it is met', () => {
    const bench = new DeliveryBench({ partitions: [0, 1], events: { maxConcurrency: 4 } }).arrive(...crowd(20));
    expect(bench.calling).toHaveLength(4);
    bench.delivery.disown(1);
    bench.answer(0).answer(1).acknowledge();
    expect(bench.calling).toEqual([2, 3]);
    bench.answer(2).acknowledge();
    expect(bench.calling).toEqual([3, 4]);
  });

  it('holds for the pace as well', () => {
    const rateLimit = { count: 1, perMs: 1_000 };
    const events = { maxConcurrency: 100, rateLimit };
    const bench = new DeliveryBench({ partitionCount: 4, partitions: [0], events }).arrive(...crowd(20));
    for (let ms = 0; ms < 8_000; ms += 100) bench.pass(100);
    expect(bench.called).toHaveLength(3);
    bench.own(1);
    for (let ms = 0; ms < 8_000; ms += 100) bench.pass(100);
    expect(bench.called).toHaveLength(7);
  });

  it('holds for the pace of erasures', () => {
    const erasures = { maxConcurrency: 100, rateLimit: { count: 1, perMs: 1_000 } };
    const bench = new DeliveryBench({ partitionCount: 2, partitions: [0], erasures });
    for (const offset of [0, 1, 2, 3]) bench.arrive(tombstone(offset, `u${offset}`)).notice(`u${offset}`, offset);
    expect(bench.pass(1_999).called).toHaveLength(1);
    expect(bench.pass(1).called).toHaveLength(2);
  });

  it('is one call at least', () => {
    const bench = new DeliveryBench({ partitionCount: 100, partitions: [0], events: { maxConcurrency: 8 } }).arrive(...crowd(3));
    expect(bench.calling).toEqual([0]);
  });
});

describe('the bound on what is in doubt (P4)', () => {
  it('stops calling at twice the concurrency while Kafka takes no outcomes', () => {
    const bench = new DeliveryBench({ events: { maxConcurrency: 3 } }).arrive(...crowd(50));
    for (let offset = 0; offset < 50 && bench.calling.includes(offset as never); offset++) bench.answer(offset);
    expect(bench.called).toHaveLength(6);
    expect(bench.delivery.inDoubt).toBe(6);
    expect(bench.acknowledge().calling).toHaveLength(3);
  });

  it('counts what needed no call out', () => {
    const bench = new DeliveryBench({ events: { maxConcurrency: 1 } });
    bench.arrive(...[0, 1, 2, 3, 4].map((offset) => event(offset, `u${offset}`, { fate: 'filtered' })), event(5));
    expect(bench.delivery.inDoubt).toBe(1);
    expect(bench.calling).toEqual([5]);
  });

  it('holds erasures as well', () => {
    const bench = new DeliveryBench({ events: { maxConcurrency: 1 } }).arrive(event(0, 'a'), event(1, 'b'), tombstone(2, 'c'));
    bench.answer(0).answer(1).notice('c', 2);
    expect(bench.calling).toEqual([]);
    expect(bench.acknowledge().calling).toEqual([2]);
  });
});

describe("an operator's word", () => {
  const at = '2026-11-24T12:00:00.000Z';

  it('stops the events and not the erasures, until it is taken back', () => {
    const bench = new DeliveryBench();
    bench.delivery.control({ kind: 'delivery', wanted: 'stopped', at, note: 'wrong programme' }, bench.now);
    bench.arrive(event(0, 'ann'), tombstone(1, 'bob')).notice('bob', 1);
    expect(bench.calling).toEqual([1]);
    expect(bench.delivery.state).toMatchObject({ reason: 'operator', sinceWallMs: Date.parse(at), note: 'wrong programme' });
    bench.delivery.control({ kind: 'delivery', wanted: 'running', at }, bench.now);
    expect(bench.pump().calling.sort()).toEqual([0, 1]);
  });

  it('stops what identifies set on persons, too', () => {
    const bench = new DeliveryBench();
    bench.delivery.control({ kind: 'delivery', wanted: 'stopped', at }, bench.now);
    bench.arrive(identify(0, 'ann', { parameters: [{ name: 'plan', value: '"pro"' }] }));
    expect(bench.calling).toEqual([]);
    bench.delivery.control({ kind: 'delivery', wanted: 'running', at }, bench.now);
    expect(bench.pump().calling).toEqual([0]);
  });

  it('lets one event be tried while it stops the others', () => {
    const bench = new DeliveryBench();
    bench.delivery.control({ kind: 'delivery', wanted: 'stopped', at }, bench.now);
    bench.arrive(event(0, 'ann'), event(1, 'bob'));
    bench.delivery.control({ kind: 'probe', at }, bench.now);
    expect(bench.pump().calling).toEqual([0]);
    expect(bench.answer(0).acknowledge().calling).toEqual([]);
  });
});

describe('the lease (P8)', () => {
  it('lets nothing be called once it has run out, and all again once it is renewed', () => {
    const bench = new DeliveryBench().pass(9_000, { fresh: false });
    bench.driver().deletionsProven(bench.now.monotonicMs);
    bench.arrive(event(0), tombstone(1, 'bob')).notice('bob', 1);
    expect(bench.calling).toEqual([]);
    bench.delivery.renewLease(bench.now.monotonicMs + 1);
    expect(bench.pump().calling.sort()).toEqual([0, 1]);
  });

  it("has what is under way given up once its partitions may be another's, and it is sent again as soon as they are known to be ours", () => {
    const bench = new DeliveryBench().arrive(event(0));
    expect(bench.delivery.pump(bench.now)).toMatchObject({ wakeAt: bench.now.monotonicMs + 9_000 });
    bench.pass(8_999, { fresh: false });
    expect(bench.isWithdrawn).toBe(false);
    bench.pass(1, { fresh: false });
    expect(bench.isWithdrawn).toBe(true);
    bench.answer(0, WITHDRAWN);
    expect(bench.calling).toEqual([]);
    expect(bench.pass(0).calling).toEqual([0]);
  });

  it('leaves what is under way alone while the group changes, for as long as the group knows us', () => {
    const bench = new DeliveryBench().arrive(event(0));
    bench.delivery.suspend();
    bench.delivery.keepUntil(bench.now.monotonicMs + 20_000);
    bench.pass(19_999, { fresh: false });
    expect(bench.isWithdrawn).toBe(false);
    bench.pass(1, { fresh: false });
    expect(bench.isWithdrawn).toBe(true);
  });

  it('is given back before the group changes', () => {
    const bench = new DeliveryBench();
    bench.delivery.suspend();
    expect(bench.arrive(event(0)).calling).toEqual([]);
  });

  it('is not shortened by a confirmation that was sent earlier', () => {
    const bench = new DeliveryBench();
    bench.delivery.renewLease(bench.now.monotonicMs - 1);
    expect(bench.delivery.holdsLease(bench.now)).toBe(true);
  });
});

describe('giving a partition up', () => {
  it('is over when its last call has ended and is written', () => {
    const bench = new DeliveryBench().arrive(event(0));
    bench.delivery.disown(0);
    expect(bench.delivery.isLeaving(0)).toBe(true);
    bench.answer(0);
    expect(bench.delivery.isLeaving(0)).toBe(true);
    bench.acknowledge();
    expect(bench.delivery.isLeaving(0)).toBe(false);
  });

  it('is over when its last call has failed: there is nothing to write, and whoever takes it up waits for this', () => {
    const bench = new DeliveryBench().arrive(event(0));
    bench.delivery.disown(0);
    bench.answer(0, SERVER_ERROR);
    expect(bench.delivery.isLeaving(0)).toBe(false);
  });

  it('leaves what becomes of an event to whoever has it: only that Extole has taken it is still said', () => {
    const bench = new DeliveryBench().arrive(event(0, 'ann'), event(1, 'bob'));
    bench.delivery.disown(0);
    bench.answer(0, REFUSED).answer(1);
    expect(bench.ended).toEqual(['1 delivered']);
  });

  it('leaves it so too where the lease is over, and nobody has said yet that the partition is lost', () => {
    const bench = new DeliveryBench().arrive(event(0, 'ann'), event(1, 'bob')).pass(9_000, { fresh: false });
    bench.answer(0, REFUSED).answer(1);
    expect(bench.ended).toEqual(['1 delivered']);
    expect(bench.pass(0).calling).toEqual([0]);
  });

  it('is over at once when nothing is under way', () => {
    const bench = new DeliveryBench();
    bench.delivery.disown(0);
    bench.delivery.disown(7);
    expect(bench.delivery.isLeaving(0)).toBe(false);
    expect(bench.delivery.owned).toEqual([]);
  });

  it('keeps the answers of a former ownership from the present one', () => {
    const bench = new DeliveryBench().arrive(event(0));
    const [former] = bench.open.splice(0);
    bench.delivery.disown(0);
    bench.own(0);
    bench.arrive(event(0));
    bench.delivery.callFinished(former!.ticket, 'call', SERVER_ERROR, bench.now);
    expect(bench.pump().calling).toEqual([0]);
    expect(bench.driver().figures).toMatchObject({ inFlight: 1, waiting: 0 });
  });

  it('drains: quiet once nothing is in flight and everything is written', () => {
    const bench = new DeliveryBench().arrive(event(0), event(1));
    bench.delivery.suspend();
    expect(bench.delivery.isQuiet).toBe(false);
    expect(bench.answer(0).delivery.isQuiet).toBe(false);
    expect(bench.acknowledge().delivery.isQuiet).toBe(true);
    expect(bench.calling).toEqual([]);
  });
});

describe('when to come back', () => {
  it('is when the first retry is due', () => {
    const bench = new DeliveryBench().arrive(event(0));
    bench.answer(0, { kind: 'retry', reason: 'transient', code: 'x', retryAfterMs: 7_000 });
    expect(bench.delivery.pump(bench.now)).toEqual({ more: false, wakeAt: bench.now.monotonicMs + 7_000 });
  });

  it('is when the pace allows the next call, if there is one to make', () => {
    const bench = new DeliveryBench({ events: { maxConcurrency: 9, rateLimit: { count: 1, perMs: 1_000 } } });
    expect(bench.delivery.pump(bench.now)).toEqual({ more: false });
    bench.arrive(...crowd(2));
    expect(bench.delivery.pump(bench.now)).toEqual({ more: false, wakeAt: bench.now.monotonicMs + 1_000 });
  });

  it('is at once after many events that needed no call', () => {
    const bench = new DeliveryBench({ limits: { maxUnwrittenOutcomes: 10_000, maxHeldBytes: 1e9, maxLead: 1e9 } });
    const repeats = Array.from({ length: 2_500 }, (_, i) => event(i, `u${i}`, { fate: 'filtered' }));
    bench.read(repeats);
    expect(bench.delivery.pump(bench.now).more).toBe(true);
    expect(bench.delivery.pump(bench.now).more).toBe(false);
  });
});

describe('a replay beside live traffic', () => {
  it('takes what live events leave: none of them waits behind a replayed one', () => {
    const bench = new DeliveryBench({ events: { maxConcurrency: 1 } }).arrive(event(0, 'ann')).answer(0, REFUSED).acknowledge();
    bench.arrive(event(1, 'bob')).replay({}, event(0, 'ann')).arrive(event(2, 'cyd'));
    expect(bench.answer(1).calling).toEqual([2]);
    expect(bench.answer(2).acknowledge().calling).toEqual([0]);
  });
});
