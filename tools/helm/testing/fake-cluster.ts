import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the cluster holds of one secret and one config map, whatever they are called. */
export interface Holdings {
  secretVersion: string;
  mapping: string;
}

/** As much of a Kubernetes API server as Helm asks for when a template looks a secret or a config map up. */
export async function startFakeCluster(holdings: Holdings): Promise<{ readonly url: string; close(): Promise<void> }> {
  const resource = (name: string, kind: string) => ({ name, kind, singularName: '', namespaced: true, verbs: ['get'] });
  const answers: Readonly<Record<string, () => unknown>> = {
    '/api/v1': () => ({
      kind: 'APIResourceList',
      groupVersion: 'v1',
      resources: [resource('secrets', 'Secret'), resource('configmaps', 'ConfigMap')],
    }),
    '/api/v1/namespaces/default/secrets/segment-extole-bridge': () => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'segment-extole-bridge', resourceVersion: holdings.secretVersion },
      data: { EXTOLE_ACCESS_TOKEN: 'dG9rZW4=' },
    }),
    '/api/v1/namespaces/default/configmaps/mappings': () => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'mappings' },
      data: { 'mapping.yaml': holdings.mapping },
    }),
  };
  const server = createServer(({ url = '' }, response) => {
    const answer = answers[url.split('?')[0] ?? '']?.();
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(answer ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
