import { toOffset, type HashedSubject } from '#segment';
import { OUTCOMES, type Outcome } from '../endings/outcome.ts';
import { OutcomeIndex } from './outcome-index.ts';
import { replayFate, takesReplay, type ReplayCandidate, type ReplayFilter } from './replay-request.ts';

const someone = '1'.repeat(32) as HashedSubject;
const other = '2'.repeat(32) as HashedSubject;
const delivered = { name: 'delivered' } as const;
const deadLetter = { name: 'dead-lettered', code: 'invalid_json', event: 'conversion', at: '2026-11-24T12:00:00.000Z' } as const;

function takes(filter: ReplayFilter, candidate: Partial<ReplayCandidate>, redeliver = false): boolean {
  return takesReplay({ filter, redeliver }, { subject: someone, type: 'track', event: 'Order Completed', ...candidate });
}

describe('which records a replay takes', () => {
  it('are gaps: without an outcome, or dead-lettered', () => {
    expect(takes({}, {})).toBe(true);
    expect(takes({}, { outcome: deadLetter })).toBe(true);
    for (const name of ['delivered', 'duplicate', 'filtered', 'rejected', 'erased', 'stale'] as const)
      expect(takes({}, { outcome: { name } })).toBe(false);
  });

  it('are all but deletions where it redelivers', () => {
    expect(takes({}, { outcome: delivered }, true)).toBe(true);
    expect(takes({}, { type: 'delete' }, true)).toBe(false);
  });

  it('stay ended where a deletion has ended them: who owns them now may not know of it yet (P5)', () => {
    const candidate = { subject: someone, type: 'track', event: undefined } as const;
    const fates = [{ name: 'erased' }, delivered, deadLetter, undefined].map((outcome) =>
      replayFate({ filter: {}, redeliver: true }, { ...candidate, outcome } as ReplayCandidate),
    );
    expect(fates).toEqual(['erased', 'replayed', 'replayed', 'replayed']);
  });

  it.each<[ReplayFilter, Partial<ReplayCandidate>, boolean]>([
    [{ subject: someone }, {}, true],
    [{ subject: other }, {}, false],
    [{ type: 'identify' }, {}, false],
    [{ event: 'Order Completed' }, {}, true],
    [{ event: 'conversion' }, { outcome: deadLetter }, true],
    [{ event: 'conversion' }, {}, false],
    [{ outcome: 'dead-lettered' }, {}, false],
    [{ outcome: 'dead-lettered', code: 'invalid_json' }, { outcome: deadLetter }, true],
    [{ code: 'other' }, { outcome: deadLetter }, false],
    [{ endedSince: '2026-11-24T12:00:00.000Z' }, { outcome: deadLetter }, true],
    [{ endedSince: '2026-11-24T12:00:00.001Z' }, { outcome: deadLetter }, false],
    [{ endedSince: '2026-11-24T12:00:00.000Z' }, {}, false],
  ])('%j of %j: %p', (filter, candidate, expected) => expect(takes(filter, candidate)).toBe(expected));
});

describe('the outcomes that a replay knows', () => {
  const outcome = (offset: number, extra: Partial<Outcome>): Outcome => ({
    schema: 1,
    outcome: 'delivered',
    type: 'track',
    event: 'conversion',
    subject: someone,
    messageId: 'm',
    position: { partition: 0, offset: toOffset(offset) },
    attempts: 1,
    mappingVersion: 'default',
    latencyMs: 1,
    at: '2026-11-24T12:00:00.000Z',
    ...extra,
  });

  const since = '2026-11-24T12:00:00.000Z';

  it('are the last words on the offsets of its range', () => {
    const index = new OutcomeIndex(toOffset(5), toOffset(10), {});
    index.add(outcome(4, {}));
    index.add(outcome(5, { outcome: 'dead-lettered', code: 'invalid_json' }));
    index.add(outcome(6, { outcome: 'dead-lettered' }));
    index.add(outcome(6, {}));
    index.add(outcome(10, {}));
    expect([4, 5, 6, 10].map((offset) => index.get(toOffset(offset))?.name)).toEqual([
      undefined,
      'dead-lettered',
      'delivered',
      undefined,
    ]);
  });

  it.each(OUTCOMES)('tell of one that is %s what it asks for, and whether it has brought it about itself', (name) => {
    const index = new OutcomeIndex(toOffset(0), toOffset(10), { event: 'conversion', code: 'c', endedSince: since }, 'r-1');
    index.add(outcome(1, { outcome: name, run: 'r-1', code: 'c' }));
    index.add(outcome(2, { outcome: name, event: 'registration', run: 'r-0', code: 'other', at: '2026-11-24T11:59:59.999Z' }));
    expect(index.get(toOffset(1))).toEqual({ name, event: 'conversion', code: 'c', at: since, ofThisRun: true });
    expect(index.get(toOffset(2))).toEqual({ name, ofThisRun: false });
  });
});
