import { toOffset } from '#segment';
import { PartitionState, type LogRecord } from '../index.ts';
import {
  APPENDED_AT,
  DELIVERED,
  DeliveryBench,
  event,
  logged,
  outcome,
  SERVER_ERROR,
  WINDOWS,
} from '../testing/delivery-bench.ts';

describe('the order of one user (P3)', () => {
  it('calls one event of a user after the other, in log order', () => {
    const bench = new DeliveryBench().arrive(event(0), event(1), event(2));
    expect(bench.calling).toEqual([0]);
    bench.answer(0);
    expect(bench.calling).toEqual([1]);
    bench.answer(1).answer(2);
    expect(bench.ended).toEqual(['0 delivered', '1 delivered', '2 delivered']);
  });

  it('calls different users at the same time', () => {
    expect(new DeliveryBench().arrive(event(0, 'ann'), event(1, 'bob')).calling).toEqual([0, 1]);
  });

  it('lets a failing event hold up its own user only (P6)', () => {
    const bench = new DeliveryBench().arrive(event(0, 'ann'), event(1, 'ann'), event(2, 'bob')).answer(0, SERVER_ERROR);
    bench.answer(2);
    expect(bench.ended).toEqual(['2 delivered']);
    expect(bench.calling).toEqual([]);
    bench.pass(1_000);
    expect(bench.calling).toEqual([0]);
  });

  it('sends the next event before the outcome of the one before is written', () => {
    const bench = new DeliveryBench().arrive(event(0), event(1)).answer(0);
    expect(bench.unwritten).toHaveLength(1);
    expect(bench.calling).toEqual([1]);
  });

  it('refuses the end of a call that nobody waits for: it is a bug', () => {
    const bench = new DeliveryBench().arrive(event(0));
    const subject = bench.open[0]!.ticket.subject;
    expect(() => bench.driver().callFinished(toOffset(7), subject, DELIVERED, bench.now)).toThrow('did not wait for it');
  });
});

describe('the commit (P8)', () => {
  it('waits for the outcome to be written', () => {
    const bench = new DeliveryBench().arrive(event(0)).answer(0);
    expect(bench.driver().commitDue).toBe(0);
    bench.acknowledge();
    expect(bench.driver().commitDue).toBe(1);
  });

  it('never passes what is unfinished, however far the rest has come', () => {
    const bench = new DeliveryBench().arrive(event(0, 'ann'), event(1, 'bob'), event(2, 'cat')).answer(1).answer(2).acknowledge();
    expect(bench.driver().commitDue).toBe(0);
    expect(bench.answer(0).acknowledge().driver().commitDue).toBe(3);
  });

  it('takes offsets that hold no record for finished', () => {
    const bench = new DeliveryBench().arrive(event(5)).answer(5).acknowledge();
    expect(bench.driver().commitDue).toBe(6);
  });

  it('is due only when it has moved', () => {
    const { driver } = { driver: new DeliveryBench().driver() };
    driver.commitAcknowledged(toOffset(0));
    expect(driver.commitDue).toBeUndefined();
    expect(driver.committedOffset).toBe(0);
  });

  it('ignores records that are delivered again after a rejoin', () => {
    const bench = new DeliveryBench().arrive(event(0, 'ann'), event(1, 'bob')).answer(1);
    bench.arrive(event(0, 'ann'), event(1, 'bob'), event(2, 'cat'));
    expect(bench.called).toEqual(['0/0', '0/1', '0/2']);
  });

  it('does not send again what a former owner has finished ahead of the committed offset (P4)', () => {
    const state = new PartitionState(toOffset(0), WINDOWS);
    state.applyOutcome(outcome(1, 'bob'), APPENDED_AT);
    const bench = new DeliveryBench({ partitions: [] });
    bench.own(0, state);
    bench.arrive(event(0, 'ann'), event(1, 'bob'));
    expect(bench.calling).toEqual([0]);
    expect(bench.answer(0).acknowledge().driver().commitDue).toBe(2);
  });

  it('does not send what a late fact of a former owner has finished meanwhile', () => {
    const bench = new DeliveryBench({ events: { maxConcurrency: 1 } }).arrive(event(0, 'ann'), event(1, 'bob'));
    bench.driver().outcomesRead([logged(outcome(1, 'bob'))], toOffset(1));
    bench.answer(0);
    expect(bench.calling).toEqual([]);
    expect(bench.driver().figures).toMatchObject({ lanes: 0, heldBytes: 0 });
  });

  it('claims to have read an own outcome only if it knows everything before it', () => {
    const bench = new DeliveryBench().arrive(event(0), event(1, 'bob')).answer(0).answer(1);
    const [first, second] = bench.unwritten;
    bench.delivery.outcomeWritten(first!, { offset: toOffset(1), appendedAt: APPENDED_AT });
    expect(bench.driver().state.outcomesNext).toBe(0);
    bench.driver().outcomesRead([], toOffset(2));
    bench.delivery.outcomeWritten(second!, { offset: toOffset(2), appendedAt: APPENDED_AT });
    expect(bench.driver().state.outcomesNext).toBe(3);
  });
});

describe('what was read of the log', () => {
  const read = (from: number, next: number, ...records: LogRecord[]) => ({ from: toOffset(from), records, next: toOffset(next) });

  it('is taken in where it joins on to what has arrived, whatever else stands between its records and behind them', () => {
    const bench = new DeliveryBench();
    expect(bench.driver().recordsArrived(read(0, 9, event(0), event(3, 'bob')), bench.now)).toBe(true);
    bench.pump().answer(0).answer(3).acknowledge();
    expect(bench.driver().commitDue).toBe(9);
    expect(bench.driver().recordsArrived(read(4, 12), bench.now)).toBe(true);
    expect(bench.driver().commitDue).toBe(12);
  });

  it('is refused if it was asked for from beyond that: nobody has seen what lies between', () => {
    const bench = new DeliveryBench().arrive(event(0));
    expect(bench.driver().recordsArrived(read(2, 4, event(3, 'bob')), bench.now)).toBe(false);
    expect(bench.driver().recordsArrived(read(2, 4), bench.now)).toBe(false);
    expect(bench.pump().called).toEqual(['0/0']);
    expect(bench.driver().figures.arrivedNext).toBe(1);
  });
});

describe('a partition that was given up', () => {
  it('calls and commits nothing more, and still writes how its last call ended', () => {
    const bench = new DeliveryBench().arrive(event(0), event(1));
    const driver = bench.driver();
    bench.delivery.disown(0);
    bench.answer(0);
    expect(bench.ended).toEqual(['0 delivered']);
    expect(bench.calling).toEqual([]);
    bench.acknowledge();
    expect(driver.commitDue).toBeUndefined();
    expect(driver.mayDispatch(bench.now)).toBe(false);
    bench.read([event(2, 'bob')], 0, driver);
    expect(driver.figures.arrivedNext).toBe(2);
  });
});
