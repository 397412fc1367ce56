import type { KnownOutcome, ReplayFilter } from '#delivery';
import { SubjectHasher, toSubjectKey } from '#segment';
import type { RawRecord } from '../records/raw-record.ts';
import { ReplaySelection } from './replay-selection.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.parse('2026-11-24T12:00:00Z');
const hasher = new SubjectHasher('sixteen characters', 'default');

function message(extra: { readonly value?: null; readonly headers?: Record<string, string> } = {}): RawRecord {
  return {
    key: Buffer.from('u1'),
    value: Buffer.from(JSON.stringify({ type: 'track', event: 'Order Completed', messageId: 'm1' })),
    timestamp: String(NOW),
    offset: '7',
    headers: { type: 'track', messageId: 'm1', receivedAt: '2026-11-24T11:59:00.000Z', schema: '1' },
    ...extra,
  };
}

function choose(record: RawRecord, outcome?: KnownOutcome, filter: ReplayFilter = {}, redeliver = false) {
  const request = { run: 'r-1', filter, redeliver };
  return new ReplaySelection({ request, hasher, dedupWindowMs: HOUR_MS }).choose(record, outcome, NOW);
}

describe('what a replay does with a record', () => {
  it('hands a gap over', () => {
    expect(choose(message())).toMatchObject({
      kind: 'replayed',
      record: { offset: 7, subject: 'u1' },
      tag: { run: 'r-1', redeliver: false, wasDelivered: false },
    });
  });

  it('ignores what was delivered, unless it redelivers, and then says so', () => {
    const delivered = { name: 'delivered', ofThisRun: false } as const;
    expect(choose(message(), delivered)).toEqual({ kind: 'ignored' });
    expect(choose(message(), delivered, {}, true)).toMatchObject({ tag: { redeliver: true, wasDelivered: true } });
  });

  it('counts what it has done itself before its partition changed hands, and sends it no second time', () => {
    const done = { name: 'delivered', ofThisRun: true } as const;
    expect(choose(message(), done, {}, true)).toEqual({ kind: 'ended', result: 'delivered' });
  });

  it('leaves alone what may have been delivered before the outcomes reach back, unless it redelivers', () => {
    const old = message({ headers: { ...message().headers, receivedAt: '2026-11-24T10:00:00.000Z' } });
    expect(choose(old)).toEqual({ kind: 'ended', result: 'skipped' });
    expect(choose(old, undefined, {}, true)).toMatchObject({ kind: 'replayed' });
  });

  it("knows an event by Segment's name and a user by the hash", () => {
    expect(choose(message(), undefined, { event: 'Order Completed' })).toMatchObject({ kind: 'replayed' });
    expect(choose(message(), undefined, { event: 'Signed Up' })).toEqual({ kind: 'ignored' });
    expect(choose(message(), undefined, { subject: hasher.subject(toSubjectKey('u1')) })).toMatchObject({ kind: 'replayed' });
  });

  it('hands on what cannot be understood, so that it ends as a dead letter again', () => {
    const broken = message({ headers: {} });
    const deadLetter = { name: 'dead-lettered', code: 'undecodable_record', ofThisRun: false } as const;
    expect(choose(broken, deadLetter, { outcome: 'dead-lettered' })).toMatchObject({ kind: 'replayed', record: { value: null } });
  });

  it('never hands over what a deletion has ended, though the present owner may not have read that far (P5)', () => {
    const erased = { name: 'erased', ofThisRun: false } as const;
    expect(choose(message(), erased, {}, true)).toEqual({ kind: 'ended', result: 'erased' });
    expect(choose(message(), erased)).toEqual({ kind: 'ignored' });
  });

  it('never takes a deletion', () => {
    const tombstone = message({ value: null, headers: { type: 'delete', messageId: 'd1' } });
    expect(choose(tombstone, undefined, {}, true)).toEqual({ kind: 'ignored' });
  });
});
