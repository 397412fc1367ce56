import type { Evaluation, LogRecord } from '#delivery';
import { SubjectHasher, toOffset, type SegmentEvent, type SubjectKey } from '#segment';
import { compileMapping } from './compile-mapping.ts';
import { createEvaluate } from './evaluate-record.ts';

const HASHER = new SubjectHasher('sixteen characters or more', 'default');
const evaluate = createEvaluate(compileMapping(undefined), HASHER);

function recordOf(event: Partial<SegmentEvent> | string | null, overrides: Partial<LogRecord> = {}): LogRecord {
  const whole = typeof event === 'object' && event !== null ? { ...EVENT, ...event } : event;
  return {
    offset: toOffset(3),
    subject: 'ann' as SubjectKey,
    type: 'track',
    value: whole === null ? null : Buffer.from(typeof whole === 'string' ? whole : JSON.stringify(whole)),
    messageId: 'm1',
    receivedAt: '2024-08-07T10:00:01.000Z',
    ...overrides,
  };
}

const EVENT: SegmentEvent = {
  type: 'track',
  event: 'Viewed',
  messageId: 'm1',
  userId: 'ann',
  timestamp: '2024-08-07T10:00:00.000Z',
  receivedAt: '2024-08-07T10:00:01.000Z',
};

function called(record: LogRecord, by = evaluate): Extract<Evaluation, { kind: 'call' }> {
  const evaluation = by(record);
  if (evaluation.kind !== 'call') throw new Error(`no call: ${evaluation.kind}`);
  return evaluation;
}

describe('what is to be done with a record', () => {
  it('is a call with the mapped event, the same bytes every time', () => {
    const record = recordOf({});
    expect(called(record)).toMatchObject({ event: 'Viewed', messageKey: expect.stringMatching(/^[0-9a-f]{32}$/) as string });
    expect(called(record).body).toBe(called(recordOf({})).body);
    expect(JSON.parse(called(record).body)).toMatchObject({ event_name: 'Viewed' });
  });

  it.each<[string, LogRecord]>([
    ['no value', recordOf(null)],
    ['no JSON', recordOf('{"type":"tra')],
    ['no object', recordOf('[1]')],
    ['another message id than its header', recordOf({}, { messageId: 'm2' })],
    ['another type than its header', recordOf({}, { type: 'identify' })],
    ['a name that is no text', recordOf(JSON.stringify({ ...EVENT, event: { name: 'Viewed' } }))],
    ['a name of megabytes', recordOf({ event: 'x'.repeat(500_000) })],
    ['properties that are no object', recordOf(JSON.stringify({ ...EVENT, properties: ['a'] }))],
    ['integrations that are no object', recordOf(JSON.stringify({ ...EVENT, integrations: 'all' }))],
    ['bytes that are no text', recordOf({}, { value: Buffer.from([0xff, 0xfe, 0x00]) })],
  ])('is to give it up if it has %s', (_, record) => {
    expect(evaluate(record)).toEqual({ kind: 'undeliverable', code: 'undecodable_record' });
  });

  it('takes a null for a field that is not there, as many programs write it', () => {
    const nulls = JSON.stringify({ ...EVENT, integrations: null, properties: null, context: null, anonymousId: null });
    expect(called(recordOf(nulls)).body).toBe(called(recordOf({})).body);
  });

  it('is to filter it if the sender has switched Extole off', () => {
    expect(evaluate(recordOf({ integrations: { Extole: false } }))).toEqual({ kind: 'filtered', reason: 'switched_off' });
  });

  it('is to filter it if the mapping drops it', () => {
    const dropping = createEvaluate(compileMapping({ version: 1, track: { default: 'drop' } }), HASHER);
    expect(dropping(recordOf({}))).toMatchObject({ kind: 'filtered' });
  });
});

describe('the keys by which a repeat is known', () => {
  it('are hashes: nothing of the user is in them (P10)', () => {
    const { messageKey, dedupKey } = called(recordOf({ event: 'conversion', properties: { partner_conversion_id: 'order-1' } }));
    for (const key of [messageKey, dedupKey]) expect(key).toMatch(/^[0-9a-f]{32}$/);
  });

  it('keep users, messages and kinds of events apart', () => {
    const conversion = (user: string, id: string, event = 'conversion') =>
      called(
        recordOf({ event, properties: { partner_conversion_id: id, partner_user_id: id } }, { subject: user as SubjectKey }),
      );
    const keys = [
      conversion('ann', '1').dedupKey,
      conversion('ann', '2').dedupKey,
      conversion('bob', '1').dedupKey,
      conversion('ann', '1', 'registration').dedupKey,
      conversion('ann', '1').messageKey,
    ];
    expect(keys).not.toContain(undefined);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('are only the message for an event without a key of its own', () => {
    expect(called(recordOf({})).dedupKey).toBeUndefined();
  });
});
