import fc from 'fast-check';
import { OUTCOMES, type Outcome } from '#delivery';
import { toOffset, type Hash, type SegmentEvent, type SubjectKey } from '#segment';
import { decodeDeletionNotice, encodeDeletionNotice } from './deletion-records.ts';
import type { EncodedRecord } from './encoded-record.ts';
import { decodeLogRecord, encodeEvent, encodeTombstone } from './event-records.ts';
import { decodeOutcome, encodeOutcome } from './outcome-records.ts';
import type { RawRecord } from './raw-record.ts';
import { isUndecodable } from './record-headers.ts';

/** What Kafka hands back for a record: keys and headers as bytes. */
function stored({ key, value, headers }: EncodedRecord, offset = '7'): RawRecord {
  const bytes = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
  return { key: Buffer.from(key), value, headers: bytes, offset, timestamp: '1700000000000' };
}

const text = fc.string({ unit: 'grapheme', minLength: 1 });
const time = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') }).map((date) => date.toISOString());
const offset = fc.nat({ max: 2 ** 40 }).map((value) => toOffset(value));
const hash = fc.stringMatching(/^[0-9a-f]{32}$/).map((value) => value as Hash);

describe('an event record', () => {
  it('gives back subject, type, message id, time and trace of the event that it was made of', () => {
    fc.assert(
      fc.property(text, text, time, fc.option(text, { nil: undefined }), (subject, messageId, receivedAt, traceparent) => {
        const event: SegmentEvent = {
          type: 'track',
          event: 'Signed Up',
          messageId,
          userId: subject,
          timestamp: receivedAt,
          receivedAt,
        };
        const record = decodeLogRecord(stored(encodeEvent(event, subject as SubjectKey, traceparent)));
        expect(record).toEqual({
          offset: 7,
          subject,
          type: 'track',
          messageId,
          receivedAt,
          value: Buffer.from(JSON.stringify(event)),
          ...(traceparent === undefined ? {} : { traceparent }),
        });
      }),
    );
  });

  it('of a deletion is a true tombstone', () => {
    const encoded = encodeTombstone({ subject: 'u1' as SubjectKey, messageId: 'm1', receivedAt: '2026-01-01T00:00:00.000Z' });
    expect(encoded.value).toBeNull();
    expect(decodeLogRecord(stored(encoded))).toEqual({
      offset: 7,
      subject: 'u1',
      type: 'delete',
      value: null,
      messageId: 'm1',
      receivedAt: '2026-01-01T00:00:00.000Z',
    });
  });

  it('with a null value is a deletion also without headers, as a tool may write it', () => {
    const message = { ...stored({ key: 'u1', value: null, headers: {} }), headers: {} };
    expect(decodeLogRecord(message)).toMatchObject({
      type: 'delete',
      subject: 'u1',
      messageId: 'offset-7',
      receivedAt: '2023-11-14T22:13:20.000Z',
    });
  });

  const event = encodeEvent(
    {
      type: 'identify',
      messageId: 'm',
      userId: 'u',
      timestamp: '2026-01-01T00:00:00.000Z',
      receivedAt: '2026-01-01T00:00:00.000Z',
    },
    'u' as SubjectKey,
  );
  it.each<[string, RawRecord]>([
    ['no key', { ...stored(event), key: null }],
    ['an empty key', { ...stored(event), key: Buffer.alloc(0) }],
    ['no headers', { ...stored(event), headers: {} }],
    ['an unknown type', { ...stored(event), headers: { ...stored(event).headers, type: 'page' } }],
    ['an unknown schema', { ...stored(event), headers: { ...stored(event).headers, schema: '9' } }],
    ['a deletion with a value', { ...stored(event), headers: { ...stored(event).headers, type: 'delete' } }],
    ['two message ids', { ...stored(event), headers: { ...stored(event).headers, messageId: ['a', 'b'] } }],
  ])('with %s is told apart, not thrown', (_, message) => {
    const decoded = decodeLogRecord(message);
    expect(isUndecodable(decoded)).toBe(true);
    expect(decoded).toMatchObject({ kind: 'undecodable', offset: '7' });
  });
});

describe('a deletion notice', () => {
  it('survives its record', () => {
    fc.assert(
      fc.property(hash, text, fc.nat(10_000), offset, time, (subject, deletionId, partition, position, requestedAt) => {
        const notice = { subject, deletionId, partition, offset: position, requestedAt };
        expect(decodeDeletionNotice(stored(encodeDeletionNotice(notice)))).toEqual(notice);
      }),
    );
  });

  it.each([null, 'no json', '[]', '{"partition":0}', '{"partition":0,"offset":-1,"deletionId":"d","requestedAt":"t"}'])(
    'with the value %s is undecodable',
    (value) => {
      const message = stored({ key: 'k', value: value === null ? null : Buffer.from(value), headers: {} });
      expect(isUndecodable(decodeDeletionNotice(message))).toBe(true);
    },
  );
});

describe('an outcome', () => {
  const outcome = fc.record<Outcome>(
    {
      schema: fc.constant(1),
      outcome: fc.constantFrom(...OUTCOMES),
      type: fc.constantFrom('identify', 'track', 'delete'),
      event: text,
      subject: hash,
      messageId: text,
      dedupKey: hash,
      messageKey: hash,
      position: fc.record({ partition: fc.nat(10_000), offset }),
      attempts: fc.nat(100),
      status: fc.integer({ min: 100, max: 599 }),
      code: text,
      detail: text,
      extoleId: text,
      mappingVersion: text,
      latencyMs: fc.nat(),
      at: time,
      run: text,
    },
    {
      requiredKeys: [
        'schema',
        'outcome',
        'type',
        'subject',
        'messageId',
        'position',
        'attempts',
        'mappingVersion',
        'latencyMs',
        'at',
      ],
    },
  );

  it('survives its record, whose key is the offset that it tells of', () => {
    fc.assert(
      fc.property(outcome, (value) => {
        const record = encodeOutcome(value);
        expect(record.key).toBe(String(value.position.offset));
        expect(decodeOutcome(stored(record))).toEqual(value);
      }),
    );
  });

  it.each([null, '{}', '{"schema":2}', '{"schema":1,"outcome":"lost"}', '{"schema":1,"outcome":"delivered","position":null}'])(
    'with the value %s is undecodable',
    (value) => {
      const message = stored({ key: '1', value: value === null ? null : Buffer.from(value), headers: {} });
      expect(isUndecodable(decodeOutcome(message))).toBe(true);
    },
  );
});
