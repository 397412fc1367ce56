import { loadCommonSettings } from '#config';
import { explainEvent } from '#operations';
import { renderExplanation } from './render-explanation.ts';

const [source] = loadCommonSettings({ EXTOLE_ACCESS_TOKEN: 't', SUBJECT_HASH_KEY: 'sixteen characters' }).sources;

describe('an explanation on the terminal', () => {
  it.each([
    [
      'known by   conversion purchaseId123, and messageId',
      { partner_conversion_id: 'purchaseId123', email: 'john.doe@example.com' },
    ],
    ['warnings\n  partner_key_missing', { email: 'john.doe@example.com' }],
  ])('says: %s', (said, properties) => {
    const message = { type: 'track', event: 'conversion', userId: 'u1', messageId: 'm1', properties };
    expect(renderExplanation(explainEvent(message, { source: source!, partitions: 12, receivedAt: 0 }))).toContain(said);
  });
});
