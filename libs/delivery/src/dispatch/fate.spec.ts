import { toOffset } from '#segment';
import { LogBreaks } from '../log-place/log-breaks.ts';
import { PartitionState } from '../state/partition-state.ts';
import { APPENDED_AT, DeliveryBench, event, hashOf, outcome, WINDOWS } from '../testing/delivery-bench.ts';
import { evaluate } from '../testing/simulated-event.ts';
import type { CallEvaluation } from './evaluation.ts';

describe('events that need no call', () => {
  it('records what is switched off as filtered', () => {
    const bench = new DeliveryBench().arrive(event(0, 'ann', { fate: 'filtered' }), event(1));
    expect(bench.outcomeOf(0)).toMatchObject({ outcome: 'filtered', detail: 'switched_off', attempts: 0 });
    expect(bench.calling).toEqual([1]);
  });

  it('is a repeat of a message of a log before this one, at whatever offset that stood (P1)', () => {
    const state = new PartitionState(toOffset(0), WINDOWS, { breaks: LogBreaks.none.with(toOffset(0), toOffset(0)) });
    const evaluated = evaluate(event(0), hashOf('ann'));
    const { messageKey } = evaluated as CallEvaluation;
    state.applyOutcome(outcome(0, 'ann', { messageKey }), APPENDED_AT);
    const bench = new DeliveryBench({ partitions: [] });
    bench.own(0, state);
    bench.arrive(event(0), event(1));
    expect(bench.outcomeOf(0)).toMatchObject({ outcome: 'duplicate', log: 1 });
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
