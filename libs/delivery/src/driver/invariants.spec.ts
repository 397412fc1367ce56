import { toOffset } from '#segment';
import { DeletionBarrier } from '../deletion/deletion-barrier.ts';
import { Calls } from '../dispatch/calls.ts';
import { Repeats } from '../dispatch/repeats.ts';
import { Conclusions } from '../endings/conclusions.ts';
import { Endings } from '../endings/endings.ts';
import { INVARIANTS, PartitionState, type Invariant, type LogRecord, type OutcomeName } from '../index.ts';
import { HeldRecord } from '../lanes/held-record.ts';
import { LaneSchedule } from '../lanes/lane-schedule.ts';
import type { Lane } from '../lanes/lane.ts';
import { ReplayEnds } from '../replay/replay-ends.ts';
import { event, hashOf, logged, noticeOf, tombstone, WINDOWS } from '../testing/delivery-bench.ts';
import { evaluate } from '../testing/simulated-event.ts';
import { InDoubt } from './in-doubt.ts';
import { Intake } from './intake.ts';
import { Outbox } from './outbox.ts';

const ANN = hashOf('ann');
const NOW = { monotonicMs: 1_000, wallMs: 1_700_000_000_000 };
const LIMITS = {
  maxHeldBytes: 1_000_000,
  maxLead: 1_000,
  maxUnwrittenOutcomes: 1_000,
  maxAttemptAgeMs: 60_000,
  deletionLagBoundMs: 5_000,
};

/** Where calls and outcomes of a partition are decided, without what leads there: so each can be asked for what must not be. */
class Decisions {
  readonly outbox = new Outbox();
  readonly schedule = new LaneSchedule();
  readonly barrier: DeletionBarrier;
  readonly conclusions: Conclusions;
  readonly endings: Endings;
  readonly calls: Calls;
  private readonly intake: Intake;

  constructor() {
    const { outbox, schedule } = this;
    const state = new PartitionState(toOffset(0), WINDOWS);
    const inDoubt = new InDoubt();
    const barrier = new DeletionBarrier(state, LIMITS.deletionLagBoundMs, 'accept');
    const shared = { partition: 0, generation: 1, mappingVersion: '1', state, barrier, inDoubt, outbox };
    this.barrier = barrier;
    this.intake = new Intake(0, LIMITS, state.frontier, schedule, inDoubt, outbox);
    this.conclusions = new Conclusions({ ...shared, repeats: new Repeats(state), replays: new ReplayEnds(0, outbox) });
    this.endings = new Endings(this.conclusions, schedule, this.intake, () => 0.999);
    this.calls = new Calls({ ...shared, maxUnwrittenOutcomes: 1_000, endings: this.endings });
    barrier.proven(NOW.monotonicMs);
  }

  /** A record of ann's whose turn has come. */
  head(record: LogRecord, attempts = 0): { lane: Lane; held: HeldRecord } {
    const held = new HeldRecord(record);
    held.attempts = attempts;
    if (record.type !== 'delete') held.evaluation = evaluate(record);
    this.intake.hold(held, ANN);
    const lane = this.schedule.take(record.type === 'delete' ? 'erasure' : 'event')?.lane;
    if (lane === undefined) throw new Error('nobody’s turn has come');
    return { lane, held };
  }

  call({ lane, held }: { lane: Lane; held: HeldRecord }, now = NOW): boolean {
    const permit = () => ({ epoch: 0 });
    return held.record.type === 'delete'
      ? this.calls.erasure(lane, held, now, permit)
      : this.calls.event(lane, held, now, permit);
  }

  /** What was decided, and what has been found broken, as its name. */
  take(): string[] {
    return this.outbox.take().map((decision) => (decision.kind === 'invariant-broken' ? decision.invariant : decision.kind));
  }
}

const seen = new Set<string>();
afterAll(() => {
  expect([...seen].sort()).toEqual([...INVARIANTS].sort());
});

/** Each name is broken by some test here. */
function only(invariant: Invariant): string[] {
  seen.add(invariant);
  return [invariant];
}

describe('a call that must not be', () => {
  it('is let go when nothing is wrong with it', () => {
    const decisions = new Decisions();
    expect(decisions.call(decisions.head(event(0)))).toBe(true);
    expect(decisions.take()).toEqual(['call']);
  });

  it('beside another of its user is not sent (P3), and leaves the lane to the one in flight', () => {
    const decisions = new Decisions();
    const head = decisions.head(event(0));
    decisions.call(head);
    decisions.take();
    expect(decisions.call(head)).toBe(false);
    expect(decisions.take()).toEqual(only('call-beside-another'));
    expect(head.lane.state).toBe('in-flight');
  });

  it.each<[Invariant, string, LogRecord, (decisions: Decisions, held: HeldRecord) => void]>([
    ['call-of-lost-partition', 'after the partition was given up (P8)', event(0), ({ calls }) => calls.revoke()],
    [
      'call-of-ended',
      'of an event that has its outcome',
      event(0),
      ({ conclusions, outbox }, held) => {
        conclusions.conclude(held, ANN, 'filtered', NOW, {});
        outbox.take();
      },
    ],
    [
      'call-below-deletion',
      'of an event below a tombstone (P5)',
      event(0),
      ({ barrier }) => barrier.tombstoneRead(ANN, toOffset(5)),
    ],
    [
      'call-below-deletion',
      'of an event below a notice (P5)',
      event(0),
      ({ barrier }) => void barrier.noticeRead(logged(noticeOf('ann', 5))),
    ],
    ['erasure-without-notice', 'for a deletion that was not announced (P5)', tombstone(0), () => undefined],
  ])('%s: %s is not sent, and its lane is looked at again', (invariant, _, record, spoil) => {
    const decisions = new Decisions();
    const head = decisions.head(record);
    spoil(decisions, head.held);
    expect(decisions.call(head)).toBe(false);
    expect(decisions.take()).toEqual(only(invariant));
    expect(head.lane.state).toBe('waiting');
    decisions.schedule.wake(NOW.monotonicMs + 30_000);
    expect(decisions.schedule.hasReady(record.type === 'delete' ? 'erasure' : 'event')).toBe(true);
  });

  it('without a fresh proof that all deletions are known is not sent (P5)', () => {
    const decisions = new Decisions();
    expect(decisions.call(decisions.head(event(0)), { ...NOW, monotonicMs: NOW.monotonicMs + 5_001 })).toBe(false);
    expect(decisions.take()).toEqual(only('call-without-proof'));
  });
});

describe('an outcome that must not be', () => {
  it.each<[Invariant, LogRecord, OutcomeName, number]>([
    ['erased-without-deletion', event(0), 'erased', 0],
    ['delivered-without-call', event(0), 'delivered', 0],
    ['delivered-without-call', tombstone(0), 'delivered', 0],
    ['deletion-given-up', tombstone(0), 'dead-lettered', 1],
    ['deletion-given-up', tombstone(0), 'filtered', 0],
  ])('%s: is not said, and the record stays where it is', (invariant, record, outcome, attempts) => {
    const decisions = new Decisions();
    const { lane, held } = decisions.head(record, attempts);
    decisions.endings.finish(lane, held, outcome, NOW, {});
    expect(decisions.take()).toEqual(only(invariant));
    expect([lane.head, lane.state]).toEqual([held, 'waiting']);
  });

  it('is a second one of the same record: only the first is said, and the user goes on', () => {
    const decisions = new Decisions();
    const { lane, held } = decisions.head(event(0));
    decisions.conclusions.conclude(held, ANN, 'filtered', NOW, {});
    decisions.endings.finish(lane, held, 'dead-lettered', NOW, {});
    expect(decisions.take()).toEqual(['write-outcome', ...only('ended-twice')]);
    expect(lane.head).toBeUndefined();
  });

  it('is a delivery whose repeats could not be known: it is said all the same, since it is true (P4)', () => {
    const decisions = new Decisions();
    const { lane, held } = decisions.head(event(0), 1);
    decisions.endings.finish(lane, held, 'delivered', NOW, {});
    expect(decisions.take()).toEqual([...only('delivered-without-key'), 'write-outcome']);
  });
});
