import { toOffset } from '#segment';
import { PartitionState, type Outcome, type Verdict } from '../index.ts';
import {
  APPENDED_AT,
  logged,
  DELIVERED,
  DeliveryBench,
  event,
  identify,
  outcome,
  REFUSED,
  SERVER_ERROR,
  tombstone,
  UNAUTHORIZED,
  WINDOWS,
} from '../testing/delivery-bench.ts';
import { evaluate } from '../testing/simulated-event.ts';

const HEALTHY = 'bob';

/** Lets the account be seen to work for `ms`: somebody else's events are answered well in the meantime. */
function workWell(bench: DeliveryBench, ms: number, from: number): number {
  let offset = from;
  for (let passed = 0; passed < ms; passed += 10_000) {
    bench.arrive(event(offset, HEALTHY)).answer(offset).pass(10_000);
    offset++;
  }
  return offset;
}

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
    const bench = new DeliveryBench().arrive(tombstone(0), tombstone(1)).notice('ann', 0).answer(0);
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
    bench.arrive(tombstone(2)).notice('ann', 2);
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
    driver.recordsArrived([event(2, 'bob')], bench.now);
    expect(driver.figures.arrivedNext).toBe(2);
  });
});

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
});

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

  it('turns no refusal into a dead letter while it lasts', () => {
    const bench = new DeliveryBench().arrive(event(0, 'ann'), event(1, 'bob')).answer(0, UNAUTHORIZED).answer(1, REFUSED);
    expect(bench.ended).toEqual([]);
    bench.pass(5_000).answer(0);
    bench.pass(30_000).answer(1, REFUSED);
    expect(bench.outcomeOf(1)?.outcome).toBe('dead-lettered');
  });
});

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

describe('a replay', () => {
  /** A partition whose first records have ended like this; its frontier is behind them. */
  function past(...outcomes: readonly Outcome[]): DeliveryBench {
    const state = new PartitionState(toOffset(0), WINDOWS);
    for (const fact of outcomes) state.applyOutcome(fact, APPENDED_AT);
    const bench = new DeliveryBench({ partitions: [] });
    bench.own(0, state);
    return bench;
  }
  const delivered = (offset: number, user = 'ann', type: Outcome['type'] = 'track') => {
    const evaluation = evaluate(event(offset, user));
    return outcome(offset, user, { type, ...(evaluation.kind === 'call' && { messageKey: evaluation.messageKey }) });
  };
  const deadLettered = (offset: number, user = 'ann') => outcome(offset, user, { outcome: 'dead-lettered' });

  it('sends a dead letter again and records how it ended, under its run', () => {
    const bench = past(deadLettered(0)).replay({}, event(0)).answer(0);
    expect(bench.outcomeOf(0)).toMatchObject({ outcome: 'delivered', run: 'r1' });
    expect(bench.replayed).toEqual([]);
    expect(bench.acknowledge().replayed).toEqual(['r1 0 delivered']);
  });

  it('skips what was delivered, and sends it again only if asked to', () => {
    const bench = past(delivered(0)).replay({ wasDelivered: true }, event(0));
    expect(bench.replayed).toEqual(['r1 0 skipped']);
    expect(bench.replay({ redeliver: true, wasDelivered: true }, event(0)).calling).toEqual([0]);
  });

  it('never lets a lesser outcome replace a delivered one', () => {
    const bench = past(delivered(0)).replay({ redeliver: true, wasDelivered: true }, event(0));
    bench.answer(0, { kind: 'rejected', status: 400, code: 'event_blocked' });
    expect(bench.outcomes).toEqual([]);
    expect(bench.replayed).toEqual(['r1 0 rejected']);
  });

  it('is overtaken by a deletion like everything else (P5)', () => {
    const bench = past(deadLettered(0)).notice('ann', 5).replay({}, event(0));
    expect(bench.calling).toEqual([]);
    expect(bench.outcomeOf(0)?.outcome).toBe('erased');
  });

  it('never sends a profile that is older than the one delivered last', () => {
    const bench = past(deadLettered(0), delivered(1, 'ann', 'identify')).replay({}, identify(0));
    expect(bench.outcomeOf(0)?.outcome).toBe('stale');
  });

  it('stays behind what its user has in hand, and out of the way of live events (P3)', () => {
    const bench = past(deadLettered(0), deadLettered(1, 'bob')).arrive(event(2)).replay({}, event(0));
    expect(bench.calling).toEqual([2]);
    expect(bench.answer(2).calling).toEqual([0]);
  });

  it('cannot bring back what the live log has in hand', () => {
    const bench = new DeliveryBench().arrive(event(0));
    expect(() => bench.replay({}, event(0))).toThrow(RangeError);
  });

  it('never carries a deletion out a second time', () => {
    const bench = past(outcome(0, 'ann', { type: 'delete' })).replay({}, tombstone(0));
    expect([bench.calling, bench.replayed]).toEqual([[], ['r1 0 skipped']]);
  });
});

describe('what an outcome says', () => {
  it('names the record, the attempts, the answer and the times, and nothing personal (P10)', () => {
    const bench = new DeliveryBench().arrive(event(0)).answer(0, { kind: 'delivered', status: 202, extoleId: 'e1' });
    expect(bench.outcomeOf(0)).toEqual({
      schema: 1,
      outcome: 'delivered',
      type: 'track',
      event: 'thing',
      subject: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      messageId: 'm0',
      messageKey: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      position: { partition: 0, offset: 0 },
      attempts: 1,
      status: 202,
      extoleId: 'e1',
      mappingVersion: '1',
      latencyMs: 1_000_000,
      at: new Date(bench.now.wallMs).toISOString(),
    });
  });
});
