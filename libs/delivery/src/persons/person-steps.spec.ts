import type { Verdict } from '../index.ts';
import {
  DELIVERED,
  DeliveryBench,
  event,
  identify,
  REFUSED,
  SERVER_ERROR,
  tombstone,
  UNAUTHORIZED,
} from '../testing/delivery-bench.ts';

const PLAN_AND_AGE = [
  { name: 'plan', value: '"pro"' },
  { name: 'age', value: '25' },
];
const NAMED: Verdict = { kind: 'delivered', status: 200, extoleId: 'e1', personId: 'p1' };
const NOTHING_KNOWN = has({});
const EXISTS = { kind: 'contradicted', status: 400, code: 'data_already_exists' } as const satisfies Verdict;

/** The answer to a read. */
function has(values: Readonly<Record<string, string>>, scope = 'PUBLIC'): Verdict {
  const parameters = new Map(Object.entries(values).map(([name, value]) => [name, { value, scope }]));
  return { kind: 'delivered', status: 200, parameters };
}

function profile(offset: number, user = 'ann', parameters = PLAN_AND_AGE) {
  return identify(offset, user, { parameters });
}

/** The person is known, and nothing of the person is. */
function reading(): DeliveryBench {
  return new DeliveryBench().arrive(profile(0)).answer(0, NAMED);
}

describe('an identify that sets parameters on the person', () => {
  it('sends the event, reads what the person has, and writes what is missing or different, one after the other', () => {
    const bench = new DeliveryBench().arrive(profile(0));
    const sent = [...bench.sending];
    for (const verdict of [NAMED, has({ plan: '"free"' }), DELIVERED]) sent.push(...bench.answer(0, verdict).sending);
    expect(sent).toEqual(['0 user-ann:m0:0', '0 read plan,age', '0 change plan="pro"', '0 make age=25']);
    expect(bench.answer(0).outcomeOf(0)).toMatchObject({ outcome: 'delivered', extoleId: 'e1', attempts: 4 });
  });

  it('writes nothing that the person has as PUBLIC already', () => {
    const bench = reading().answer(0, has({ plan: '"pro"', age: '25' }));
    expect(bench.ended).toEqual(['0 delivered']);
  });

  it('writes what the person has under another scope', () => {
    expect(reading().answer(0, has({ plan: '"pro"', age: '25' }, 'PRIVATE')).sending).toEqual(['0 change plan="pro"']);
  });

  it('needs no read and no write if it has no parameters', () => {
    expect(new DeliveryBench().arrive(profile(0, 'ann', [])).answer(0, NAMED).ended).toEqual(['0 delivered']);
  });

  it('keeps the names of one read short enough for a URL', () => {
    const many = Array.from({ length: 300 }, (_, n) => ({ name: `a_trait_with_a_name_${n}`, value: '1' }));
    const bench = new DeliveryBench().arrive(profile(0, 'ann', many)).answer(0, NAMED);
    const stored = has(Object.fromEntries(many.map(({ name, value }) => [name, value])));
    const reads: string[] = [];
    for (let open = bench.sending[0]; open !== undefined; open = bench.answer(0, stored).sending[0]) reads.push(open);
    expect(reads.length).toBeGreaterThan(1);
    expect(Math.max(...reads.map(({ length }) => length))).toBeLessThan(2_100);
    expect(reads.flatMap((read) => read.slice('0 read '.length).split(','))).toEqual(many.map(({ name }) => name));
  });

  it("holds its user's next event back until the last write, and nobody else's (P3)", () => {
    const bench = reading().arrive(event(1), event(2, 'bob')).answer(2);
    expect(bench.ended).toEqual(['2 delivered']);
    bench.answer(0, NOTHING_KNOWN).answer(0);
    expect(bench.calling).toEqual([0]);
    expect(bench.answer(0).calling).toEqual([1]);
  });

  it('tries a failed write again, and only that', () => {
    const bench = reading().answer(0, NOTHING_KNOWN).answer(0).answer(0, SERVER_ERROR);
    expect(bench.calling).toEqual([]);
    expect(bench.pass(1_000).sending).toEqual(['0 make age=25']);
  });

  it('waits after a failure of a step as after a first one, however many steps went before', () => {
    const bench = reading().answer(0, NOTHING_KNOWN).answer(0, SERVER_ERROR);
    expect(bench.pass(998).calling).toEqual([]);
    expect(bench.pass(1).calling).toEqual([0]);
  });

  it('changes what turns out to exist, and makes what turns out not to', () => {
    const bench = reading().answer(0, NOTHING_KNOWN).answer(0, EXISTS);
    expect(bench.sending).toEqual(['0 change plan="pro"']);
    bench.answer(0, { ...EXISTS, code: 'data_not_found' });
    expect(bench.calling).toEqual([]);
    expect(bench.pass(1_000).sending).toEqual(['0 change plan="pro"']);
  });

  it('writes the others when one is refused, and is a dead letter with its code', () => {
    const bench = reading()
      .answer(0, NOTHING_KNOWN)
      .answer(0, { ...REFUSED, code: 'read_only_name' });
    expect(bench.sending).toEqual(['0 make age=25']);
    expect(bench.answer(0).outcomeOf(0)).toMatchObject({ outcome: 'dead-lettered', code: 'read_only_name' });
    expect(bench.acknowledge().arrive(event(1, 'ann', { messageId: 'm0' })).calling).toEqual([1]);
  });

  it('is rejected as a whole by the programme, and dead-lettered if the event itself is refused', () => {
    const bench = new DeliveryBench().arrive(profile(0, 'ann'), profile(1, 'bob'));
    bench.answer(0, { kind: 'rejected', status: 400, code: 'event_blocked' }).answer(1, REFUSED);
    expect(bench.ended).toEqual(['0 rejected', '1 dead-lettered']);
  });

  it('is a duplicate without a call if the message was delivered', () => {
    const bench = new DeliveryBench()
      .arrive(event(0))
      .answer(0)
      .arrive(identify(1, 'ann', { messageId: 'm0', parameters: PLAN_AND_AGE }));
    expect(bench.outcomeOf(1)).toMatchObject({ outcome: 'duplicate', attempts: 0 });
  });
});

describe('a deletion in the middle of the writes (P5)', () => {
  it('stops those that are left, and the erasure follows', () => {
    const bench = reading().answer(0, NOTHING_KNOWN).notice('ann', 1).arrive(tombstone(1));
    expect(bench.sending).toEqual(['0 make plan="pro"']);
    bench.answer(0);
    expect(bench.ended).toEqual(['0 erased']);
    expect(bench.sending).toEqual(['1 user-ann']);
    bench.answer(1);
    expect(bench.delivery.inDoubt).toBe(2);
    expect(bench.acknowledge().delivery.inDoubt).toBe(0);
  });

  it('ends one that waits for its next attempt at once', () => {
    const bench = reading().answer(0, NOTHING_KNOWN).answer(0, SERVER_ERROR).notice('ann', 1);
    expect(bench.ended).toEqual(['0 erased']);
    expect(bench.pass(30_000).calling).toEqual([]);
  });
});

describe('the gate of the identifies', () => {
  const slow = { maxConcurrency: 4, rateLimit: { count: 1, perMs: 1_000 } };

  it('paces every step, over all partitions, and leaves the events alone', () => {
    const bench = new DeliveryBench({ partitions: [0, 1], persons: slow });
    bench.arriveIn(0, profile(0)).arriveIn(1, profile(0, 'bob')).arrive(event(1, 'cyd'));
    expect(bench.called).toEqual(['0/0', '0/1']);
    bench.answer(0, NAMED).answer(1);
    // What has begun goes on before anybody else begins.
    expect(bench.pass(999).calling).toEqual([]);
    expect(bench.pass(1).sending).toEqual(['0 read plan,age']);
    expect(
      bench
        .answer(0, has({ plan: '"pro"', age: '25' }))
        .pass(1_000)
        .called.at(-1),
    ).toBe('1/0');
  });

  it('has a pace as large as the share of the partitions', () => {
    const bench = new DeliveryBench({ partitionCount: 2, partitions: [0], persons: slow });
    bench.arrive(profile(0), profile(1, 'bob'));
    expect(bench.pass(1_999).calling).toEqual([0]);
    expect(bench.pass(1).calling).toEqual([0, 1]);
  });

  it('stops at a configuration fault, says so, and goes on by a probe of its own (P7)', () => {
    const bench = reading()
      .answer(0, { ...UNAUTHORIZED, code: 'scopes_denied', status: 403 })
      .arrive(event(1, 'bob'));
    expect(bench.delivery.state).toMatchObject({ kind: 'stopped', reason: 'configuration', code: 'scopes_denied' });
    bench.answer(1).acknowledge().pass(4_999);
    expect(bench.ended).toEqual(['1 delivered']);
    expect(bench.delivery.state.kind).toBe('stopped');
    expect(bench.pass(1).sending).toEqual(['0 read plan,age']);
    expect(bench.answer(0, NOTHING_KNOWN).delivery.state.kind).toBe('delivering');
  });

  it('stands still between two steps while an operator has stopped the source', () => {
    const bench = reading();
    const at = new Date(bench.now.wallMs).toISOString();
    bench.delivery.control({ kind: 'delivery', wanted: 'stopped', at }, bench.now);
    expect(bench.answer(0, NOTHING_KNOWN).pass(60_000).calling).toEqual([]);
    bench.delivery.control({ kind: 'delivery', wanted: 'running', at }, bench.now);
    expect(bench.pump().sending).toEqual(['0 make plan="pro"']);
  });

  it('counts an identify between two steps as in doubt, and lets those never take what the events need (P4)', () => {
    const bench = new DeliveryBench({ events: { maxConcurrency: 3 }, persons: { maxConcurrency: 100 } });
    bench.arrive(...[0, 1, 2, 3, 4, 5, 6].map((offset) => profile(offset, `u${offset}`)));
    expect(bench.calling).toEqual([0, 1, 2]);
    for (const offset of [0, 1, 2]) bench.answer(offset, NAMED).answer(offset, SERVER_ERROR);
    expect(bench.calling).toEqual([]);
    expect(bench.delivery.inDoubt).toBe(3);
    bench.arrive(...[7, 8, 9, 10].map((offset) => event(offset, `u${offset}`)));
    expect(bench.calling).toEqual([7, 8, 9]);
    expect(bench.pass(1_000).calling.slice(3).sort()).toEqual([0, 1, 2]);
  });

  it('stops once most identifies have had a write refused, tries those again, and dead-letters nothing more (P7)', () => {
    const bench = new DeliveryBench({ persons: { maxConcurrency: 1 } });
    bench.arrive(...Array.from({ length: 80 }, (_, n) => profile(n, `u${n}`)));
    while (bench.delivery.state.kind !== 'stopped') {
      const offset = bench.calling[0]!;
      bench.answer(offset, NAMED).answer(offset, NOTHING_KNOWN).answer(offset, REFUSED).answer(offset).acknowledge();
    }
    expect(bench.delivery.state).toMatchObject({ reason: 'dead-letter-burst' });
    expect(bench.outcomes).toHaveLength(49);
    bench.pass(5_000).answer(49, REFUSED).pass(60_000);
    expect(bench.outcomes).toHaveLength(49);
    expect(bench.sending).toEqual(['49 make plan="pro"']);
    bench.answer(49);
    expect(bench.outcomeOf(49)?.outcome).toBe('delivered');
  });
});

describe('a replayed identify', () => {
  it('comes behind live ones at their gate, and ends its run', () => {
    const bench = new DeliveryBench({ persons: { maxConcurrency: 1 } }).arrive(profile(0, 'ann')).answer(0, NAMED);
    bench.answer(0, REFUSED).acknowledge();
    expect(bench.ended).toEqual(['0 dead-lettered']);
    bench.arrive(profile(1, 'bob')).replay({}, profile(0, 'ann')).arrive(profile(2, 'cyd'));
    bench.answer(1, NAMED).answer(1, has({ plan: '"pro"', age: '25' }));
    expect(bench.calling).toEqual([2]);
    bench.answer(2, NAMED).answer(2, has({ plan: '"pro"', age: '25' }));
    bench.answer(0, NAMED).answer(0, NOTHING_KNOWN).answer(0).answer(0).acknowledge();
    expect(bench.replayed).toEqual(['r1 0 delivered']);
  });
});
