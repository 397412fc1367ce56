import type { Outcome } from '#delivery';
import { toOffset, type HashedSubject } from '#segment';
import type { SourceState } from '../api/index.ts';
import { fateOf, type FateContext } from './fate.ts';

const position = { partition: 2, offset: toOffset(30) };
const delivering: SourceState = { kind: 'delivering', forwarders: ['f'] };
const stopped: SourceState = {
  kind: 'stopped',
  reason: 'configuration',
  why: 'Extole answers 401: check EXTOLE_ACCESS_TOKEN',
  forwarders: ['f'],
};
const context: FateContext = { source: 'default', frontier: 10, waiting: 0, state: delivering };

function outcome(extra: Partial<Outcome>): Outcome {
  return {
    schema: 1,
    outcome: 'delivered',
    type: 'track',
    subject: 'a'.repeat(32) as HashedSubject,
    messageId: 'm1',
    position,
    attempts: 1,
    mappingVersion: 'default',
    latencyMs: 5,
    at: '2026-11-24T12:00:00.000Z',
    ...extra,
  };
}

const fate = (extra: Partial<Outcome>, change: Partial<FateContext> = {}) =>
  fateOf(position, 'track', outcome(extra), { ...context, ...change });
const open = (change: Partial<FateContext> = {}, type: 'track' | 'delete' = 'track') =>
  fateOf(position, type, undefined, { ...context, ...change });

describe('why a conversion did not reach Extole', () => {
  it('because it was filtered: by which rule', () => {
    expect(fate({ outcome: 'filtered', detail: 'dropped_by_mapping' }, { rule: 'track.events.Internal Ping' })).toEqual({
      kind: 'filtered',
      reason: 'dropped_by_mapping',
      rule: 'track.events.Internal Ping',
      summary: 'not sent: the mapping drops events of this name (track.events.Internal Ping)',
    });
  });

  it('because it is a duplicate: of what, and by which key', () => {
    const of = { position: { partition: 2, offset: 7 }, messageId: 'm0', outcome: 'delivered', at: null } as const;
    const duplicate = fate({ outcome: 'duplicate', detail: 'of offset 7' }, { original: of });
    expect(duplicate).toMatchObject({ kind: 'duplicate', of, by: 'partner-key' });
    expect(duplicate.summary).toContain("repeats the event at 2:7 (the same partner's key)");
    expect(fate({ outcome: 'duplicate' }, { original: { ...of, messageId: 'm1' } })).toMatchObject({ by: 'message' });
  });

  it('because it was given up: with the code, and what to do', () => {
    const letter = fate({ outcome: 'dead-lettered', status: 400, code: 'validation_error' });
    expect(letter).toMatchObject({ kind: 'dead-lettered', code: 'validation_error' });
    expect(letter.summary).toMatch(/400 validation_error.*then redrive/);
  });

  it('because the account is stopped: why, and what to do', () => {
    const held = open({ state: stopped });
    expect(held).toMatchObject({ kind: 'held', reason: 'configuration', ahead: 20 });
    expect(held.summary).toContain('check EXTOLE_ACCESS_TOKEN');
  });

  it('because its user was deleted: by which deletion', () => {
    const by = { deletionId: 'del_x', position: { partition: 2, offset: 40 }, requestedAt: '2026-11-24T12:00:00.000Z' };
    expect(fate({ outcome: 'erased' }, { deletion: by })).toMatchObject({ kind: 'erased', by });
    expect(fate({ outcome: 'erased' }, { deletion: by }).summary).toContain('at 2:40');
  });

  it('because it is still in the backlog: how far from its turn', () => {
    expect(open()).toMatchObject({ kind: 'backlog', ahead: 20 });
    expect(open({ frontier: 30, waiting: 2 }).summary).toContain(
      '2 users of the partition with an event that waits for another attempt',
    );
  });

  it('because the programme refused it, or it is too long ago to tell', () => {
    expect(fate({ outcome: 'rejected', code: 'event_blocked' })).toMatchObject({ kind: 'rejected', code: 'event_blocked' });
    expect(open({ frontier: 31 })).toMatchObject({ kind: 'unknown' });
  });

  it('or that it did', () => {
    expect(fate({})).toMatchObject({ kind: 'delivered' });
    expect(fate({ type: 'delete' })).toMatchObject({ kind: 'erasure-sent' });
    expect(open({}, 'delete')).toMatchObject({ kind: 'erasure-open' });
  });
});
