import { toOffset, type HashedSubject, type SubjectKey } from '#segment';
import { HeldRecord } from './held-record.ts';
import { LaneSchedule, type Turn } from './lane-schedule.ts';

const hashOf = (user: string) => user as HashedSubject;

describe('whose turn it is', () => {
  let schedule: LaneSchedule;
  let offset = 0;

  beforeEach(() => {
    schedule = new LaneSchedule();
  });

  function held(user: string, isReplayed: boolean): HeldRecord {
    const record = {
      offset: toOffset(offset++),
      subject: user as SubjectKey,
      type: 'track',
      value: null,
      messageId: '',
      receivedAt: '',
    } as const;
    return new HeldRecord(record, isReplayed ? { run: 'r', redeliver: false, wasDelivered: false } : undefined);
  }

  const live = (user: string) => schedule.append(held(user, false), hashOf(user));
  const replayed = (user: string) => schedule.append(held(user, true), hashOf(user));

  /** Takes everything that has this turn, and ends it. */
  function taken(turn: Turn): string[] {
    const users: string[] = [];
    for (let next = schedule.take(turn); next !== undefined; next = schedule.take(turn)) {
      users.push(`${next.lane.hash}${next.head.replay === undefined ? '' : ' replayed'}`);
      next.lane.shift();
      schedule.requeue(next.lane);
    }
    return users;
  }

  it('is that of live events before that of replayed ones', () => {
    replayed('a');
    live('b');
    expect(taken('event')).toEqual(['b']);
    expect(taken('replay')).toEqual(['a replayed']);
  });

  it("is a replayed record's as soon as a live event of its user waits behind it, and no longer than that", () => {
    replayed('a');
    replayed('a');
    live('a');
    live('b');
    replayed('a');
    expect(taken('event')).toEqual(['a replayed', 'b', 'a replayed', 'a']);
    expect(taken('replay')).toEqual(['a replayed']);
    expect(schedule.size).toBe(0);
  });

  it('is not changed by a live event that a deletion has removed', () => {
    replayed('a');
    live('a');
    schedule.lane(hashOf('a'))?.removeWhere(({ replay }) => replay === undefined);
    schedule.requeue(schedule.lane(hashOf('a'))!);
    expect(taken('event')).toEqual([]);
    expect(taken('replay')).toEqual(['a replayed']);
  });
});
