import type { SourceControl } from '#delivery';
import { decodeSourceControl, encodeSourceControl } from './control-records.ts';
import type { EncodedRecord } from './encoded-record.ts';
import type { RawRecord } from './raw-record.ts';
import { decodeReplayRecord } from './replay-records.ts';

const at = '2026-11-24T12:00:00.000Z';

function stored({ key, value, headers }: EncodedRecord): RawRecord {
  const bytes = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
  return { key: Buffer.from(key), value, headers: bytes, offset: '7', timestamp: '1700000000000' };
}

function written(value: unknown): RawRecord {
  return stored({ key: 'control/delivery', value: Buffer.from(JSON.stringify(value)), headers: { type: 'control' } });
}

describe("an operator's word in the log", () => {
  it.each<SourceControl>([
    { kind: 'delivery', wanted: 'stopped', at, note: 'campaign is being changed' },
    { kind: 'delivery', wanted: 'stopped', at },
    { kind: 'delivery', wanted: 'running', at },
    { kind: 'probe', at },
  ])('comes back as it was written, among the records of replays: %j', (control) => {
    expect(decodeReplayRecord(stored(encodeSourceControl(control)))).toEqual({ type: 'control', control });
  });

  it('has one key for each kind, so that compaction keeps the last word and a probe hides no stop', () => {
    const keys = [
      encodeSourceControl({ kind: 'delivery', wanted: 'stopped', at }),
      encodeSourceControl({ kind: 'delivery', wanted: 'running', at }),
      encodeSourceControl({ kind: 'probe', at }),
    ].map(({ key }) => key);
    expect(keys).toEqual(['control/delivery', 'control/delivery', 'control/probe']);
  });

  it.each([
    {},
    { kind: 'delivery', at },
    { kind: 'delivery', wanted: 'faster', at },
    { kind: 'other', at },
    { kind: 'probe' },
    5,
    null,
  ])('is passed over where it is not understood: %j', (value) =>
    expect(decodeSourceControl(written(value))).toMatchObject({ kind: 'undecodable' }),
  );
});
