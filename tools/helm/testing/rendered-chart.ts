import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import type { Environment } from '#config';

export const ROOT = join(import.meta.dirname, '..', '..', '..');
export const CHART = join(ROOT, 'deploy', 'helm', 'segment-extole-bridge');
const HELM = join(ROOT, '.cache', 'helm', 'helm');
/** Whether `npm run check:helm` has built Helm. */
export const HAS_HELM = existsSync(HELM);

export type Tree = { readonly [name: string]: Tree } & { readonly [index: number]: Tree };
export interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: { readonly key: string; readonly optional: boolean } };
}
export interface Container {
  readonly command: readonly string[];
  readonly env: readonly Variable[];
  readonly securityContext: unknown;
  readonly volumeMounts: readonly { readonly name: string }[];
}
export interface Resource {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Tree;
}

const ARGS = ['template', 'bridge', CHART, '--kube-version', '1.31.0'];

/** What the chart renders, without a cluster. */
export function renderChart(...args: readonly string[]): Resource[] {
  return resourcesOf(execFileSync(HELM, [...ARGS, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
}

/** What an upgrade of a release in the cluster at `apiServer` would render: what it holds can be looked up. */
export async function renderChartIn(apiServer: string, ...args: readonly string[]): Promise<Resource[]> {
  const { stdout } = await promisify(execFile)(HELM, [
    ...[...ARGS, '--dry-run=server', '--kubeconfig', '/dev/null', '--kube-apiserver', apiServer],
    ...args,
  ]);
  return resourcesOf(stdout);
}

function resourcesOf(text: string): Resource[] {
  return parseAllDocuments(text).flatMap((document) => (document.contents === null ? [] : [document.toJS() as Resource]));
}

export function containerOf({ spec }: Resource): Container {
  return listOf(((spec['template'] as Tree)['spec'] as Tree)['containers'])[0] as unknown as Container;
}

/** What the app would find, with something in place of each secret and with the mounted files in `folder`. */
export function environmentOf({ env }: Container, folder: string): Environment {
  const required = env.filter(({ valueFrom }) => valueFrom?.secretKeyRef?.optional !== true);
  return Object.fromEntries(
    required.map(({ name, value, valueFrom }) => [
      name,
      valueFrom === undefined
        ? (value ?? '').replace(/^\/etc\/bridge\/\w+/, folder).replace('$(POD_NAME)', 'bridge-forwarder-0')
        : `secret-${name.toLowerCase()}`,
    ]),
  );
}

export function listOf(value: unknown): Tree[] {
  return (Array.isArray(value) ? value : []) as Tree[];
}
