import { loadForwarderSettings } from '#config';
import { startFakeCluster } from './testing/fake-cluster.ts';
import {
  containerOf,
  environmentOf,
  HAS_HELM,
  listOf,
  renderChart,
  renderChartIn,
  type Resource,
  type Tree,
} from './testing/rendered-chart.ts';

const APPS = ['bridge-console', 'bridge-forwarder', 'bridge-ingest'];

/** The annotations of each app's pods: another text there is a rollout. */
function annotationsOf(resources: readonly Resource[]): Record<string, Record<string, string>> {
  const apps = resources.filter(({ kind }) => ['Deployment', 'StatefulSet'].includes(kind));
  expect(apps.map(({ metadata }) => metadata.name).sort()).toEqual(APPS);
  return Object.fromEntries(
    apps.map(({ metadata, spec }) => {
      const pod = spec['template'] as unknown as { metadata: { annotations?: Record<string, string> } };
      return [metadata.name, pod.metadata.annotations ?? {}];
    }),
  );
}

(HAS_HELM ? describe : describe.skip)('the chart in the hands of an operator', () => {
  it('starts the apps anew when the mapping is another one, and not when it is the same', () => {
    const under = (mapping: string) => annotationsOf(renderChart('--set', `mapping.file=${mapping}`));
    const [before, same, after] = [under('version: 1'), under('version: 1'), under('version: 2')];

    expect(same).toEqual(before);
    for (const app of APPS) expect(after[app]).not.toEqual(before[app]);
  });

  it('starts the apps anew with the upgrade after a secret, or a mapping that is not in the values, has changed', async () => {
    const holdings = { secretVersion: '7', mapping: 'version: 1' };
    const cluster = await startFakeCluster(holdings);
    const upgrade = async () => annotationsOf(await renderChartIn(cluster.url, '--set', 'mapping.existingConfigMap=mappings'));
    try {
      const first = await upgrade();
      expect(await upgrade()).toEqual(first);
      holdings.secretVersion = '8';
      const second = await upgrade();
      holdings.mapping = 'version: 2';
      const third = await upgrade();

      for (const app of APPS) {
        expect(new Set([first, second, third].map((annotations) => JSON.stringify(annotations[app]))).size).toBe(3);
        // Its version: a hash would be something to try guesses against.
        expect(second[app]?.['bridge/secret-version']).toBe('8');
      }
    } finally {
      await cluster.close();
    }
  }, 60_000);

  it("takes the mapping back with a rollback, as it does the pods' annotations", () => {
    const mapping = renderChart('--set', 'mapping.file=version: 1').find(({ kind }) => kind === 'ConfigMap');

    expect(mapping?.metadata.annotations?.['helm.sh/hook']).toBe('pre-install,pre-upgrade,pre-rollback');
  });

  it('keeps the annotations that somebody has asked for', () => {
    expect(annotationsOf(renderChart('--set', 'podAnnotations.team=data'))).toMatchObject({ 'bridge-ingest': { team: 'data' } });
  });

  it.each(['console', 'forwarder'])('gives the CLI in a pod of the %s (kubectl exec) what it needs', (app) => {
    // A call may take longer than the apps drain unless they are told.
    const resources = renderChart('--set', 'extole.timeoutMs=28000,forwarder.drainTimeoutSeconds=30,forwarder.groupId=ours');
    const named = (kind: string, name: string): Resource => {
      const found = resources.find((resource) => resource.kind === kind && resource.metadata.name === name);
      if (found === undefined) throw new Error(`no ${kind} ${name}`);
      return found;
    };
    const workload = named('StatefulSet', `bridge-${app}`);

    expect(loadForwarderSettings(environmentOf(containerOf(workload), ''))).toMatchObject({ groupId: 'ours' });
    // `bridge sources` asks the admin ports of all forwarders.
    const [rule] = listOf(named('NetworkPolicy', 'bridge-forwarder').spec['ingress']);
    expect(listOf(rule?.['from'])).toContainEqual({
      podSelector: { matchLabels: (workload.spec['selector'] as Tree)['matchLabels'] },
    });
  });
});
