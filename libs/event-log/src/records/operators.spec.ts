import type { DeletionNotice, LogAcceptance, ReplayRequest, SourceControl } from '#delivery';
import { toOffset, type HashedSubject } from '#segment';
import { encodeAuditRecord, type AuditRecord } from './audit-records.ts';
import { encodeSourceControl } from './control-records.ts';
import { decodeDeletionNotice, encodeDeletionNotice } from './deletion-records.ts';
import type { EncodedRecord } from './encoded-record.ts';
import { encodeLogAcceptance } from './log-acceptance-records.ts';
import type { RawRecord } from './raw-record.ts';
import { decodeReplayRecord, encodeReplayRequest } from './replay-records.ts';

const at = '2026-11-24T12:00:00.000Z';
const subject = '0123456789abcdef0123456789abcdef' as HashedSubject;

function stored({ key, value, headers }: EncodedRecord): RawRecord {
  return raw(headers['type'] ?? '', key, value?.toString() ?? '');
}

/** As the bytes stand in the topic. */
function raw(type: string, key: string, value: string): RawRecord {
  const headers = { type: Buffer.from(type), schema: Buffer.from('1') };
  return { key: Buffer.from(key), value: Buffer.from(value), headers, offset: '7', timestamp: '1700000000000' };
}

const control: SourceControl = { kind: 'delivery', wanted: 'stopped', at, note: 'why', by: 'anna' };
const probe: SourceControl = { kind: 'probe', at, by: 'anna' };
const request: ReplayRequest = {
  run: 'r-1',
  state: 'paused',
  requestedAt: at,
  ranges: [],
  filter: {},
  redeliver: false,
  by: 'anna',
};
const acceptance: LogAcceptance = { partition: 3, breaks: [], at, by: 'anna' };
const notice: DeletionNotice = {
  ...{ subject, deletionId: 'del_1', partition: 0, offset: toOffset(7), requestedAt: at },
  ...{ liftedFrom: toOffset(9), liftedBy: 'anna' },
};
const audit: AuditRecord = { action: 'unmask', at, by: 'anna@shop.example', via: 'console', partition: 3, offset: 1_200 };

describe('a record of what an operator wants', () => {
  it('says who', () => {
    expect(decodeReplayRecord(stored(encodeSourceControl(control)))).toEqual({ type: 'control', control });
    expect(decodeReplayRecord(stored(encodeSourceControl(probe)))).toEqual({ type: 'control', control: probe });
    expect(decodeReplayRecord(stored(encodeReplayRequest(request)))).toEqual({ type: 'request', request });
    expect(decodeReplayRecord(stored(encodeLogAcceptance(acceptance)))).toEqual({ type: 'log', acceptance });
    expect(decodeDeletionNotice(stored(encodeDeletionNotice(notice)))).toEqual(notice);
  });

  // The bytes of a build before operators had names.
  it.each([
    ['control', 'control/delivery', `{"kind":"delivery","wanted":"stopped","at":"${at}","note":"campaign is being changed"}`],
    ['control', 'control/probe', `{"kind":"probe","at":"${at}"}`],
    [
      'request',
      'r-20261124-120000-ab12',
      `{"run":"r-20261124-120000-ab12","state":"running","requestedAt":"${at}","ranges":[{"partition":0,"from":0,"to":12}],"filter":{"outcome":"dead-lettered"},"redeliver":false}`,
    ],
    ['log', 'log/2', `{"partition":2,"breaks":[{"log":1,"from":7,"deletionsBefore":3}],"at":"${at}"}`],
  ])('of before operators had names is read as it was: %s %s', (type, key, value) => {
    expect(JSON.stringify(Object.values(decodeReplayRecord(raw(type, key, value)))[1])).toBe(value);
  });

  it('of a lift likewise', () => {
    const value = `{"deletionId":"del_1","partition":0,"offset":7,"requestedAt":"${at}","liftedFrom":9}`;
    expect(decodeDeletionNotice(raw('deletion', subject, value))).toEqual({ subject, ...(JSON.parse(value) as object) });
  });

  it('stops the source all the same where the name is none, which is left out', () => {
    const value = `{"kind":"delivery","wanted":"stopped","at":"${at}","by":"an\\u001b[31mna"}`;
    expect(decodeReplayRecord(raw('control', 'control/delivery', value))).toEqual({
      type: 'control',
      control: { kind: 'delivery', wanted: 'stopped', at },
    });
  });
});

describe('a record of what an operator has done', () => {
  it('comes back as it was written, under a key of its own, which compaction keeps', () => {
    const [one, other] = [encodeAuditRecord(audit, '1'), encodeAuditRecord(audit, '2')];
    expect(decodeReplayRecord(stored(one))).toEqual({ type: 'audit', audit });
    expect(one.key).not.toBe(other.key);
  });

  it('of an action that this version does not know is told, too', () => {
    const later = { ...audit, action: 'export' };
    expect(decodeReplayRecord(raw('audit', 'audit/1', JSON.stringify(later)))).toEqual({ type: 'audit', audit: later });
  });

  it.each<object | null>([
    null,
    {},
    { ...audit, by: undefined },
    { ...audit, by: 'two words' },
    { ...audit, at: 'yesterday' },
    { ...audit, via: 'dream' },
    { ...audit, action: '<b>' },
    { ...audit, note: 'x'.repeat(5_000) },
  ])('is passed over where it is none: %j', (value) =>
    expect(decodeReplayRecord(raw('audit', 'audit/1', JSON.stringify(value)))).toMatchObject({ kind: 'undecodable' }),
  );
});
