import { loadCommonSettings, type SourceSettings } from '#config';
import { partitionFor } from '#event-log';
import { SubjectHasher, type JsonObject, type SubjectKey } from '#segment';
import { explainEvent, type EventExplanation } from './explain-event.ts';

const HASH_KEY = 'sixteen characters';
const settings = loadCommonSettings({ EXTOLE_ACCESS_TOKEN: 't', SUBJECT_HASH_KEY: HASH_KEY });

function explain(message: unknown, mapping?: JsonObject): EventExplanation {
  const source: SourceSettings = { ...settings.sources[0]!, ...(mapping === undefined ? {} : { mapping }) };
  return explainEvent(message, {
    source,
    partitions: 12,
    subjectHashKey: HASH_KEY,
    receivedAt: Date.parse('2026-01-01T00:00:00Z'),
  });
}

const purchase = {
  type: 'track',
  event: 'conversion',
  userId: 'u1',
  messageId: 'm1',
  properties: { email: 'john.doe@example.com', partner_conversion_id: 'purchaseId123', cart_value: '99.99' },
};

describe('explaining a message', () => {
  it('shows where it stands in the log, what is sent, and by what a repeat is known', () => {
    const explained = explain(purchase);
    expect(explained).toMatchObject({
      kind: 'request',
      source: 'default',
      subject: 'u1',
      hashedSubject: new SubjectHasher(HASH_KEY, 'default').subject('u1' as SubjectKey),
      partition: partitionFor('u1', 12),
      messageId: 'm1',
      event: 'conversion',
      mappingVersion: 'default',
      dedup: { kind: 'conversion', key: 'purchaseId123' },
      mode: 'async',
      body: { event_name: 'conversion', data: { cart_value: '99.99', partner_user_id: 'u1' } },
    });
  });

  it('warns of what may not do what its sender hopes', () => {
    const explained = explain({ ...purchase, properties: { email: 'a@example.com' } });
    expect(explained).toMatchObject({ warnings: [{ code: 'partner_key_missing' }] });
  });

  it('says which entry of the mapping filters an event', () => {
    const explained = explain(
      { ...purchase, event: 'Internal Ping' },
      { version: 1, track: { events: { 'Internal Ping': false } } },
    );
    expect(explained).toMatchObject({ kind: 'filtered', decidedBy: 'track.events.Internal Ping' });
  });

  it('says that the sender has switched this destination off', () => {
    expect(explain({ ...purchase, integrations: { All: false } })).toMatchObject({ kind: 'filtered', reason: 'switched_off' });
  });

  it('knows a deletion', () => {
    const explained = explain({ userId: '056tf9eqw24' });
    expect(explained).toMatchObject({ kind: 'erasure', subject: '056tf9eqw24', partition: partitionFor('056tf9eqw24', 12) });
  });

  it('says why ingest would not take it', () => {
    expect(explain({ type: 'track', userId: 'u1' })).toEqual({ kind: 'refused', reason: 'missing_event' });
    expect(explain({ type: 'page', userId: 'u1' })).toEqual({ kind: 'unsupported', type: 'page' });
  });
});
