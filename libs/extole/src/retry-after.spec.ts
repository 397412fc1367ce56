import { retryAfterMs } from './retry-after.ts';

const NOW = Date.parse('2024-08-07T10:00:00Z');

test.each<[header: string | string[] | undefined, ms: number | undefined]>([
  ['0', 0],
  ['120', 120_000],
  [' 5 ', 5_000],
  [['3', '9'], 3_000],
  ['Wed, 07 Aug 2024 10:01:00 GMT', 60_000],
  ['Wed, 07 Aug 2024 09:00:00 GMT', 0],
  ['Wednesday, 07-Aug-24 10:01:00 GMT', 60_000],
  ['86400', 3_600_000],
  ['Thu, 08 Aug 2024 10:00:00 GMT', 3_600_000],
  [undefined, undefined],
  ['', undefined],
  ['soon', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
])('%j asks for %j ms', (header, ms) => {
  expect(retryAfterMs(header, NOW)).toBe(ms);
});
