import {
  answerText,
  countOf,
  formatAgo,
  formatBytes,
  formatCount,
  formatDuration,
  formatRate,
  formatShare,
  sentence,
  shortName,
  UNKNOWN,
} from './format.ts';

describe('what the page shows of', () => {
  it.each([
    [0, '0 ms'],
    [850, '850 ms'],
    [4_230, '4.2 s'],
    [45_000, '45 s'],
    [200_000, '3 min 20 s'],
    [3_600_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [273_600_000, '3 d 4 h'],
  ])('a duration of %i ms', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('something that is not known', () => {
    expect([formatCount(null), formatRate(null), formatDuration(null), formatShare(null)]).toEqual(Array(4).fill(UNKNOWN));
  });

  it('counts, rates, shares and sizes', () => {
    expect(formatCount(12_345)).toBe('12,345');
    expect(formatCount(2_340_000)).toBe('2.3M');
    expect([formatRate(0), formatRate(0.4), formatRate(1_234)]).toEqual(['0/s', '0.4/s', '1,234/s']);
    expect([formatShare(0), formatShare(0.004), formatShare(0.12), formatShare(1)]).toEqual(['0%', '0.4%', '12%', '100%']);
    expect([formatBytes(0), formatBytes(512), formatBytes(1_536), formatBytes(3 * 1_024 ** 2)]).toEqual([
      '0 B',
      '512 B',
      '1.5 KB',
      '3.0 MB',
    ]);
  });

  it('ages', () => {
    expect([0, 12_000, 300_000, 7_200_000, 172_800_000].map(formatAgo)).toEqual([
      'just now',
      '12 s ago',
      '5 min ago',
      '2 h ago',
      '2 d ago',
    ]);
  });

  it('one thing and many', () => {
    expect([countOf(1, 'event'), countOf(2, 'event'), countOf(0, 'reply', 'replies')]).toEqual([
      '1 event',
      '2 events',
      '0 replies',
    ]);
  });

  it('the answer to a call, or what came instead', () => {
    expect([answerText(503, 'server_error'), answerText(204, undefined), answerText(undefined, 'timeout')]).toEqual([
      '503 server_error',
      '204',
      'timeout',
    ]);
    expect(answerText(undefined, undefined)).toBe('');
  });

  it('a forwarder', () => {
    expect(shortName('a4bbd09f-d855-4538-b003-857bbbc49edf')).toBe('a4bbd09f');
    expect(shortName('forwarder-0')).toBe('forwarder-0');
  });

  it('a phrase that stands alone', () => {
    expect([sentence('calls fail with 503'), sentence('Done.'), sentence('')]).toEqual(['Calls fail with 503.', 'Done.', '']);
  });
});
