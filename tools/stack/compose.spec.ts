import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  FILE_VARIABLES,
  RawConsoleEnvironment,
  RawForwarderEnvironment,
  RawIngestEnvironment,
} from '../../libs/config/src/raw-environment.ts';
import { PUBLISHED_KEYS } from '../../libs/config/src/published-keys.ts';
import { BROKER_SETTINGS, KAFKA_VERSION } from '../local-kafka/local-kafka.mjs';
import { imageNodeVersion } from './lib/lts-node.mjs';

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly ports?: readonly string[];
  readonly user?: string;
  readonly read_only?: boolean;
  readonly tmpfs?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly volumes?: readonly string[];
  readonly privileged?: boolean;
  readonly profiles?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly healthcheck: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const { services } = parse(read('docker-compose.yml'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
};
const service = (name: string): Service => {
  const found = services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
};
const APPS = ['simulator', 'ingest', 'forwarder', 'console'];
/** Read by OpenTelemetry's SDK and by no code of ours. */
const OF_THE_TRACING_SDK = ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_RESOURCE_ATTRIBUTES', 'OTEL_SERVICE_NAME'];
/** Interfaces, ports and folders inside of the container; what is outside stands under `ports` and `volumes`. */
const OF_THE_CONTAINER = [
  'ADMIN_HOST',
  'CONSOLE_HOST',
  'CONSOLE_INDEX_DIR',
  'CONSOLE_PORT',
  'EXTOLE_SIMULATOR_URL',
  'FORWARDER_ADMIN_PORT',
  'INGEST_ADMIN_PORT',
  'INGEST_HOST',
  'INGEST_PORT',
  'STATE_DIR',
];
/** What the broker of the file itself makes different from the apps' own defaults. */
const DEFAULTS: Readonly<Record<string, string>> = { KAFKA_BROKERS: 'broker:19092', TOPIC_REPLICATION: '1' };
const INSIGHT = ['prometheus', 'grafana'];

/** `KAFKA_MIN_INSYNC_REPLICAS` for `min.insync.replicas`: the rule of the official image. */
const variableOf = (setting: string): string => `KAFKA_${setting.toUpperCase().replaceAll('.', '_')}`;

describe('docker-compose.yml', () => {
  it('runs the broker, the simulated Extole and the apps, and Prometheus and Grafana for who asks for the profile', () => {
    const inProfiles = (wanted: boolean) =>
      Object.keys(services).filter((name) => (service(name).profiles !== undefined) === wanted);

    expect(inProfiles(false).sort()).toEqual(['broker', ...APPS].sort());
    expect(inProfiles(true).sort()).toEqual([...INSIGHT].sort());
    for (const name of INSIGHT) expect(service(name).profiles).toEqual(['insight']);
  });

  it('gives Prometheus and Grafana files that are there, to read', () => {
    const mounts = INSIGHT.flatMap((name) => service(name).volumes ?? []).filter((volume) => volume.startsWith('./'));

    expect(mounts.length).toBe(3);
    for (const mount of mounts) {
      const [source = '', , mode] = mount.split(':');
      expect(existsSync(join(ROOT, source))).toBe(true);
      expect(mode).toBe('ro');
    }
  });

  it('has Prometheus ask the admin port of each app', () => {
    const { scrape_configs: jobs } = parse(read('deploy/prometheus/prometheus.yml')) as {
      scrape_configs: { job_name: string; dns_sd_configs: { names: string[]; port: number }[] }[];
    };
    const asked = jobs.flatMap(({ dns_sd_configs: [lookup] }) => `${lookup?.names.join()}:${lookup?.port}`);

    const health = APPS.filter((name) => name !== 'simulator').map(
      (name) => new URL(service(name).healthcheck.test.at(-1) ?? '').port,
    );
    expect(asked).toEqual(['ingest', 'forwarder', 'console'].map((name, index) => `${name}:${health[index]}`));
  });

  it('uses the Kafka that tools/local-kafka uses, in the official image', () => {
    expect(service('broker').image).toBe(`apache/kafka:${KAFKA_VERSION}`);
  });

  it('gives its broker every setting that tools/local-kafka gives to its own', () => {
    const expected = Object.fromEntries(Object.entries(BROKER_SETTINGS).map(([setting, value]) => [variableOf(setting), value]));

    expect(service('broker').environment).toMatchObject(expected);
  });

  it('gives its broker no setting of its own but what a container needs', () => {
    const shared = Object.keys(BROKER_SETTINGS).map(variableOf);
    const own = Object.keys(service('broker').environment).filter((name) => !shared.includes(name));

    expect(own.sort()).toEqual([
      'CLUSTER_ID',
      'KAFKA_ADVERTISED_LISTENERS',
      'KAFKA_CONTROLLER_LISTENER_NAMES',
      'KAFKA_CONTROLLER_QUORUM_VOTERS',
      'KAFKA_HEAP_OPTS',
      'KAFKA_INTER_BROKER_LISTENER_NAME',
      'KAFKA_LISTENERS',
      'KAFKA_LISTENER_SECURITY_PROTOCOL_MAP',
      'KAFKA_LOG_DIRS',
      'KAFKA_NODE_ID',
      'KAFKA_PROCESS_ROLES',
    ]);
  });

  it('publishes every port on the loopback only', () => {
    const ports = Object.values(services).flatMap(({ ports = [] }) => ports);

    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  describe.each([
    ['ingest', RawIngestEnvironment],
    ['forwarder', RawForwarderEnvironment],
    ['console', RawConsoleEnvironment],
  ])('%s', (name, Raw) => {
    const known = Object.keys(new Raw());
    const byFile = FILE_VARIABLES.filter((variable) => known.includes(variable)).map((variable) => `${variable}_FILE`);

    it('is handed every variable that it reads, and none besides: what is forgotten or misspelt would be ignored in silence', () => {
      expect(Object.keys(service(name).environment).sort()).toEqual([...known, ...byFile, ...OF_THE_TRACING_SDK].sort());
    });

    it('gets what somebody has set, and else nothing, but for what only a container can know', () => {
      for (const [variable, value] of Object.entries(service(name).environment)) {
        if (OF_THE_CONTAINER.includes(variable)) expect(value).not.toContain('$');
        else expect(value).toBe(`\${${variable}:-${DEFAULTS[variable] ?? ''}}`);
      }
    });

    it('finds files of this folder under the same path as npm start', () => {
      expect(service(name)).toMatchObject({ volumes: expect.arrayContaining(['./config:/app/config:ro']) as unknown });
      expect(read('deploy/docker/Dockerfile')).toContain('\nWORKDIR /app\n');
      expect(existsSync(join(ROOT, 'config'))).toBe(true);
    });
  });

  it('has an account of its simulator for who has no other', () => {
    const [simulator] = service('simulator').ports ?? [];
    expect(service('forwarder').environment['EXTOLE_SIMULATOR_URL']).toBe(`http://simulator:${simulator?.split(':').at(-1)}`);
    expect(service('simulator').environment['SIMULATOR_TOKEN']).toBe(
      `\${EXTOLE_ACCESS_TOKEN:-${PUBLISHED_KEYS.EXTOLE_ACCESS_TOKEN}}`,
    );
  });

  it('holds no key that an app could be given: the apps know themselves which ones are for the simulator', () => {
    for (const name of ['ingest', 'forwarder', 'console']) {
      for (const key of Object.values(PUBLISHED_KEYS)) expect(Object.values(service(name).environment).join()).not.toContain(key);
    }
  });

  it.each(APPS)(
    'builds %s from the one Dockerfile, starts a file that is a source of ours, and asks after its health',
    (name) => {
      const { build, command, healthcheck } = service(name);
      const [runtime, entry = ''] = command ?? [];

      expect(build).toEqual({ context: '.', dockerfile: 'deploy/docker/Dockerfile' });
      expect(runtime).toBe('node');
      expect(existsSync(join(ROOT, entry.replace(/^dist\//, '').replace(/\.js$/, '.ts')))).toBe(true);
      expect(healthcheck.test.slice(0, 3)).toEqual(['CMD', 'node', 'deploy/docker/healthcheck.mjs']);
    },
  );

  it.each(APPS)('runs %s without rights, on a file system that it cannot write to', (name) => {
    expect(service(name)).toMatchObject({
      user: 'node',
      read_only: true,
      tmpfs: ['/tmp'],
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(service(name).privileged).toBeUndefined();
  });

  it('lets an app write into nothing but the state of the forwarder and the index of the console', () => {
    const volumes = APPS.flatMap((name) => service(name).volumes ?? []);

    expect(volumes.filter((volume) => !volume.endsWith(':ro'))).toEqual([
      `state:${service('forwarder').environment['STATE_DIR']}`,
      `console:${service('console').environment['CONSOLE_INDEX_DIR']}`,
    ]);
  });

  it.each(['ingest', 'forwarder', 'console'])('starts %s only when the broker answers', (name) => {
    expect(service(name).depends_on?.['broker']?.condition).toBe('service_healthy');
  });
});

describe('the Dockerfile', () => {
  const dockerfile = read('deploy/docker/Dockerfile');

  it('begins from images of an exact version', () => {
    const images = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);

    expect(images.length).toBeGreaterThan(0);
    for (const image of images) expect(image).toMatch(/:\d+\.\d+\.\d+-/);
    // What is installed in the one runs in the other, on the Node that `npm test` tries.
    expect(new Set(images)).toEqual(new Set([`node:${imageNodeVersion(ROOT)}-bookworm-slim`]));
  });

  it('runs the apps as a user without rights, with a health check', () => {
    // A number: Kubernetes cannot see that a name is not root's.
    expect(dockerfile).toMatch(/^USER 1000:1000$/m);
    expect(dockerfile).toMatch(/^HEALTHCHECK /m);
    expect(dockerfile.indexOf('USER 1000')).toBeLessThan(dockerfile.indexOf('\nCMD '));
  });

  it('copies nothing that is not there', () => {
    const sources = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, list = '']) => list.split(' '));

    expect(sources.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    // The list keeps everything out that it does not name.
    const letIn = [...read('deploy/docker/Dockerfile.dockerignore').matchAll(/^!(.+)$/gm)].map(([, path]) => path);
    expect(sources.filter((path) => !letIn.includes(path))).toEqual([]);
  });
});

describe('.env.example', () => {
  it('names only variables that somebody reads', () => {
    const ofNpmStart = ['LOCAL_KAFKA_PORT', 'CONSOLE_PORT', 'EXTOLE_SIMULATOR_PORT', 'STACK_DATA_DIR', 'STACK_BROKER'];
    const apps = [RawIngestEnvironment, RawForwarderEnvironment, RawConsoleEnvironment];
    const known = [...apps.flatMap((Raw) => Object.keys(new Raw())), ...ofNpmStart];
    const named = [...read('.env.example').matchAll(/^#?([A-Z_]+)=/gm)].map(([, name = '']) => name.replace(/_FILE$/, ''));

    expect(named.filter((name) => !known.includes(name) && !known.includes(`${name}_FILE`))).toEqual([]);
  });
});
