import type { LogAcceptance } from '#delivery';
import { toOffset } from '#segment';
import type { EncodedRecord } from './encoded-record.ts';
import { decodeLogAcceptance, encodeLogAcceptance } from './log-acceptance-records.ts';
import { decodeReplayRecord } from './replay-records.ts';

const acceptance: LogAcceptance = {
  partition: 3,
  breaks: [{ log: 2, from: toOffset(600), deletionsBefore: toOffset(40) }],
  lost: { from: toOffset(10), to: toOffset(20) },
  at: '2026-11-30T12:00:00.000Z',
};

function written({ key, value, headers }: EncodedRecord) {
  return { offset: '7', key: Buffer.from(key), value, timestamp: '0', headers };
}

describe("an operator's word on a log", () => {
  it('comes back as it was written, one key a partition', () => {
    const record = encodeLogAcceptance(acceptance);
    expect(record.key).toBe('log/3');
    expect(decodeReplayRecord(written(record))).toEqual({ type: 'log', acceptance });
  });

  it.each([
    ['partition', { partition: -1 }],
    ['breaks', { breaks: [null] }],
    ['breaks', { breaks: [{ log: 1, from: -1, deletionsBefore: 0 }] }],
    ['lost', { lost: { from: 1 } }],
    ['at', { at: 'yesterday' }],
  ])('is none with broken %s', (field, broken) => {
    const value = Buffer.from(JSON.stringify({ ...acceptance, ...broken }));
    expect(decodeLogAcceptance(written({ ...encodeLogAcceptance(acceptance), value }))).toMatchObject({
      kind: 'undecodable',
      reason: `the ${field} of its acceptance is missing or broken`,
    });
  });
});
