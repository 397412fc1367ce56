import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planStack } from '../../../tools/stack/lib/plan.mjs';
import { ConfigError } from './config-error.ts';
import type { Environment } from './environment.ts';
import { loadCommonSettings, loadConsoleSettings, loadForwarderSettings, loadIngestSettings } from './load-settings.ts';
import { PUBLISHED_KEYS } from './published-keys.ts';

const APPS = { ingest: loadIngestSettings, forwarder: loadForwarderSettings, console: loadConsoleSettings };
/** An account that is real, with keys that nobody else knows. */
const REAL = {
  EXTOLE_ACCESS_TOKEN: 'a-real-token',
  SUBJECT_HASH_KEY: 'sixteen characters',
  SEGMENT_WRITE_KEYS: 'own-write-key',
  DELETION_KEYS: 'own-deletion-key',
};
/** What docker-compose.yml says and `.env` does not. */
const COMPOSE = { EXTOLE_SIMULATOR_URL: 'http://simulator:3400', CONSOLE_HOST: '0.0.0.0' };

function faultsOf(load: (env: Environment) => unknown, env: Environment): Record<string, string> {
  try {
    load(env);
    return {};
  } catch (error) {
    if (error instanceof ConfigError) return Object.fromEntries(error.faults.map(({ where, expected }) => [where, expected]));
    throw error;
  }
}

function withTextFile(name: string, text: string, work: (path: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  try {
    writeFileSync(join(folder, name), text);
    work(join(folder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('keys that everybody knows', () => {
  it.each(Object.entries(APPS))('keep %s from starting with a real account, each named and none shown', (_, load) => {
    for (const name of ['SEGMENT_WRITE_KEYS', 'DELETION_KEYS', 'SEGMENT_SHARED_SECRET', 'SUBJECT_HASH_KEY'] as const) {
      const faults = faultsOf(load, { ...REAL, [name]: PUBLISHED_KEYS[name] });
      expect(Object.keys(faults)).toEqual([name]);
      expect(faults[name]).toContain('set one of your own');
      expect(faults[name]).not.toContain(PUBLISHED_KEYS[name]);
    }
  });

  it('are found among others, and under another name', () => {
    expect(Object.keys(faultsOf(loadIngestSettings, { ...REAL, SEGMENT_WRITE_KEYS: 'mine, local-write-key' }))).toEqual([
      'SEGMENT_WRITE_KEYS',
    ]);
    expect(Object.keys(faultsOf(loadIngestSettings, { ...REAL, PARTNER_API_KEYS: 'local-deletion-key' }))).toEqual([
      'PARTNER_API_KEYS',
    ]);
  });

  it('open no door of the console either', () => {
    const open = { ...REAL, CONSOLE_HOST: '0.0.0.0', CONSOLE_TOKEN: PUBLISHED_KEYS.CONSOLE_TOKEN };
    expect(Object.keys(faultsOf(loadConsoleSettings, open))).toEqual(['CONSOLE_TOKEN']);
  });

  it('open no door as the access token, which Segment may show; who only reads the log may go by it', () => {
    const { EXTOLE_ACCESS_TOKEN } = PUBLISHED_KEYS;
    expect(Object.keys(faultsOf(loadIngestSettings, { ...REAL, EXTOLE_ACCESS_TOKEN }))).toEqual(['EXTOLE_ACCESS_TOKEN']);
    expect(faultsOf(loadForwarderSettings, { ...REAL, EXTOLE_ACCESS_TOKEN })).toEqual({});
  });

  it('are found in a sources file, of the sources whose account is real', () => {
    const sources = `sources:
  - { id: real, deletionKeys: [local-deletion-key], sharedSecret: local-shared-secret, extole: { accessToken: t1 } }
  - { id: tried, writeKeys: [local-write-key], extole: { accessToken: t2, baseUrl: 'http://127.0.0.1:3400' } }
`;
    withTextFile('sources.yaml', sources, (path) => {
      const faults = faultsOf(loadCommonSettings, { SOURCES_FILE: path, SUBJECT_HASH_KEY: REAL.SUBJECT_HASH_KEY });
      expect(Object.keys(faults)).toEqual([`${path}: sources[0].deletionKeys`, `${path}: sources[0].sharedSecret`]);
    });
  });

  it.each(['http://localhost:3400', 'http://127.0.0.1:3400/', 'http://[::1]:3400'])(
    'are good enough for an Extole on this machine: %s',
    (EXTOLE_BASE_URL) => {
      for (const load of Object.values(APPS)) expect(faultsOf(load, { ...PUBLISHED_KEYS, EXTOLE_BASE_URL })).toEqual({});
    },
  );

  it('are the ones that npm start makes use of', () => {
    const { env } = planStack({}, { hasConsole: true, stateDir: 's', indexDir: 'i' });
    for (const name of ['EXTOLE_ACCESS_TOKEN', 'SEGMENT_WRITE_KEYS', 'DELETION_KEYS', 'SEGMENT_SHARED_SECRET'] as const) {
      expect(env[name]).toBe(PUBLISHED_KEYS[name]);
    }
  });
});

describe('the simulator that docker-compose.yml names', () => {
  it('is the Extole where no account is configured, with keys that everybody knows', () => {
    for (const load of Object.values(APPS)) {
      const { sources, subjectHashKey } = load(COMPOSE);
      expect(subjectHashKey).toBe(PUBLISHED_KEYS.SUBJECT_HASH_KEY);
      expect(sources).toMatchObject([
        {
          id: 'default',
          writeKeys: ['local-write-key'],
          deletionKeys: ['local-deletion-key'],
          sharedSecret: 'local-shared-secret',
          extole: { baseUrl: 'http://simulator:3400', accessToken: 'local-extole-token' },
        },
      ]);
    }
    expect(loadConsoleSettings(COMPOSE)).toMatchObject({ token: 'local-console-token' });
  });

  it('leaves what is configured as it is, by variable or by file', () => {
    withTextFile('keys', 'a-key-from-a-file', (path) => {
      const { sources } = loadIngestSettings({ ...COMPOSE, SEGMENT_WRITE_KEYS: 'mine', DELETION_KEYS_FILE: path });
      expect(sources).toMatchObject([{ writeKeys: ['mine'], deletionKeys: ['a-key-from-a-file'] }]);
    });
  });

  it('is forgotten as soon as there is an account: the real Extole is called, and no key is made up', () => {
    const { sources } = loadIngestSettings({ ...COMPOSE, EXTOLE_ACCESS_TOKEN: 't', SUBJECT_HASH_KEY: 'sixteen characters' });
    expect(sources).toMatchObject([{ writeKeys: [], deletionKeys: [], extole: { baseUrl: 'https://api.extole.io' } }]);
    expect(Object.keys(faultsOf(loadConsoleSettings, { ...COMPOSE, EXTOLE_ACCESS_TOKEN: 't' })).sort()).toEqual([
      'CONSOLE_TOKEN',
      'SUBJECT_HASH_KEY',
    ]);
  });

  it('gets out of the way of a sources file', () => {
    withTextFile('sources.yaml', 'sources:\n  - { id: shop, writeKeys: [w], extole: { accessToken: t } }\n', (path) => {
      const { sources } = loadIngestSettings({ ...COMPOSE, SOURCES_FILE: path, SUBJECT_HASH_KEY: 'sixteen characters' });
      expect(sources).toMatchObject([{ id: 'shop', writeKeys: ['w'], extole: { baseUrl: 'https://api.extole.io' } }]);
    });
  });
});
