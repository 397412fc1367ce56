import { configFaults, configSummary } from './check-config.ts';

const valid = { EXTOLE_ACCESS_TOKEN: 't0ken', SUBJECT_HASH_KEY: 'sixteen characters' };

describe('checking the configuration', () => {
  it('says what a valid one comes to, without a secret', () => {
    expect(configFaults(valid)).toEqual([]);
    expect(configSummary(valid)).toBe(
      'configuration is valid: 1 source (default), Kafka at localhost:9092, 12 partitions with 1 replica',
    );
  });

  it('finds the faults of every app, each once', () => {
    const faults = configFaults({ ...valid, LOG_LEVEL: 'loud', INGEST_PORT: 'http', DRAIN_TIMEOUT: '20' });
    expect(faults.map(({ where }) => where).sort()).toEqual(['DRAIN_TIMEOUT', 'INGEST_PORT', 'LOG_LEVEL']);
    const shared = { DELETION_KEYS: 'sixteen characters or more', CONSOLE_TOKEN: 'sixteen characters or more' };
    expect(configFaults({ ...valid, ...shared }).map(({ where }) => where)).toEqual(['CONSOLE_TOKEN']);
  });
});
