import { correctedTime, parseTime } from './event-time.ts';

const noon = Date.UTC(2024, 4, 1, 12);

describe('parseTime', () => {
  it.each([
    ['2024-05-01T12:00:00.000Z', noon],
    ['2024-05-01T12:00:00Z', noon],
    ['2024-05-01T14:00:00+02:00', noon],
    ['2024-05-01T07:30:00-0430', noon],
    ['2024-05-01T12:00:00.123456789Z', noon + 123],
    ['2024-05-01', noon - 12 * 3_600_000],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ])('reads ISO 8601: %s', (text, expected) => {
    expect(parseTime(text)).toBe(expected);
  });

  it.each(['2024-05-01 12:00:00 +0000 UTC', '2024-05-01 14:00:00 +0200 CEST', '2024-05-01 12:00:00 +0000 UTC m=+0.000000001'])(
    "reads Go's own format, as deletions carry it: %s",
    (text) => {
      expect(parseTime(text)).toBe(noon);
    },
  );

  it('takes a time without an offset as UTC, whatever the time zone of the machine', () => {
    expect(parseTime('2024-05-01T12:00:00')).toBe(noon);
  });

  it.each([
    '',
    'yesterday',
    '2024-13-01T00:00:00Z',
    '2024-04-31T00:00:00Z',
    '2024-05-01T25:00:00Z',
    '0001-01-01T00:00:00Z',
    '1969-12-31T23:59:59Z',
    '+275761-01-01T00:00:00Z',
    '9'.repeat(5_000),
    1714564800,
    null,
    {},
    undefined,
  ])('does not take for a time: %p', (value) => {
    expect(parseTime(value)).toBeUndefined();
  });
});

describe('correctedTime', () => {
  it("corrects the sender's clock by what it was off when it sent", () => {
    const hourAhead = noon + 3_600_000;
    expect(correctedTime({ originalTimestamp: hourAhead - 5_000, sentAt: hourAhead, receivedAt: noon })).toBe(noon - 5_000);
  });

  it("takes the sender's time as it is when it does not say when it sent", () => {
    expect(correctedTime({ originalTimestamp: 5_000, sentAt: undefined, receivedAt: noon })).toBe(5_000);
  });

  it('falls back to the time of receipt when there is no time, or the result is absurd', () => {
    expect(correctedTime({ originalTimestamp: undefined, sentAt: noon, receivedAt: noon })).toBe(noon);
    expect(correctedTime({ originalTimestamp: 0, sentAt: Date.UTC(9000, 0), receivedAt: noon })).toBe(noon);
  });
});
