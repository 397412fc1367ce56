import { BY_TOKEN, type Operator } from '../http/operator.ts';
import { Sessions } from './sessions.ts';

const MINUTE = 60_000;
const anna: Operator = { name: 'anna', roles: ['look'] };

function sessionsAt(clock: { now: number }): Sessions {
  return new Sessions({ idleMs: 60 * MINUTE, lifetimeMs: 12 * 60 * MINUTE, now: () => clock.now });
}

describe('a session', () => {
  it('is of the login that began it, and ends with a logout, as no other does', () => {
    const sessions = sessionsAt({ now: 0 });
    const [one, other] = [sessions.begin(anna), sessions.begin(BY_TOKEN)];
    expect(one).not.toBe(other);
    expect([one, other].map((id) => sessions.operatorOf(id, true)?.name)).toEqual(['anna', 'console-token']);
    sessions.end(one);
    expect(sessions.operatorOf(one, true)).toBeUndefined();
    expect(sessions.operatorOf(other, true)).toBe(BY_TOKEN);
    expect(sessions.operatorOf('made up', true)).toBeUndefined();
  });

  it('ends when nobody has asked for anything for an hour, whatever the page has refreshed meanwhile', () => {
    const clock = { now: 0 };
    const sessions = sessionsAt(clock);
    const id = sessions.begin(anna);
    for (clock.now = MINUTE; clock.now < 60 * MINUTE; clock.now += MINUTE) expect(sessions.operatorOf(id, false)).toBe(anna);
    expect(sessions.operatorOf(id, true)).toBeUndefined();
    clock.now = 0;
    expect(sessions.operatorOf(id, true)).toBeUndefined();
  });

  it('ends after twelve hours, however busy', () => {
    const clock = { now: 0 };
    const sessions = sessionsAt(clock);
    const id = sessions.begin(anna);
    for (; clock.now < 12 * 60 * MINUTE; clock.now += MINUTE) expect(sessions.operatorOf(id, true)).toBe(anna);
    expect(sessions.operatorOf(id, true)).toBeUndefined();
  });

  it('ends when a thousand others were used since', () => {
    const sessions = sessionsAt({ now: 0 });
    const [first, second] = [sessions.begin(anna), sessions.begin(anna)];
    sessions.operatorOf(first, true);
    for (let count = 0; count < 999; count++) sessions.begin(anna);
    expect(sessions.operatorOf(first, true)).toBe(anna);
    expect(sessions.operatorOf(second, true)).toBeUndefined();
  });
});
