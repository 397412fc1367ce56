import { demoTarget } from './target.mjs';

describe('where the demo sends', () => {
  it('takes the addresses and keys that npm start would use', () => {
    expect(demoTarget({ INGEST_PORT: '4000', SEGMENT_WRITE_KEYS: 'first,second' })).toMatchObject({
      ingestUrl: 'http://127.0.0.1:4000',
      simulatorUrl: 'http://127.0.0.1:3400',
      writeKey: 'first',
      deletionKey: 'local-deletion-key',
    });
  });

  it.each(['EXTOLE_ACCESS_TOKEN', 'EXTOLE_ACCESS_TOKEN_FILE', 'SOURCES_FILE', 'EXTOLE_BASE_URL'])(
    'refuses whatever may be a real Extole, and does not show the value (%s)',
    (variable) => {
      const attempt = (): unknown => demoTarget({ [variable]: 'something-secret' });

      expect(attempt).toThrow(/Extole|EXTOLE/);
      expect(attempt).not.toThrow(/something-secret/);
    },
  );

  it('reads no key from a file', () => {
    expect(() => demoTarget({ DELETION_KEYS_FILE: 'keys.txt' })).toThrow(/DELETION_KEYS/);
  });
});
