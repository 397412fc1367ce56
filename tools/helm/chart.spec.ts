import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { loadConsoleSettings, loadForwarderSettings, loadIngestSettings } from '#config';
import {
  CHART,
  containerOf,
  environmentOf,
  HAS_HELM,
  listOf,
  renderChart,
  ROOT,
  type Resource,
  type Tree,
} from './testing/rendered-chart.ts';

/** Every form in which the chart is checked: its defaults, and the files of ci/. */
const FORMS = ['default', 'full', 'small', 'oauth', 'msk'];

const valuesOf = (form: string): unknown =>
  form === 'default' ? {} : parse(readFileSync(join(CHART, 'ci', `${form}.yaml`), 'utf8'));
const read = (file: string): string => readFileSync(join(CHART, file), 'utf8');

describe("the chart's values", () => {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(read('values.schema.json')) as object);
  const defaults = parse(read('values.yaml')) as Record<string, unknown>;

  it('are all described by the schema', () => {
    validate(defaults);
    expect(validate.errors ?? []).toEqual([]);
  });

  it.each(FORMS)('are taken in the form %s', (form) => {
    validate(merged(defaults, valuesOf(form)));
    expect(validate.errors ?? []).toEqual([]);
  });

  it.each([
    ['a mechanism that nobody knows', { kafka: { saslMechanism: 'kerberos' } }],
    ['a misspelt name', { forwader: {} }],
    ['partitions that are none', { topics: { partitions: 0 } }],
    ['brokers without a port', { kafka: { brokers: 'kafka' } }],
    ['a source id that names no topic', { sources: { ids: ['My Shop'] } }],
    ['an ingress without a host', { ingest: { ingress: { enabled: true } } }],
    ['a volume without a unit', { forwarder: { state: { size: '10' } } }],
  ])('are refused with %s', (_, change) => {
    expect(validate(merged(defaults, change))).toBe(false);
  });

  it('hold no secret: there is one place for them, outside of the chart', () => {
    expect(
      readdirSync(join(CHART, 'templates'))
        .map((file) => read(join('templates', file)))
        .join('\n'),
    ).not.toMatch(/kind: Secret\b/);
  });
});

(HAS_HELM ? describe : describe.skip)('the rendered chart (npm run check:helm)', () => {
  const rendered = new Map<string, Resource[]>();
  const resources = (form: string): Resource[] => rendered.get(form) ?? [];
  const find = (form: string, kind: string, name: string): Resource => {
    const found = resources(form).find((resource) => resource.kind === kind && resource.metadata.name === name);
    if (found === undefined) throw new Error(`no ${kind} ${name} in the form ${form}`);
    return found;
  };
  const workloads = (form: string): Resource[] =>
    resources(form).filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job'].includes(kind));
  const podOf = ({ spec }: Resource): Tree => (spec['template'] as Tree)['spec'] as Tree;

  beforeAll(() => {
    for (const form of FORMS) {
      rendered.set(form, renderChart(...(form === 'default' ? [] : ['-f', join(CHART, 'ci', `${form}.yaml`)])));
    }
  }, 60_000);

  it('has what each form asks for', () => {
    const kinds = (form: string) => [...new Set(resources(form).map(({ kind }) => kind))].sort();
    expect(kinds('small')).toEqual(['ConfigMap', 'Deployment', 'PodDisruptionBudget', 'Service', 'StatefulSet']);
    expect(kinds('default')).toEqual(['Deployment', 'Job', 'NetworkPolicy', 'PodDisruptionBudget', 'Service', 'StatefulSet']);
    expect(kinds('full')).toEqual(
      [...kinds('default'), 'HorizontalPodAutoscaler', 'Ingress', 'PrometheusRule', 'ScaledObject', 'ServiceMonitor'].sort(),
    );
  });

  it.each(FORMS)('runs every pod without rights, on a file system that it cannot write to: %s', (form) => {
    for (const workload of workloads(form)) {
      expect(podOf(workload)).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(containerOf(workload).securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  it.each(FORMS)('starts files that are sources of ours, with volumes for all that is mounted: %s', (form) => {
    for (const workload of workloads(form)) {
      const { command, volumeMounts } = containerOf(workload);
      const entry = command[1] ?? '';
      expect(
        existsSync(join(ROOT, entry.replace(/^dist\//, '').replace(/\.js$/, entry.startsWith('dist/') ? '.ts' : '.js'))),
      ).toBe(true);
      const volumes = [
        ...listOf(podOf(workload)['volumes']),
        ...listOf(workload.spec['volumeClaimTemplates']).map((claim) => claim['metadata'] as Tree),
      ];
      expect(volumeMounts.map(({ name }) => name).sort()).toEqual(
        volumes.map((volume) => volume['name'] as unknown as string).sort(),
      );
    }
  });

  it.each(FORMS)('gives every app an environment that it starts with: %s', (form) => {
    const folder = mkdtempSync(join(tmpdir(), 'bridge-chart-'));
    writeFileSync(join(folder, 'sources.yaml'), SOURCES);
    writeFileSync(join(folder, 'mapping.yaml'), 'version: 1\n');
    writeFileSync(join(folder, 'console-users'), 'anna operate proxy\n');
    const load = { ingest: loadIngestSettings, forwarder: loadForwarderSettings, console: loadConsoleSettings };
    for (const [app, loadSettings] of Object.entries(load)) {
      const workload = workloads(form).find(({ metadata }) => metadata.name === `bridge-${app}`);
      if (workload === undefined) continue;
      expect(() => loadSettings(environmentOf(containerOf(workload), folder))).not.toThrow();
    }
    rmSync(folder, { recursive: true });
  });

  it('takes secrets from the one secret that is named, and from nowhere else', () => {
    const secret = /TOKEN|KEY|PASSWORD|SECRET/;
    for (const form of FORMS) {
      for (const { name, valueFrom } of workloads(form).flatMap((workload) => containerOf(workload).env)) {
        if (secret.test(name) && !name.endsWith('_URL'))
          expect({ name, from: Object.keys(valueFrom ?? {}) }).toEqual({ name, from: ['secretKeyRef'] });
      }
    }
  });

  it('gives each forwarder a name and a state of its own that survive it, and time to drain', () => {
    for (const [form, drain] of [
      ['default', 20],
      ['full', 30],
    ] as const) {
      const forwarder = find(form, 'StatefulSet', 'bridge-forwarder');
      expect(forwarder.spec).toMatchObject({
        podManagementPolicy: 'Parallel',
        serviceName: 'bridge-forwarder',
        persistentVolumeClaimRetentionPolicy: { whenScaled: 'Retain' },
        volumeClaimTemplates: [{ metadata: { name: 'state' } }],
      });
      expect(Number(podOf(forwarder)['terminationGracePeriodSeconds'])).toBeGreaterThan(drain + 10);
      expect(containerOf(forwarder).env).toContainEqual({ name: 'DRAIN_TIMEOUT', value: `${drain}s` });
      expect(containerOf(forwarder).env).toContainEqual({
        name: 'FORWARDER_ADVERTISED_URL',
        value: 'http://$(POD_NAME).bridge-forwarder:3200',
      });
    }
  });

  it('scales the forwarders by the lag of each source, never beyond the partitions', () => {
    const { spec } = find('full', 'ScaledObject', 'bridge-forwarder');
    expect(spec).toMatchObject({ maxReplicaCount: 24, scaleTargetRef: { kind: 'StatefulSet', name: 'bridge-forwarder' } });
    const triggers = listOf(spec['triggers']);
    expect(triggers.map(({ metadata }) => (metadata as Tree)['topic'])).toEqual([
      'acme.segment.events.shop',
      'acme.segment.events.app',
    ]);
    for (const trigger of triggers) {
      expect(trigger).toMatchObject({
        type: 'kafka',
        metadata: { consumerGroup: 'extole-forwarder', sasl: 'scram_sha512', tls: 'enable', allowIdleConsumers: 'false' },
        authenticationRef: { name: 'kafka' },
      });
    }
    // Two controllers must not quarrel about the number.
    expect(find('full', 'StatefulSet', 'bridge-forwarder').spec['replicas']).toBeUndefined();
    expect(find('full', 'Deployment', 'bridge-ingest').spec['replicas']).toBeUndefined();
  });

  it('spreads ingest and forwarders over zones and nodes, and lets one be away at a time', () => {
    for (const [kind, app] of [
      ['Deployment', 'ingest'],
      ['StatefulSet', 'forwarder'],
    ] as const) {
      const workload = find('default', kind, `bridge-${app}`);
      const constraints = listOf(podOf(workload)['topologySpreadConstraints']);
      expect(constraints.map((constraint) => constraint['topologyKey'])).toEqual([
        'topology.kubernetes.io/zone',
        'kubernetes.io/hostname',
      ]);
      const selector = workload.spec['selector'] as Tree;
      for (const constraint of constraints) expect(constraint['labelSelector']).toEqual(selector);
      const budget = find('default', 'PodDisruptionBudget', `bridge-${app}`).spec;
      expect(budget).toMatchObject({ maxUnavailable: 1, selector });
    }
  });

  it('opens admin ports to Prometheus, and those of the forwarders to console and forwarders, and the public service to nobody', () => {
    const rules = (app: string) => listOf(find('default', 'NetworkPolicy', `bridge-${app}`).spec['ingress']);
    const monitoring = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } };
    expect(rules('ingest')).toEqual([{ ports: [{ port: 'http' }] }, { ports: [{ port: 'admin' }], from: [monitoring] }]);
    const podsOf = (app: string) => ({
      podSelector: { matchLabels: (find('default', 'StatefulSet', `bridge-${app}`).spec['selector'] as Tree)['matchLabels'] },
    });
    expect(rules('forwarder')).toEqual([
      { ports: [{ port: 'admin' }], from: [monitoring, podsOf('console'), podsOf('forwarder')] },
    ]);
    expect(rules('console')).toEqual([{ ports: [{ port: 'http' }], from: [monitoring] }]);
    expect(listOf(find('default', 'Service', 'bridge-ingest').spec['ports']).map(({ targetPort }) => targetPort)).toEqual([
      'http',
    ]);
  });

  it('has Prometheus find each app under the job name that dashboard and alerts go by, and brings the alerts along', () => {
    for (const app of ['ingest', 'forwarder', 'console']) {
      const { spec } = find('full', 'ServiceMonitor', `bridge-${app}`);
      expect(listOf(spec['endpoints'])[0]).toMatchObject({
        port: 'admin',
        relabelings: [{ targetLabel: 'job', replacement: `bridge-${app}` }],
      });
      const wanted = (spec['selector'] as Tree)['matchLabels'];
      const services = resources('full').filter(({ kind, metadata }) => kind === 'Service' && has(metadata.labels, wanted));
      expect(services.length).toBe(1);
    }
    const rules = parse(readFileSync(join(ROOT, 'deploy/prometheus/rules.yml'), 'utf8')) as unknown;
    expect(find('full', 'PrometheusRule', 'bridge').spec).toEqual(rules);
  });
});

const SOURCES = `sources:
  - { id: shop, writeKeys: [w1], deletionKeys: [d1], extole: { accessToken: t1 } }
  - { id: app, writeKeys: [w2], deletionKeys: [d2], extole: { accessToken: t2 } }
`;

function has(labels: Readonly<Record<string, string>>, wanted: unknown): boolean {
  return Object.entries(wanted as Record<string, string>).every(([name, value]) => labels[name] === value);
}

/** As Helm lays values over the defaults: objects are merged, everything else is replaced. */
function merged(below: unknown, above: unknown): unknown {
  const areObjects = [below, above].every((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
  if (!areObjects) return above;
  const result: Record<string, unknown> = { ...(below as Record<string, unknown>) };
  for (const [name, value] of Object.entries(above as Record<string, unknown>))
    result[name] = name in result ? merged(result[name], value) : value;
  return result;
}
