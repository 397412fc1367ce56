import { parsePosition, parseTime, parseWholeNumber } from './parse-options.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');

describe('a time', () => {
  it.each([
    ['2026-11-24T11:00:00Z', '2026-11-24T11:00:00.000Z'],
    ['2026-11-24', '2026-11-24T00:00:00.000Z'],
    ['90m', '2026-11-24T10:30:00.000Z'],
    ['2d', '2026-11-22T12:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(new Date(parseTime(text, NOW) ?? NaN).toISOString()).toBe(expected);
  });

  it.each(['yesterday', '90', '5 m', '', '2026-13-45', 'June 1'])('%p is none', (text) => {
    expect(parseTime(text, NOW)).toBeUndefined();
  });
});

describe('a position', () => {
  it('is a partition and an offset', () => expect(parsePosition('3:1000')).toEqual({ partition: 3, offset: 1000 }));
  it.each(['3', '3:', ':5', '-1:5', '3:5:7', '3:1e3'])('%p is none', (text) => expect(parsePosition(text)).toBeUndefined());
});

describe('a whole number', () => {
  it('is digits only', () => expect(parseWholeNumber('12')).toBe(12));
  it.each(['1.5', '-1', '1e3', ''])('%p is none', (text) => expect(parseWholeNumber(text)).toBeUndefined());
});
