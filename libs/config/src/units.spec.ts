import { parseByteSize, parseCount, parseDuration, parseFlag, parseList, parseRateLimit } from './units.ts';

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['5s', 5_000],
    ['15m', 900_000],
    ['12h', 43_200_000],
    ['30d', 2_592_000_000],
  ])('%s is %d milliseconds', (text, millis) => expect(parseDuration(text)).toBe(millis));

  it.each(['', '5', '5 s', '-5s', '0s', '1.5h', '5w', '999999999999d'])('"%s" is no duration', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('byte sizes', () => {
  it.each([
    ['1024', 1024],
    ['512KB', 524_288],
    ['64MB', 67_108_864],
    ['1GB', 1_073_741_824],
  ])('%s is %d bytes', (text, bytes) => expect(parseByteSize(text)).toBe(bytes));

  it.each(['', '0', '64mb', '64 MB', '-1'])('"%s" is no byte size', (text) => expect(parseByteSize(text)).toBeUndefined());
});

describe('rates', () => {
  it('reads calls per minute and per second; a bare number is per second', () => {
    expect(parseRateLimit('100/min')).toEqual({ count: 100, perMs: 60_000 });
    expect(parseRateLimit('10/s')).toEqual({ count: 10, perMs: 1_000 });
    expect(parseRateLimit('25')).toEqual({ count: 25, perMs: 1_000 });
  });

  it.each(['', '0/s', '10/h', 'fast', '10/'])('"%s" is no rate', (text) => expect(parseRateLimit(text)).toBeUndefined());
});

it('reads counts, flags and comma lists', () => {
  expect(parseCount('12')).toBe(12);
  expect(parseCount('1e3')).toBeUndefined();
  expect(parseFlag('true')).toBe(true);
  expect(parseFlag('yes')).toBeUndefined();
  expect(parseList(' a, b,,c ')).toEqual(['a', 'b', 'c']);
});
