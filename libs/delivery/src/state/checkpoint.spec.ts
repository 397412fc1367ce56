import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { toOffset, type Hash } from '#segment';
import { APPENDED_AT, hashOf, noticeOf, outcome } from '../testing/delivery-bench.ts';
import { LogBreaks } from '../log-place/log-breaks.ts';
import { fakeHash } from '../testing/simulated-event.ts';
import { readCheckpoint, writeCheckpoint, type CheckpointIdentity } from './checkpoint.ts';
import { PartitionState, type StateWindows } from './partition-state.ts';

const IDENTITY: CheckpointIdentity = { topic: 'segment.events.default', cluster: 'c1', partition: 3, hashKey: 'abcd' };
const WINDOWS: StateWindows = { dedupMs: 30 * 86_400_000, deletionsMs: 60 * 86_400_000 };
const COMMITTED = toOffset(5);

function stateWith(finished: readonly number[], keys: readonly Hash[] = [], deleted: readonly string[] = []): PartitionState {
  const state = new PartitionState(COMMITTED, WINDOWS, { outcomesNext: toOffset(70), deletionsNext: toOffset(80) });
  for (const offset of finished) state.applyOutcome(outcome(offset, 'ann', { outcome: 'filtered' }), APPENDED_AT);
  keys.forEach((messageKey, i) => state.applyOutcome(outcome(i, 'ann', { messageKey }), APPENDED_AT));
  deleted.forEach((user, i) => state.applyDeletion(noticeOf(user, i), APPENDED_AT));
  return state;
}

function restored(bytes: Buffer, committed = COMMITTED): PartitionState {
  const read = readCheckpoint(bytes, IDENTITY, WINDOWS, committed);
  if (read.kind !== 'state') throw new Error(`unusable: ${read.fault}`);
  return read.state;
}

function faultOf(bytes: Buffer, identity = IDENTITY, windows = WINDOWS, committed = COMMITTED): string | undefined {
  const read = readCheckpoint(bytes, identity, windows, committed);
  return read.kind === 'unusable' ? read.fault : undefined;
}

describe('a checkpoint', () => {
  it('brings back what the state knew', () => {
    const offsets = fc.uniqueArray(fc.integer({ min: 5, max: 300 }), { maxLength: 80 });
    const users = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom(...'abcdef') }), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(offsets, users, users, (finished, keyed, deleted) => {
        const keys = keyed.map(fakeHash);
        const state = stateWith(finished, keys, deleted);
        const copy = restored(writeCheckpoint(state, IDENTITY, COMMITTED, fakeHash));
        expect(copy.frontier.committable).toBe(state.frontier.committable);
        expect([...copy.frontier.finishedAhead()]).toEqual([...state.frontier.finishedAhead()]);
        expect([copy.outcomesNext, copy.deletionsNext, copy.logTime]).toEqual([70, 80, state.logTime]);
        for (const key of keys) expect(copy.deliveredWith(key)).toBe(state.deliveredWith(key));
        for (const user of deleted) expect(copy.latestDeletion(hashOf(user))).toBe(state.latestDeletion(hashOf(user)));
      }),
    );
  });

  it('brings back what its log is known by, without the message id that may be personal (P10)', () => {
    const bytes = writeCheckpoint(stateWith([7, 9]), IDENTITY, COMMITTED, fakeHash);
    expect(bytes.includes('m9')).toBe(false);
    expect(restored(bytes).witness).toEqual({ offset: 9, messageId: fakeHash('m9'), isHashed: true });
    expect(restored(writeCheckpoint(restored(bytes), IDENTITY, COMMITTED, fakeHash)).witness).toEqual(restored(bytes).witness);
  });

  it('brings back the latest delivered identify of a user', () => {
    const state = stateWith([]);
    state.applyOutcome(outcome(9, 'ann', { type: 'identify' }), APPENDED_AT);
    expect(restored(writeCheckpoint(state, IDENTITY, COMMITTED, fakeHash)).latestIdentify(hashOf('ann'))).toBe(9);
  });

  it('is torn wherever it ends too early', () => {
    const bytes = writeCheckpoint(stateWith([7, 9], [fakeHash('k')], ['ann']), IDENTITY, COMMITTED, fakeHash);
    for (let length = 0; length < bytes.length; length++) expect(faultOf(bytes.subarray(0, length))).toBe('torn');
  });

  it('is torn if any byte has changed', () => {
    const bytes = writeCheckpoint(stateWith([7, 9], [fakeHash('k')], ['ann']), IDENTITY, COMMITTED, fakeHash);
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 0x40, at);
      expect(faultOf(changed)).toBe('torn');
    }
  });

  it.each<[string, Partial<CheckpointIdentity>]>([
    ['topic', { topic: 'segment.events.other' }],
    ['cluster', { cluster: 'c2' }],
    ['partition', { partition: 4 }],
    ['hash key', { hashKey: 'ef01' }],
  ])('of another %s is foreign', (_, other) => {
    expect(faultOf(writeCheckpoint(stateWith([]), IDENTITY, COMMITTED, fakeHash), { ...IDENTITY, ...other })).toBe('foreign');
  });

  it('of another version of the layout is refused', () => {
    const bytes = writeCheckpoint(stateWith([]), IDENTITY, COMMITTED, fakeHash);
    const body = Buffer.from(
      bytes
        .subarray(0, -32)
        .toString('latin1')
        .replace(/"version":\d/, '"version":0'),
      'latin1',
    );
    expect(faultOf(Buffer.concat([body, createHash('sha256').update(body).digest()]))).toBe('version');
  });

  it.each<[string, Partial<StateWindows>]>([
    ['dedup', { dedupMs: 1 }],
    ['deletions', { deletionsMs: 1 }],
  ])('of another %s window is refused: it may have forgotten what is still in the topics', (_, other) => {
    expect(faultOf(writeCheckpoint(stateWith([]), IDENTITY, COMMITTED, fakeHash), IDENTITY, { ...WINDOWS, ...other })).toBe(
      'windows',
    );
  });

  it('of the version before is read all the same', () => {
    const bytes = writeCheckpoint(stateWith([5, 6, 9], [fakeHash('k')]), IDENTITY, COMMITTED, fakeHash);
    const start = 8 + 4;
    const end = start + bytes.readUInt32LE(8);
    const header = JSON.parse(bytes.subarray(start, end).toString()) as Record<string, unknown>;
    const json = Buffer.from(JSON.stringify({ ...header, version: 3, log: undefined }));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(json.length);
    const body = Buffer.concat([bytes.subarray(0, 8), length, json, bytes.subarray(end, -32)]);
    const copy = restored(Buffer.concat([body, createHash('sha256').update(body).digest()]));
    expect(copy.frontier.committable).toBe(7);
    expect(copy.deliveredWith(fakeHash('k'))).toBe(0);
  });

  it('is of no use in another log', () => {
    const bytes = writeCheckpoint(stateWith([5, 9, 6]), IDENTITY, COMMITTED, fakeHash);
    const breaks = LogBreaks.none.with(toOffset(3), toOffset(0));
    const read = readCheckpoint(bytes, IDENTITY, WINDOWS, COMMITTED, breaks);
    expect(read).toEqual({ kind: 'unusable', fault: 'another-log' });
  });

  it('knows best where the group has no offset', () => {
    const bytes = writeCheckpoint(stateWith([5, 6]), IDENTITY, toOffset(7), fakeHash);
    const read = readCheckpoint(bytes, IDENTITY, WINDOWS, undefined);
    expect(read.kind === 'state' && read.state.frontier.committable).toBe(7);
  });

  it('is refused when the group was moved back below it: only the topics know what lies there', () => {
    const bytes = writeCheckpoint(stateWith([5, 6]), IDENTITY, toOffset(7), fakeHash);
    expect(faultOf(bytes, IDENTITY, WINDOWS, toOffset(6))).toBe('moved-back');
  });

  it('goes on from the later of its frontier and the committed offset', () => {
    const bytes = writeCheckpoint(stateWith([5, 6, 9]), IDENTITY, COMMITTED, fakeHash);
    expect(restored(bytes, toOffset(6)).frontier.committable).toBe(7);
    expect(restored(bytes, toOffset(9)).frontier.committable).toBe(10);
  });
});
