import { Metrics, silentLogger, type MetricDescription } from '#observability';
import { measureConsole } from '../../../apps/console/src/console-metrics.ts';
import { DeliveryMetrics } from '../../../apps/forwarder/src/status/delivery-metrics.ts';
import { registerForwarderGauges } from '../../../apps/forwarder/src/status/forwarder-gauges.ts';
import { LogEnds } from '../../../apps/forwarder/src/status/log-ends.ts';
import { OwnershipMetrics } from '../../../apps/forwarder/src/status/ownership-metrics.ts';
import { countUndecodable } from '../../../apps/forwarder/src/status/undecodable-metric.ts';
import type { GeneratedDocument } from './document.ts';
import { ingestWithoutALog } from './ingest-without-a-log.ts';

/** The metrics of an app, as it registers them when it starts. */
export interface AppMetrics {
  readonly app: string;
  readonly metrics: readonly MetricDescription[];
}

export async function metricsOfApps(): Promise<AppMetrics[]> {
  const ingest = await ingestWithoutALog();
  await ingest.app.close();
  return [
    { app: 'ingest', metrics: ingest.metrics.described },
    { app: 'forwarder', metrics: forwarderMetrics().described },
    { app: 'console', metrics: consoleMetrics().described },
  ];
}

function forwarderMetrics(): Metrics {
  const metrics = new Metrics({ app: 'forwarder' });
  new DeliveryMetrics(metrics);
  new OwnershipMetrics(metrics);
  countUndecodable(metrics, '', []);
  registerForwarderGauges({
    metrics,
    runtimes: [],
    partitions: () => [],
    ends: new LogEnds({ endOffset: () => Promise.reject(new Error('there is no log behind this')) }, silentLogger),
    logAvailable: () => false,
    confirmedAt: () => 0,
  });
  return metrics;
}

function consoleMetrics(): Metrics {
  const metrics = new Metrics({ app: 'console' });
  measureConsole(metrics, { overview: { sources: [], index: { behind: 0 } } });
  return metrics;
}

/** docs/metrics.md: every metric with its name, kind, labels and meaning. */
export async function metricsPage(): Promise<GeneratedDocument> {
  const sections = (await metricsOfApps()).map(({ app, metrics }) => `## ${app}\n\n${tableOf(metrics)}`);
  return { path: 'docs/metrics.md', text: `${INTRODUCTION}\n${sections.join('\n\n')}\n` };
}

const INTRODUCTION = `# Metrics

Made from the code by \`npm run documents\`; a test fails when it is out of date. Names and labels stay as they are; new ones may come.

Every app serves its own on its admin port under \`/metrics\` (3100 ingest, 3200 forwarder; the console at its own, 3300), each with the label \`app\`, beside the usual \`process_*\` and \`nodejs_*\`
of a Node process. No label is a user, a message or a value of an event. Of a histogram there are \`_bucket\`, \`_sum\` and \`_count\`. Times are in seconds.
Partition metrics come from the partition's owner alone: sum or take the maximum over \`instance\`. Dashboard and alerts on top of them: \`deploy/grafana\`, \`deploy/prometheus\`.
`;

function tableOf(metrics: readonly MetricDescription[]): string {
  const rows = metrics.map(
    ({ name, kind, labelNames, help }) =>
      `| \`${name}\` | ${kind} | ${labelNames.map((label) => `\`${label}\``).join(', ')} | ${help.replace(/\.$/, '').replaceAll('|', '\\|')} |`,
  );
  return ['| name | kind | labels | what it tells |', '|---|---|---|---|', ...rows].join('\n');
}
