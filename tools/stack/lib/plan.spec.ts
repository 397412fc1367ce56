import { planStack } from './plan.mjs';

const options = { hasConsole: false, stateDir: 'state', indexDir: 'console' };

describe('what npm start has to start', () => {
  it('starts a broker and the simulator where nothing is configured, with keys for this machine alone', () => {
    const { parts, ports, faults, env } = planStack({}, options);

    expect(parts).toEqual({ broker: true, simulator: true, console: false });
    expect(ports).toEqual({ ingest: 3000, ingestAdmin: 3100, forwarderAdmin: 3200, simulator: 3400, broker: 9092 });
    expect(faults).toEqual([]);
    expect(env).toMatchObject({
      KAFKA_BROKERS: '127.0.0.1:9092',
      EXTOLE_BASE_URL: 'http://localhost:3400',
      EXTOLE_ACCESS_TOKEN: 'local-extole-token',
      SIMULATOR_TOKEN: 'local-extole-token',
      SEGMENT_WRITE_KEYS: 'local-write-key',
      INGEST_HOST: '127.0.0.1',
      MAPPING_FILE: 'examples/mapping.yaml',
    });
  });

  it('uses the broker that is configured', () => {
    const { parts, ports, env } = planStack({ KAFKA_BROKERS: 'kafka.example:9092' }, options);

    expect(parts.broker).toBe(false);
    expect(ports).not.toHaveProperty('broker');
    expect(env['KAFKA_BROKERS']).toBe('kafka.example:9092');
  });

  it.each(['EXTOLE_ACCESS_TOKEN', 'EXTOLE_ACCESS_TOKEN_FILE', 'SOURCES_FILE'])(
    'never uses the well-known keys with a real account (%s)',
    (variable) => {
      const { parts, env } = planStack({ [variable]: 'something' }, options);

      expect(parts.simulator).toBe(false);
      expect(env).not.toHaveProperty('SEGMENT_WRITE_KEYS');
      expect(env).not.toHaveProperty('DELETION_KEYS');
      expect(env).not.toHaveProperty('EXTOLE_BASE_URL');
      expect(env).not.toHaveProperty('INGEST_HOST');
      expect(env).not.toHaveProperty('MAPPING_FILE');
    },
  );

  it('leaves what is configured as it is, also where it is configured by file', () => {
    const { env } = planStack({ SEGMENT_WRITE_KEYS: 'mine', DELETION_KEYS_FILE: 'keys.txt' }, options);

    expect(env['SEGMENT_WRITE_KEYS']).toBe('mine');
    expect(env).not.toHaveProperty('DELETION_KEYS');
  });

  it('tells every app the ports that were chosen', () => {
    const { env, ports } = planStack({ INGEST_PORT: '4000', EXTOLE_SIMULATOR_PORT: '4400', LOCAL_KAFKA_PORT: '9999' }, options);

    expect(ports).toMatchObject({ ingest: 4000, simulator: 4400, broker: 9999 });
    expect(env).toMatchObject({
      INGEST_PORT: '4000',
      EXTOLE_SIMULATOR_PORT: '4400',
      INGEST_ADMIN_PORT: '3100',
      KAFKA_BROKERS: '127.0.0.1:9999',
    });
  });

  it('names every port setting that cannot be, by its variable', () => {
    const { faults } = planStack({ INGEST_PORT: '70000', FORWARDER_ADMIN_PORT: '3100', EXTOLE_SIMULATOR_PORT: 'x' }, options);

    expect(faults).toEqual([
      'INGEST_PORT must be a port number from 1 to 65535.',
      'FORWARDER_ADMIN_PORT and INGEST_ADMIN_PORT are both 3100.',
      'EXTOLE_SIMULATOR_PORT must be a port number from 1 to 65535.',
    ]);
  });
});
