import { toOffset } from '#segment';
import { LogGapError, restoreStart } from './restore-start.ts';

const place = { topic: 'segment.events.web', partition: 3 };
const bounds = { start: toOffset(100), end: toOffset(200) };

describe('the start of a restore', () => {
  it.each([100, 150, 200])('is where the group stands, at %d of a log from 100 to 200', (committed) => {
    expect(restoreStart(place, toOffset(committed), bounds)).toBe(committed);
  });

  it('is the beginning of the log for a group that has committed nothing', () => {
    expect(restoreStart(place, undefined, bounds)).toBe(100);
  });

  it.each([
    ['records that are not finished are gone', 60, /stands at offset 60, but .* 100 to 200\. The 40 records in between are gone/],
    ['the log ends before the group has got to', 201, /stands at offset 201, but .* The topic was probably recreated/],
  ])('does not exist where %s (P1)', (_, committed, message) => {
    const begin = () => restoreStart(place, toOffset(committed), bounds);
    expect(begin).toThrow(LogGapError);
    expect(begin).toThrow(message);
    expect(begin).toThrow('kafka-consumer-groups --reset-offsets');
  });
});
