import type { DeletionNotice, Outcome } from '#delivery';
import { deletionStatusOf, openDeletions } from '#operations';
import { toOffset, type HashedSubject } from '#segment';
import { LatestOutcomes, renderOutcomes } from './outcome-list.ts';

const subject = 'a'.repeat(32) as HashedSubject;

function outcome(partition: number, offset: number, extra: Partial<Outcome> = {}): Outcome {
  return {
    schema: 1,
    outcome: 'delivered',
    type: 'track',
    event: 'conversion',
    subject,
    messageId: `m-${offset}`,
    position: { partition, offset: toOffset(offset) },
    attempts: 1,
    mappingVersion: 'default',
    latencyMs: 5,
    at: '2026-11-24T12:00:00.000Z',
    ...extra,
  };
}

describe('the outcomes that are shown', () => {
  it('are the last ones of their positions, in the order of the log', () => {
    const latest = new LatestOutcomes();
    [outcome(1, 3), outcome(0, 9), outcome(0, 4, { outcome: 'dead-lettered', code: 'invalid_json', status: 400 })].forEach(
      (one) => latest.add(one),
    );
    latest.add(outcome(0, 9, { run: 'r-1' }));
    expect(renderOutcomes(latest.outcomes).split('\n').slice(1)).toEqual([
      expect.stringMatching(/^0:4 .*dead-lettered {2}400 invalid_json/),
      expect.stringMatching(/^0:9 .*delivered .*r-1$/),
      expect.stringMatching(/^1:3 .*delivered/),
    ]);
  });
});

describe('the status of a deletion', () => {
  const about = { deletionId: 'del_x', position: { partition: 0, offset: toOffset(5) }, requestedAt: '2026-11-24T11:00:00.000Z' };

  it('is accepted until Extole has taken it', () => {
    expect(deletionStatusOf(about, undefined)).toEqual({ ...about, status: 'accepted' });
    expect(deletionStatusOf(about, outcome(0, 5, { type: 'delete' }))).toEqual({
      ...about,
      status: 'sent',
      endedAt: '2026-11-24T12:00:00.000Z',
    });
  });

  it('is open until then, the longest waiting first', () => {
    const notice = (offset: number, requestedAt: string): DeletionNotice => ({
      subject,
      deletionId: `del_${offset}`,
      partition: 0,
      offset: toOffset(offset),
      requestedAt,
    });
    const notices = [
      notice(1, '2026-11-24T12:00:00Z'),
      notice(2, '2026-11-24T11:00:00Z'),
      notice(3, '2026-11-24T10:00:00Z'),
      notice(1, '2026-11-24T12:00:00Z'),
    ];
    const open = openDeletions(notices, new Map([['0:3', outcome(0, 3, { type: 'delete' })]]));
    expect(open.map(({ deletionId }) => deletionId)).toEqual(['del_2', 'del_1']);
  });
});
