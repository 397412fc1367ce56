import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from './config-error.ts';
import type { Environment } from './environment.ts';
import { loadCommonSettings, loadConsoleSettings, loadForwarderSettings, loadIngestSettings } from './load-settings.ts';
import { faultsOf, MINIMAL } from './testing/faults-of.ts';

describe('one source, described by the environment', () => {
  it('has a default for everything but the access token and the hash key', () => {
    const settings = loadCommonSettings(MINIMAL);
    expect(settings.kafka).toEqual({ brokers: ['localhost:9092'], clientId: 'segment-extole-bridge', ssl: false });
    expect(settings.topics).toEqual({
      prefix: '',
      partitions: 12,
      replication: 1,
      eventsRetentionMs: 2_592_000_000,
      dedupWindowMs: 2_592_000_000,
    });
    expect(settings.sources).toEqual([
      {
        id: 'default',
        writeKeys: [],
        extoleApiKeys: ['extole-token'],
        deletionKeys: [],
        afterDeletion: 'accept',
        extole: {
          baseUrl: 'https://api.extole.io',
          accessToken: 'extole-token',
          mode: 'async',
          maxConcurrency: 128,
          timeoutMs: 10_000,
        },
      },
    ]);
    expect(settings.logLevel).toBe('info');
  });

  it('keeps the console to this machine, unless it is told otherwise and given a token', () => {
    expect(loadConsoleSettings(MINIMAL)).toMatchObject({ host: '127.0.0.1', port: 3300, groupId: 'extole-forwarder' });
    expect(loadConsoleSettings(MINIMAL)).not.toHaveProperty('token');
    expect(loadConsoleSettings({ ...MINIMAL, CONSOLE_HOST: '::1' })).toMatchObject({ host: '::1' });
    const exposed = { ...MINIMAL, CONSOLE_HOST: '0.0.0.0' };
    expect(faultsOf(() => loadConsoleSettings(exposed))).toEqual({
      CONSOLE_TOKEN: expect.stringContaining('is required') as string,
    });
    expect(faultsOf(() => loadConsoleSettings({ ...exposed, CONSOLE_TOKEN: 'short' }))).toHaveProperty('CONSOLE_TOKEN');
    expect(loadConsoleSettings({ ...exposed, CONSOLE_TOKEN: 'a token of some length' })).toMatchObject({ host: '0.0.0.0' });
  });

  it('gives each app its ports and bounds', () => {
    expect(loadIngestSettings(MINIMAL)).toMatchObject({
      host: '0.0.0.0',
      port: 3000,
      adminHost: '127.0.0.1',
      adminPort: 3100,
      webhookBatchSignature: 'reject',
    });
    expect(loadForwarderSettings({ ...MINIMAL, MAX_ATTEMPT_AGE: '10m', ADMIN_HOST: '0.0.0.0' })).toMatchObject({
      adminHost: '0.0.0.0',
      adminPort: 3200,
      groupId: 'extole-forwarder',
      stateDir: '.data/state',
      maxAttemptAgeMs: 600_000,
      deletionLagBoundMs: 5_000,
    });
  });

  it('does not limit the events of a key unless a rate is given', () => {
    const rate = (env: Environment): unknown => loadIngestSettings({ ...MINIMAL, ...env }).rateLimit;
    expect(rate({})).toBeUndefined();
    expect(rate({ INGEST_RATE_LIMIT: '500' })).toEqual({ count: 500, perMs: 1_000 });
    expect(rate({ INGEST_RATE_LIMIT: '6000/min' })).toEqual({ count: 6_000, perMs: 60_000 });
    expect(Object.keys(faultsOf(() => rate({ INGEST_RATE_LIMIT: '0' })))).toEqual(['INGEST_RATE_LIMIT']);
  });

  it('takes several keys for rotation', () => {
    const [source] = loadCommonSettings({
      ...MINIMAL,
      SEGMENT_WRITE_KEYS: 'w1, w2',
      DELETION_KEYS: 'the-first-deletion-key',
      PARTNER_API_KEYS: 'the-first-partner-key,the-next-partner-key',
    }).sources;
    expect(source).toMatchObject({
      writeKeys: ['w1', 'w2'],
      deletionKeys: ['the-first-deletion-key'],
      extoleApiKeys: ['the-first-partner-key', 'the-next-partner-key'],
    });
  });

  it('paces the synchronous endpoint as Extole documents it, unless a rate is given', () => {
    const rate = (env: Environment): unknown => loadCommonSettings({ ...MINIMAL, ...env }).sources[0]?.extole.rateLimit;
    expect(rate({})).toBeUndefined();
    expect(rate({ EXTOLE_EVENTS_MODE: 'sync' })).toEqual({ count: 100, perMs: 60_000 });
    expect(rate({ EXTOLE_EVENTS_MODE: 'sync', EXTOLE_RATE_LIMIT: '10/s' })).toEqual({ count: 10, perMs: 1_000 });
    const persons = (env: Environment): unknown => loadCommonSettings({ ...MINIMAL, ...env }).sources[0]?.extole.personRateLimit;
    expect(persons({})).toBeUndefined();
    expect(persons({ EXTOLE_PERSON_RATE_LIMIT: '300/min' })).toEqual({ count: 300, perMs: 60_000 });
  });

  it('replicates three times as soon as a broker is on another machine', () => {
    const replication = (brokers: string): number =>
      loadCommonSettings({ ...MINIMAL, KAFKA_BROKERS: brokers }).topics.replication;
    expect(replication('127.0.0.1:9092,localhost:9093,[::1]:9094')).toBe(1);
    expect(replication('kafka-1:9092,kafka-2:9092')).toBe(3);
  });

  it('cannot be changed afterwards, at any depth', () => {
    const settings = loadCommonSettings(MINIMAL);
    expect(Object.isFrozen(settings)).toBe(true);
    expect(Object.isFrozen(settings.sources[0]?.extole)).toBe(true);
    expect(Object.isFrozen(settings.kafka.brokers)).toBe(true);
  });

  it('counts an empty variable as absent', () => {
    expect(loadCommonSettings({ ...MINIMAL, TOPIC_PARTITIONS: '', EXTOLE_RATE_LIMIT: '' }).topics.partitions).toBe(12);
  });
});

describe('a configuration with faults', () => {
  it('is refused with all of them at once', () => {
    const faults = faultsOf(() =>
      loadForwarderSettings({
        KAFKA_BROKERS: 'nowhere',
        EVENTS_RETENTION: '30',
        EXTOLE_BASE_URL: 'ftp://example.com',
        LOG_LEVEL: 'loud',
        FORWARDER_ADMIN_PORT: '70000',
        SUBJECT_HASH_KEY: 'short',
      }),
    );
    expect(Object.keys(faults).sort()).toEqual([
      'EVENTS_RETENTION',
      'EXTOLE_ACCESS_TOKEN',
      'EXTOLE_BASE_URL',
      'FORWARDER_ADMIN_PORT',
      'KAFKA_BROKERS',
      'LOG_LEVEL',
      'SUBJECT_HASH_KEY',
    ]);
    expect(faults['EVENTS_RETENTION']).toBe('expected a duration such as 30d, 12h, 15m, 5s or 500ms');
    expect(faults['SUBJECT_HASH_KEY']).toContain('16 characters or more');
  });

  it('is told without the values: they may be secrets', () => {
    try {
      loadCommonSettings({
        EXTOLE_ACCESS_TOKEN: ' s3cr3t-token ',
        SUBJECT_HASH_KEY: 's3cr3t-key',
        KAFKA_SASL_PASSWORD: 's3cr3t-word',
      });
      throw new Error('the configuration was accepted');
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      expect(String(error)).not.toContain('s3cr3t');
    }
  });

  it('names what a half-given SASL or TLS set-up lacks', () => {
    const faults = faultsOf(() =>
      loadCommonSettings({ ...MINIMAL, KAFKA_SASL_USERNAME: 'u', KAFKA_SSL_CERT: '-----BEGIN CERTIFICATE-----' }),
    );
    expect(Object.keys(faults).sort()).toEqual(['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_PASSWORD', 'KAFKA_SSL_KEY']);
  });
});

describe('files', () => {
  let directory: string;
  const file = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'config-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('hold secrets, with the line end that editors add', () => {
    const settings = loadCommonSettings({
      EXTOLE_ACCESS_TOKEN_FILE: file('token', 'from-a-file\n'),
      SUBJECT_HASH_KEY_FILE: file('key', 'sixteen characters\r\n'),
    });
    expect(settings.sources[0]?.extole.accessToken).toBe('from-a-file');
    expect(settings.subjectHashKey).toBe('sixteen characters');
  });

  it('are named when they cannot be read, or compete with the variable', () => {
    const missing = join(directory, 'missing');
    const faults = faultsOf(() =>
      loadCommonSettings({
        ...MINIMAL,
        EXTOLE_ACCESS_TOKEN_FILE: file('token', 'x'),
        SUBJECT_HASH_KEY: '',
        SUBJECT_HASH_KEY_FILE: missing,
      }),
    );
    expect(Object.keys(faults)).toEqual(['SUBJECT_HASH_KEY_FILE', 'EXTOLE_ACCESS_TOKEN_FILE'].sort());
  });

  it('describe several sources, each with its own account', () => {
    file('acme-token', 'acme-token\n');
    file('acme.yaml', 'version: 1\ntrack: { events: { Signed Up: registration } }\n');
    const path = file(
      'sources.yaml',
      `
sources:
  - id: acme
    writeKeys: [w1]
    deletionKeys: [the-first-deletion-key]
    sharedSecret: shared
    mapping: acme.yaml
    extole: { accessTokenFile: acme-token, labels: acme-programme, mode: sync, maxConcurrency: 16 }
  - id: globex
    writeKeys: [w2]
    afterDeletion: suppress
    mapping: { version: 1 }
    extole: { accessToken: globex-token, rateLimit: 25, baseUrl: 'https://events.extole.io/' }
`,
    );
    const { sources } = loadCommonSettings({
      SUBJECT_HASH_KEY: MINIMAL.SUBJECT_HASH_KEY,
      SOURCES_FILE: path,
      EXTOLE_TIMEOUT_MS: '5000',
    });
    expect(sources).toEqual([
      {
        id: 'acme',
        writeKeys: ['w1'],
        extoleApiKeys: ['acme-token'],
        deletionKeys: ['the-first-deletion-key'],
        sharedSecret: 'shared',
        mapping: { version: 1, track: { events: { 'Signed Up': 'registration' } } },
        afterDeletion: 'accept',
        extole: {
          baseUrl: 'https://api.extole.io',
          accessToken: 'acme-token',
          labels: 'acme-programme',
          mode: 'sync',
          maxConcurrency: 16,
          rateLimit: { count: 100, perMs: 60_000 },
          timeoutMs: 5_000,
        },
      },
      {
        id: 'globex',
        writeKeys: ['w2'],
        extoleApiKeys: ['globex-token'],
        deletionKeys: [],
        mapping: { version: 1 },
        afterDeletion: 'suppress',
        extole: {
          baseUrl: 'https://events.extole.io',
          accessToken: 'globex-token',
          mode: 'async',
          maxConcurrency: 128,
          rateLimit: { count: 25, perMs: 1_000 },
          timeoutMs: 5_000,
        },
      },
    ]);
  });

  it('name each fault of a sources file by its path in the file', () => {
    const path = file(
      'sources.yaml',
      `
sources:
  - id: Not An Id
    writeKey: [w1]
    extole: { accessToken: t, mode: fast }
  - id: fine
    writeKeys: w1
`,
    );
    const faults = faultsOf(() => loadCommonSettings({ ...MINIMAL, EXTOLE_ACCESS_TOKEN: undefined, SOURCES_FILE: path }));
    expect(Object.keys(faults).sort()).toEqual(
      [
        `${path}: sources[0].extole.mode`,
        `${path}: sources[0].id`,
        `${path}: sources[0].writeKey`,
        `${path}: sources[1].extole`,
        `${path}: sources[1].writeKeys`,
      ].sort(),
    );
  });

  it('take a field with nothing behind it for absent', () => {
    const path = file('sources.yaml', 'sources: [{ id: one, sharedSecret: , mapping: , extole: { accessToken: t, labels: } }]');
    const [source] = loadCommonSettings({ SUBJECT_HASH_KEY: MINIMAL.SUBJECT_HASH_KEY, SOURCES_FILE: path }).sources;
    expect(source).not.toHaveProperty('sharedSecret');
    expect(source?.extole).not.toHaveProperty('labels');
    const empty = file('empty.yaml', 'sources: [{ id: one, extole: { accessToken: } }]');
    expect(
      Object.keys(faultsOf(() => loadCommonSettings({ SUBJECT_HASH_KEY: MINIMAL.SUBJECT_HASH_KEY, SOURCES_FILE: empty }))),
    ).toEqual([`${empty}: sources[0].extole.accessToken`]);
  });

  it('refuse ids and keys that two sources share', () => {
    const path = file(
      'sources.yaml',
      `
sources:
  - { id: one, writeKeys: [w1], extole: { accessToken: same } }
  - { id: one, writeKeys: [w1], extole: { accessToken: same } }
`,
    );
    const faults = faultsOf(() => loadCommonSettings({ SUBJECT_HASH_KEY: MINIMAL.SUBJECT_HASH_KEY, SOURCES_FILE: path }));
    expect(Object.keys(faults).sort()).toEqual(
      [`${path}: sources[1].extoleApiKeys`, `${path}: sources[1].id`, `${path}: sources[1].writeKeys`].sort(),
    );
  });

  it('refuse a single-source variable beside a sources file, which would be silently ignored', () => {
    const path = file('sources.yaml', 'sources: [{ id: one, extole: { accessToken: t } }]');
    expect(Object.keys(faultsOf(() => loadCommonSettings({ ...MINIMAL, SOURCES_FILE: path, MAPPING_FILE: 'x.yaml' })))).toEqual([
      'EXTOLE_ACCESS_TOKEN',
      'MAPPING_FILE',
    ]);
  });

  it('name the faults of a mapping file by file and path', () => {
    const path = file('mapping.yaml', 'version: 1\ntrack: { default: perhaps }\n');
    const faults = faultsOf(() => loadCommonSettings({ ...MINIMAL, MAPPING_FILE: path }));
    expect(Object.keys(faults)).toHaveLength(1);
    expect(Object.keys(faults)[0]).toContain(`${path}: track.default`);
  });
});

describe('tracing', () => {
  const tracing = (env: Record<string, string>) =>
    loadCommonSettings({ EXTOLE_ACCESS_TOKEN: 'token', SUBJECT_HASH_KEY: '0123456789abcdef', ...env }).tracing;

  it('is off unless an endpoint or the exporter is named', () => {
    expect(tracing({})).toBeUndefined();
    expect(tracing({ OTEL_TRACES_SAMPLER: 'always_on' })).toBeUndefined();
    expect(tracing({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_TRACES_EXPORTER: 'none' })).toBeUndefined();
    expect(tracing({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_SDK_DISABLED: 'true' })).toBeUndefined();
  });

  it.each([
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, 'http://localhost:4318/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector/otlp/' }, 'https://collector/otlp/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector/mine' }, 'https://collector/mine'],
  ])('goes where OpenTelemetry says: %j', (env, url) => {
    expect(tracing(env)).toEqual({ url, sampler: 'parentbased_always_on', ratio: 1 });
  });

  it('samples as it is told, and refuses a share that is none', () => {
    const endpoint = { OTEL_TRACES_EXPORTER: 'otlp', OTEL_TRACES_SAMPLER: 'traceidratio' };
    expect(tracing({ ...endpoint, OTEL_TRACES_SAMPLER_ARG: '0.25' })).toMatchObject({ sampler: 'traceidratio', ratio: 0.25 });
    expect(() => tracing({ ...endpoint, OTEL_TRACES_SAMPLER_ARG: '25%' })).toThrow('OTEL_TRACES_SAMPLER_ARG');
    expect(() => tracing({ ...endpoint, OTEL_TRACES_SAMPLER: 'sometimes' })).toThrow('OTEL_TRACES_SAMPLER');
  });
});
