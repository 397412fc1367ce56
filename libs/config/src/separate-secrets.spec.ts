import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCommonSettings, loadConsoleSettings } from './load-settings.ts';
import { faultsOf, MINIMAL } from './testing/faults-of.ts';

const SECRET = 'one-secret-of-some-length';

/** The faults of two sources that are given like this, by field, without the file's name. */
function faultsOfSources(a: string, b: string, accounts = ['token-a', 'token-b']): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  const path = join(folder, 'sources.yaml');
  const source = (id: string, fields: string, token = ''): string =>
    `  - { id: ${id}, ${fields}, extole: { accessToken: ${token} } }\n`;
  writeFileSync(path, `sources:\n${source('a', a, accounts[0])}${source('b', b, accounts[1])}`);
  try {
    const faults = faultsOf(() => loadCommonSettings({ SUBJECT_HASH_KEY: MINIMAL.SUBJECT_HASH_KEY, SOURCES_FILE: path }));
    return JSON.parse(JSON.stringify(faults).replaceAll(`${path}: `, '')) as Record<string, string>;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('a secret', () => {
  it.each([
    ['a deletion key here and a partner key there', `deletionKeys: [${SECRET}]`, `extoleApiKeys: [${SECRET}]`, 'extoleApiKeys'],
    ['a partner key here and a deletion key there', `extoleApiKeys: [${SECRET}]`, `deletionKeys: [${SECRET}]`, 'deletionKeys'],
    ['the shared secret of both', `sharedSecret: ${SECRET}`, `sharedSecret: ${SECRET}`, 'sharedSecret'],
    ['a public write key and a shared secret', `writeKeys: [${SECRET}]`, `sharedSecret: ${SECRET}`, 'sharedSecret'],
    ['a write key of both', `writeKeys: [${SECRET}]`, `writeKeys: [${SECRET}]`, 'writeKeys'],
    ['a deletion key of both', `deletionKeys: [${SECRET}]`, `deletionKeys: [${SECRET}]`, 'deletionKeys'],
  ])('of two sources is refused, both places named: %s', (_, a, b, field) => {
    const faults = faultsOfSources(a, b);
    expect(Object.keys(faults)).toEqual([`sources[1].${field}`]);
    expect(Object.values(faults)[0]).toContain('sources[0].');
    expect(JSON.stringify(faults)).not.toContain(SECRET);
  });

  it("of an account opens no door of another account's source", () => {
    expect(Object.keys(faultsOfSources('writeKeys: [w1]', 'extoleApiKeys: [token-a]'))).toEqual(['sources[1].extoleApiKeys']);
    expect(Object.keys(faultsOfSources('writeKeys: [token-b]', 'writeKeys: [w2]'))).toEqual([
      'sources[1].extole.accessToken',
      'sources[1].extoleApiKeys',
    ]);
  });

  it('of an account that two sources have is a partner key of one of them at most', () => {
    const accounts = ['token-of-both', 'token-of-both'];
    const both = faultsOfSources('writeKeys: [w1]', 'writeKeys: [w2]', accounts);
    expect(Object.keys(both)).toEqual(['sources[1].extoleApiKeys']);
    expect(both['sources[1].extoleApiKeys']).toContain('absent, it is the access token');
    const own = 'extoleApiKeys: [a-partner-key-of-its-own]';
    expect(() => faultsOfSources('writeKeys: [w1]', own, accounts)).toThrow('the configuration was accepted');
  });

  it.each([
    ['SEGMENT_WRITE_KEYS', 'DELETION_KEYS', 'write keys are public'],
    ['SEGMENT_WRITE_KEYS', 'PARTNER_API_KEYS', 'write keys are public'],
    ['SEGMENT_WRITE_KEYS', 'EXTOLE_ACCESS_TOKEN', 'write keys are public'],
    ['SEGMENT_WRITE_KEYS', 'SUBJECT_HASH_KEY', 'write keys are public'],
    ['SEGMENT_WRITE_KEYS', 'CONSOLE_TOKEN', 'write keys are public'],
    ['PARTNER_API_KEYS', 'DELETION_KEYS', 'partner key'],
    ['DELETION_KEYS', 'SEGMENT_SHARED_SECRET', 'deletion key'],
    ['DELETION_KEYS', 'CONSOLE_TOKEN', 'deletion key'],
  ])('in %s is not in %s as well', (first, second, said) => {
    const own = { PARTNER_API_KEYS: 'a-partner-key-of-its-own' };
    const faults = faultsOf(() => loadConsoleSettings({ ...MINIMAL, ...own, [first]: SECRET, [second]: SECRET }));
    expect(Object.keys(faults)).toEqual([second]);
    expect(faults[second]).toContain(first);
    expect(faults[second]).toContain(said);
    expect(faults[second]).not.toContain(SECRET);
  });

  it('is not in a list twice', () => {
    expect(faultsOf(() => loadCommonSettings({ ...MINIMAL, DELETION_KEYS: `${SECRET},${SECRET}` }))).toEqual({
      DELETION_KEYS: 'holds a key twice',
    });
  });

  it('that deletes cannot be guessed', () => {
    for (const name of ['DELETION_KEYS', 'PARTNER_API_KEYS']) {
      const faults = faultsOf(() => loadCommonSettings({ ...MINIMAL, [name]: `${SECRET},k` }));
      expect(faults).toEqual({ [name]: expect.stringContaining('16 characters or more') as string });
    }
  });
});

describe('what is shown on the way', () => {
  it.each(['http://api.extole.io', 'http://10.1.2.3:3400', 'http://localhost.example'])(
    'is not the token: %s',
    (EXTOLE_BASE_URL) => {
      expect(faultsOf(() => loadCommonSettings({ ...MINIMAL, EXTOLE_BASE_URL }))).toEqual({
        EXTOLE_BASE_URL: expect.stringContaining('expected an https URL') as string,
      });
    },
  );

  it('may be the token of a simulated Extole, and on this machine', () => {
    const simulator = 'http://simulator:3400';
    for (const env of [{ EXTOLE_BASE_URL: 'http://[::1]:3400' }, { EXTOLE_BASE_URL: simulator, EXTOLE_SIMULATOR_URL: simulator }])
      expect(() => loadCommonSettings({ ...MINIMAL, ...env })).not.toThrow();
  });

  const password = { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'bridge', KAFKA_SASL_PASSWORD: 'secret' };
  const kafka = (env: Record<string, string>) => () => loadCommonSettings({ ...MINIMAL, ...password, ...env }).kafka;

  it('is not the password of Kafka, unless somebody says so', () => {
    const remote = { KAFKA_BROKERS: 'kafka-1:9092' };
    expect(faultsOf(kafka(remote))).toEqual({ KAFKA_SSL: expect.stringContaining('in clear') as string });
    expect(kafka({ ...remote, KAFKA_SSL: 'true' })()).toMatchObject({ ssl: true });
    expect(kafka({ ...remote, KAFKA_SSL: 'false' })()).toMatchObject({ ssl: false });
    expect(kafka({ ...remote, KAFKA_SASL_MECHANISM: 'scram-sha-512' })()).toMatchObject({ ssl: false });
    expect(kafka({ KAFKA_BROKERS: '127.0.0.1:9092,localhost:9093' })()).toMatchObject({ ssl: false });
  });
});
