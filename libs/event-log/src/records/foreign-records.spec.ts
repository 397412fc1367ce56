import fc from 'fast-check';
import { OUTCOMES, REPLAY_RESULTS } from '#delivery';
import { decodeDeletionNotice } from './deletion-records.ts';
import { decodeLogRecord } from './event-records.ts';
import { isTime } from './form.ts';
import { decodeOutcome } from './outcome-records.ts';
import type { RawRecord } from './raw-record.ts';
import { isUndecodable, type Undecodable } from './record-headers.ts';
import { decodeReplayRecord } from './replay-records.ts';

/** Good values of every field of every record, so that what is made of them goes wrong in few places only. */
const GOOD = {
  schema: 1,
  outcome: 'delivered',
  type: 'track',
  subject: 'a'.repeat(32),
  messageId: 'm1',
  position: { partition: 0, offset: 7 },
  attempts: 1,
  mappingVersion: 'default',
  latencyMs: 12,
  at: '2026-11-24T12:00:00.000Z',
  deletionId: 'd1',
  partition: 0,
  offset: 7,
  requestedAt: '2026-11-24T12:00:00.000Z',
  run: 'r-20261124-120000-abcd',
  state: 'running',
  ranges: [{ partition: 0, from: 0, to: 9 }],
  filter: { outcome: 'dead-lettered' },
  redeliver: false,
  next: 3,
  to: 9,
  done: false,
  scanned: 3,
  results: { delivered: 2 },
  settled: { delivered: 1 },
  kind: 'delivery',
  wanted: 'stopped',
};

const OTHERS = [
  'event',
  'dedupKey',
  'messageKey',
  'status',
  'code',
  'detail',
  'extoleId',
  'liftedFrom',
  'rate',
  'note',
  '__proto__',
];

const nasty = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    null,
    -1,
    0.5,
    1e308,
    3e9,
    Number.MAX_SAFE_INTEGER,
    2 ** 53,
    '',
    '\ud800',
    '9999-99-99T99:99:99Z',
    '+275760-09-13T00:00:00.000Z',
    'x'.repeat(200_000),
    [null],
    [[]],
    { partition: 0, offset: 2 ** 53 },
    { partition: -1, offset: 0 },
    { partition: 0, from: 5, to: 1 },
    { length: 1 },
  ),
);

const nested = fc.integer({ min: 1, max: 20_000 }).map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);

/** Values of records as anybody may write them. */
const value = fc.oneof(
  { weight: 6, arbitrary: damaged() },
  { weight: 1, arbitrary: fc.jsonValue().map((json) => Buffer.from(JSON.stringify(json))) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: nested.map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.constant(null) },
);

function damaged(): fc.Arbitrary<Buffer> {
  return fc.dictionary(fc.constantFrom(...Object.keys(GOOD), ...OTHERS), nasty, { maxKeys: 2 }).map((damages) => {
    const fields = { ...GOOD };
    for (const [name, damage] of Object.entries(damages))
      Object.defineProperty(fields, name, { value: damage, enumerable: true, configurable: true });
    return Buffer.from(JSON.stringify(fields));
  });
}

const header = fc.oneof(
  fc.constantFrom(
    'track',
    'identify',
    'delete',
    'request',
    'progress',
    'control',
    'log',
    'audit',
    'outcome',
    '1',
    '2026-11-24T12:00:00.000Z',
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('x'.repeat(5_000), '', '-271821-04-20T00:00:00.000Z'),
);

const record: fc.Arbitrary<RawRecord> = fc.record({
  offset: fc.maxSafeNat().map(String),
  timestamp: fc.oneof(fc.maxSafeNat().map(String), fc.constantFrom('-1', 'NaN', '', '1700000000000')),
  key: fc.option(
    fc.oneof(
      fc.constant(Buffer.from('b'.repeat(32))),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    ),
  ),
  value,
  headers: fc.dictionary(
    fc.constantFrom('type', 'schema', 'messageId', 'receivedAt', 'traceparent', '__proto__', 'constructor'),
    fc.oneof(
      header.map((text) => Buffer.from(text)),
      header.map((text) => [Buffer.from(text), text]),
    ),
  ),
});

/** Decodes what anybody may have written; whatever comes out must be as declared. */
function holds<Decoded extends object>(
  decode: (message: RawRecord) => Decoded | Undecodable,
  check: (decoded: Decoded) => void,
): void {
  let decodable = 0;
  fc.assert(
    fc.property(record, (message) => {
      const decoded = decode(message);
      if (isUndecodable(decoded)) {
        expect(typeof decoded.reason).toBe('string');
        return;
      }
      decodable++;
      check(decoded);
    }),
    { numRuns: 1_500 },
  );
  expect(decodable).toBeGreaterThan(10);
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

/** A time that can be compared and calculated with. */
function expectTime(time: string): void {
  expect(Number.isNaN(Date.parse(time))).toBe(false);
  expect(() => new Date(Date.parse(time) - 1e15).toISOString()).not.toThrow();
}

describe('a time that passes', () => {
  it('can be parsed, whatever it is', () => {
    const digits = (max: number, width: number) => fc.nat(max).map((n) => String(n).padStart(width, '0'));
    const zone = fc.oneof(
      fc.constant('Z'),
      fc.tuple(fc.constantFrom('+', '-'), digits(99, 2), digits(99, 2)).map(([s, h, m]) => `${s}${h}:${m}`),
    );
    const parts = fc.tuple(
      digits(9999, 4),
      digits(15, 2),
      digits(40, 2),
      digits(30, 2),
      digits(70, 2),
      digits(70, 2),
      digits(999, 3),
      zone,
    );
    fc.assert(
      fc.property(parts, ([year, month, day, hour, minute, second, milli, at]) => {
        const time = `${year}-${month}-${day}T${hour}:${minute}:${second}.${milli}${at}`;
        if (isTime(time)) expectTime(time);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('a record that nobody of ours wrote', () => {
  it('is never taken for an event that it is not', () => {
    holds(decodeLogRecord, ({ offset, subject, type, messageId, receivedAt, value, traceparent }) => {
      expect(isCount(offset)).toBe(true);
      expect(['identify', 'track', 'delete']).toContain(type);
      expect(subject.length).toBeGreaterThan(0);
      expect(messageId.length).toBeLessThanOrEqual(1_024);
      expectTime(receivedAt);
      expect(value === null || Buffer.isBuffer(value)).toBe(true);
      expect(['string', 'undefined']).toContain(typeof traceparent);
      expect(value === null).toBe(type === 'delete');
    });
  });

  it('is never taken for an outcome that it is not', () => {
    holds(decodeOutcome, (outcome) => {
      expect(OUTCOMES).toContain(outcome.outcome);
      expect(['identify', 'track', 'delete']).toContain(outcome.type);
      expect([outcome.position.partition, outcome.position.offset, outcome.attempts, outcome.latencyMs].every(isCount)).toBe(
        true,
      );
      expect(outcome.subject).toMatch(/^[0-9a-f]{32}$/);
      for (const hash of [outcome.messageKey, outcome.dedupKey]) if (hash !== undefined) expect(hash).toMatch(/^[0-9a-f]{32}$/);
      for (const text of [outcome.event, outcome.code, outcome.detail, outcome.extoleId, outcome.run])
        expect(['string', 'undefined']).toContain(typeof text);
      expect([typeof outcome.messageId, typeof outcome.mappingVersion]).toEqual(['string', 'string']);
      expect(outcome.status === undefined || isCount(outcome.status)).toBe(true);
      expectTime(outcome.at);
      expect(() => new Date(Date.parse(outcome.at) - outcome.latencyMs).toISOString()).not.toThrow();
    });
  });

  it('is never taken for a notice of a deletion that it is not', () => {
    holds(decodeDeletionNotice, ({ subject, deletionId, partition, offset, requestedAt, liftedFrom }) => {
      expect(subject).toMatch(/^[0-9a-f]{32}$/);
      expect(typeof deletionId).toBe('string');
      expect([partition, offset, liftedFrom ?? 0].every(isCount)).toBe(true);
      expectTime(requestedAt);
    });
  });

  it('is never taken for a word on a replay or a source that it is not', () => {
    const replays = (message: RawRecord) => decodeReplayRecord(message);
    holds(replays, (said) => {
      switch (said.type) {
        case 'request': {
          const { run, state, requestedAt, ranges, filter, redeliver, rate } = said.request;
          expect([typeof run, typeof redeliver]).toEqual(['string', 'boolean']);
          expect(['running', 'paused', 'cancelled']).toContain(state);
          expectTime(requestedAt);
          for (const { partition, from, to } of ranges) expect([partition, from, to].every(isCount) && from <= to).toBe(true);
          const { subject, event, type, outcome, code, endedSince } = filter;
          for (const text of [subject, event, type, outcome, code, endedSince])
            expect(['string', 'undefined']).toContain(typeof text);
          expect(rate === undefined || rate > 0).toBe(true);
          return;
        }
        case 'progress': {
          const { run, partition, next, to, scanned, results, settled, done, at } = said.progress;
          expect([typeof run, typeof done]).toEqual(['string', 'boolean']);
          expect([partition, next, to, scanned, ...Object.values(results), ...Object.values(settled)].every(isCount)).toBe(true);
          for (const name of [...Object.keys(results), ...Object.keys(settled)]) expect(REPLAY_RESULTS).toContain(name);
          expectTime(at);
          return;
        }
        case 'audit': {
          const { action, at, by, via, run, partition, offset, note } = said.audit;
          expect(action).toMatch(/^[a-z-]{1,40}$/);
          expect(by).toMatch(/^[A-Za-z0-9][A-Za-z0-9._@+\\-]{0,63}$/);
          expect(['console', 'cli']).toContain(via);
          for (const text of [run, note]) expect(['string', 'undefined']).toContain(typeof text);
          expect([partition ?? 0, offset ?? 0].every(isCount)).toBe(true);
          expectTime(at);
          return;
        }
        case 'log': {
          const { partition, breaks, lost, at } = said.acceptance;
          expect([partition, lost?.from ?? 0, lost?.to ?? 0].every(isCount)).toBe(true);
          for (const { log, from, deletionsBefore } of breaks) expect([log, from, deletionsBefore].every(isCount)).toBe(true);
          expect(typeof at).toBe('string');
          return;
        }
        case 'control': {
          expect(['delivery', 'probe']).toContain(said.control.kind);
          expectTime(said.control.at);
          if (said.control.kind === 'delivery') expect(['string', 'undefined']).toContain(typeof said.control.note);
        }
      }
    });
  });

  it.each([
    ['one that a log may come to', 2 ** 40, false],
    ['one that none does', Number.MAX_SAFE_INTEGER, true],
    ['before the first', -1, true],
    ['no number', '7', true],
  ])('has a position that is checked: %s', (_, offset, isBroken) => {
    const message = {
      offset: '0',
      timestamp: '1',
      key: null,
      value: Buffer.from(JSON.stringify({ ...GOOD, position: { partition: 0, offset } })),
    };
    expect(isUndecodable(decodeOutcome(message))).toBe(isBroken);
  });
});
