import type { Outcome } from '#delivery';
import { toOffset, type HashedSubject } from '#segment';
import { DeadLetterIndex, type DeadLetterFilter } from './dead-letter-index.ts';

function outcome(partition: number, offset: number, extra: Partial<Outcome> = {}): Outcome {
  return {
    schema: 1,
    outcome: 'dead-lettered',
    type: 'track',
    event: 'conversion',
    code: 'invalid_parameter',
    subject: '0'.repeat(32) as HashedSubject,
    messageId: `m${offset}`,
    position: { partition, offset: toOffset(offset) },
    attempts: 1,
    mappingVersion: 'default',
    latencyMs: 5,
    at: `2026-11-24T12:00:${String(offset).padStart(2, '0')}.000Z`,
    ...extra,
  };
}

function indexOf(outcomes: readonly Outcome[], filter: DeadLetterFilter = {}): DeadLetterIndex {
  const index = new DeadLetterIndex('default', filter);
  outcomes.forEach((one) => index.add(one));
  return index;
}

describe('the dead letters of a source', () => {
  it('are grouped by code and event, with the first, the last and an example', () => {
    const index = indexOf([outcome(0, 5), outcome(1, 9), outcome(0, 3, { event: 'registration' }), outcome(0, 7)]);
    expect(index.groups).toEqual([
      {
        source: 'default',
        code: 'invalid_parameter',
        event: 'conversion',
        count: 3,
        first: '2026-11-24T12:00:05.000Z',
        last: '2026-11-24T12:00:09.000Z',
        example: '1:9',
      },
      expect.objectContaining({ event: 'registration', count: 1, example: '0:3' }),
    ]);
  });

  it('are those whose last outcome says so', () => {
    const index = indexOf([outcome(0, 5), outcome(0, 5, { outcome: 'delivered' }), outcome(0, 6), outcome(0, 6)]);
    expect(index.count).toBe(1);
    expect(index.ranges).toEqual([{ partition: 0, from: 6, to: 7 }]);
  });

  it('are looked for by code, event and time', () => {
    const outcomes = [outcome(0, 5), outcome(0, 6, { code: 'invalid_json' }), outcome(1, 7, { event: 'registration' })];
    expect(indexOf(outcomes, { code: 'invalid_json' }).ranges).toEqual([{ partition: 0, from: 6, to: 7 }]);
    expect(indexOf(outcomes, { event: 'registration' }).count).toBe(1);
    expect(indexOf(outcomes, { since: '2026-11-24T12:00:06.000Z' }).count).toBe(2);
  });
});
