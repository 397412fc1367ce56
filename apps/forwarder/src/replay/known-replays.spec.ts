import type { ReplayProgress, ReplayRequest } from '#delivery';
import { toOffset } from '#segment';
import { KnownReplays, replayStart } from './known-replays.ts';

const at = '2026-11-24T12:00:00.000Z';

function request(state: ReplayRequest['state'] = 'running'): ReplayRequest {
  const range = (partition: number) => ({ partition, from: toOffset(10), to: toOffset(100) });
  return { run: 'r1', state, requestedAt: at, ranges: [range(0), range(1)], filter: {}, redeliver: true };
}

function progress(next: number, done = false): ReplayProgress {
  return { run: 'r1', partition: 0, next: toOffset(next), to: toOffset(100), done, scanned: 0, results: {}, settled: {}, at };
}

function known(...of: ReplayProgress[]): KnownReplays {
  const replays = new KnownReplays();
  replays.requested(request());
  for (const each of of) replays.progressed(each);
  return replays;
}

const openOf = (replays: KnownReplays) => replays.open.map(({ partition, progress }) => [partition, progress?.next]);

describe('what is known of the replays of a source', () => {
  it('is open in each partition that is not done', () => {
    expect(openOf(known())).toEqual([
      [0, undefined],
      [1, undefined],
    ]);
    expect(openOf(known(progress(100, true)))).toEqual([[1, undefined]]);
  });

  it('is nothing to be carried out once it is cancelled, but is while it is paused', () => {
    const replays = known();
    replays.requested(request('paused'));
    expect(replays.open).toHaveLength(2);
    replays.requested(request('cancelled'));
    expect(replays.open).toEqual([]);
    expect(replays.stateOf('r1')).toBe('cancelled');
    expect(replays.stateOf('r2')).toBeUndefined();
  });

  it('is never set back by an older progress, which would send again what was just sent', () => {
    expect(openOf(known(progress(60), progress(30)))).toContainEqual([0, 60]);
    expect(openOf(known(progress(100, true), progress(30)))).toEqual([[1, undefined]]);
  });
});

describe('the start of a replay', () => {
  const [open] = known().open;

  it('is its range, as far as the live log has passed it: no record is in the driver twice', () => {
    expect(replayStart(open!, toOffset(40), Date.parse(at))).toMatchObject({ next: 10, to: 40, done: false, at });
    expect(replayStart(open!, toOffset(500), Date.parse(at))).toMatchObject({ next: 10, to: 100 });
    expect(replayStart(open!, toOffset(5), Date.parse(at))).toMatchObject({ next: 5, to: 5 });
  });

  it('is where a former owner has got to', () => {
    const [begun] = known(progress(60)).open;
    expect(replayStart(begun!, toOffset(500), Date.parse(at))).toEqual(progress(60));
  });
});
