import { toOffset } from '#segment';
import { PartitionState } from '../index.ts';
import {
  APPENDED_AT,
  DeliveryBench,
  event,
  logged,
  outcome,
  tombstone,
  UNAUTHORIZED,
  WINDOWS,
} from '../testing/delivery-bench.ts';

describe('bounded memory (P9)', () => {
  const bytesOf = (record: { value: Buffer | null }) => (record.value?.length ?? 0) + 300;

  it('pauses the intake at the bound of held bytes, and takes it up well below', () => {
    const records = Array.from({ length: 10 }, (_, offset) => event(offset));
    const maxHeldBytes = records.slice(0, 8).reduce((sum, record) => sum + bytesOf(record), 0);
    const bench = new DeliveryBench({ limits: { maxHeldBytes } }).arrive(...records.slice(0, 7));
    expect(bench.intake).toEqual([]);
    bench.arrive(...records.slice(7, 8));
    expect(bench.intake).toEqual(['pause']);
    for (let offset = 0; offset < 4; offset++) bench.answer(offset);
    expect(bench.intake).toEqual(['pause']);
    bench.answer(4);
    expect(bench.intake).toEqual(['pause', 'resume']);
  });

  it('reads ahead only as far as is useful while many users are ready', () => {
    const [first, second, third] = [event(0, 'ann'), event(1, 'bob'), event(2, 'cat')];
    const readAhead = { bytes: bytesOf(first) + bytesOf(second), lanes: 2 };
    const bench = new DeliveryBench({ limits: { readAhead }, events: { maxConcurrency: 1 } }).arrive(first).arrive(second);
    expect(bench.intake).toEqual([]);
    bench.arrive(third);
    expect(bench.intake).toEqual(['pause']);
    bench.answer(0).answer(1);
    expect(bench.intake).toEqual(['pause', 'resume']);
  });

  it('goes on reading while one user has nearly all that is held', () => {
    const readAhead = { bytes: bytesOf(event(0)), lanes: 2 };
    const bench = new DeliveryBench({ limits: { readAhead }, events: { maxConcurrency: 1 } });
    bench.arrive(...Array.from({ length: 100 }, (_, offset) => event(offset)));
    expect(bench.intake).toEqual([]);
  });

  it('is fed again when the others have run out, however much it holds of one user', () => {
    const hot = Array.from({ length: 12 }, (_, offset) => event(offset, 'hot'));
    const others = [event(12, 'ann'), event(13, 'bob'), event(14, 'cat')];
    const maxHeldBytes = 20 * bytesOf(event(0, 'hot'));
    const readAhead = { bytes: bytesOf(event(0, 'hot')), lanes: 2 };
    const bench = new DeliveryBench({ limits: { maxHeldBytes, readAhead }, events: { maxConcurrency: 2 } }).arrive(
      ...hot,
      ...others,
    );
    expect(bench.intake).toEqual(['pause']);
    // The hot user's first call is still in flight: 12 of 20 records stay.
    bench.answer(12).answer(13).answer(14);
    expect(bench.intake).toEqual(['pause', 'resume']);
  });

  it('counts back everything that it held', () => {
    const bench = new DeliveryBench().arrive(event(0), event(1, 'bob'), event(2), event(3, 'cat', { fate: 'filtered' }));
    bench.arrive(tombstone(4)).notice('ann', 4).answer(0).answer(1).answer(4).acknowledge();
    expect(bench.ended).toHaveLength(5);
    expect(bench.driver().figures).toMatchObject({ heldBytes: 0, lanes: 0, inFlight: 0, unwrittenOutcomes: 0, lead: 0 });
  });

  it('pauses when finished work runs too far ahead of the frontier', () => {
    const bench = new DeliveryBench({ limits: { maxLead: 4 } }).arrive(event(0, 'slow'));
    for (let offset = 1; offset < 4; offset++)
      bench
        .arrive(event(offset, `u${offset}`))
        .answer(offset)
        .acknowledge();
    expect(bench.intake).toEqual(['pause']);
    bench.answer(0).acknowledge();
    expect(bench.intake).toEqual(['pause', 'resume']);
  });

  it('does not stay paused because of what a former owner has finished further ahead', () => {
    const state = new PartitionState(toOffset(0), WINDOWS);
    for (let offset = 2; offset < 10; offset++) state.applyOutcome(outcome(offset, `u${offset}`), APPENDED_AT);
    const bench = new DeliveryBench({ partitions: [], limits: { maxLead: 4 } });
    bench.own(0, state);
    bench.arrive(event(0, 'ann')).answer(0).acknowledge();
    expect(bench.driver().figures).toMatchObject({ frontier: 1, paused: false });
  });

  it('takes the intake up again when late facts of a former owner have ended all that it held', () => {
    const bench = new DeliveryBench({ events: { maxConcurrency: 1 }, limits: { maxHeldBytes: 900 } });
    bench.arrive(event(0, 'ann')).answer(0, UNAUTHORIZED).arrive(event(1, 'bob'), event(2, 'cat'));
    expect(bench.intake).toEqual(['pause']);
    bench.driver().outcomesRead(
      [outcome(0, 'ann'), outcome(1, 'bob'), outcome(2, 'cat')].map((fact) => logged(fact)),
      toOffset(3),
    );
    bench.pass(5_000);
    expect(bench.intake).toEqual(['pause', 'resume']);
  });

  it('decides no more while too many outcomes wait for Kafka', () => {
    const bench = new DeliveryBench({ limits: { maxUnwrittenOutcomes: 2 } });
    bench.arrive(event(0), event(1), event(2)).answer(0).answer(1);
    expect(bench.calling).toEqual([]);
    expect(bench.acknowledge(1).calling).toEqual([2]);
  });

  it('pauses when a deleted user leaves a long backlog of outcomes to write', () => {
    const bench = new DeliveryBench({ limits: { maxUnwrittenOutcomes: 4 } }).notice('ann', 99);
    bench.arrive(event(0), event(1), event(2), event(3));
    expect(bench.intake).toEqual(['pause']);
    expect(bench.acknowledge().intake).toEqual(['pause', 'resume']);
  });
});
