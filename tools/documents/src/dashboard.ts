import { jsonDocument, type GeneratedDocument } from './document.ts';

type Unit = 'short' | 's' | 'bytes' | 'ops' | 'percentunit' | 'percent';

interface Panel {
  readonly title: string;
  readonly kind?: 'timeseries' | 'stat' | 'table';
  readonly unit?: Unit;
  readonly description?: string;
  readonly stacked?: boolean;
  /** Above it a figure turns red. */
  readonly redAbove?: number;
  readonly width?: number;
  /** PromQL by legend. */
  readonly queries: Readonly<Record<string, string>>;
}

/** The chosen sources, in every query that has them. */
const S = 'source=~"$source"';
const RATE = '[$__rate_interval]';
const quantile = (q: number, metric: string, labels: string, by = ''): string =>
  `histogram_quantile(${q}, sum by (le${by}) (rate(${metric}_bucket{${labels}}${RATE})))`;

const ROWS: Readonly<Record<string, readonly Panel[]>> = {
  'At a glance': [
    {
      title: 'Events in',
      kind: 'stat',
      unit: 'ops',
      width: 4,
      queries: { in: `sum(rate(bridge_ingest_events_total{${S}}${RATE}))` },
    },
    {
      title: 'Delivered',
      kind: 'stat',
      unit: 'ops',
      width: 4,
      queries: { out: `sum(rate(bridge_outcomes_total{${S},outcome="delivered"}${RATE}))` },
    },
    { title: 'Lag', kind: 'stat', width: 4, queries: { records: `sum(bridge_lag_records{${S}})` } },
    {
      title: 'Oldest event',
      kind: 'stat',
      unit: 's',
      width: 4,
      redAbove: 300,
      queries: { age: `max(bridge_oldest_event_seconds{${S}})` },
    },
    {
      title: 'Sources stopped',
      kind: 'stat',
      width: 4,
      redAbove: 0.5,
      queries: { sources: `count(max by (source) (bridge_source_stopped{${S}}) == 1) or vector(0)` },
    },
    {
      title: 'Deletions overdue',
      kind: 'stat',
      width: 4,
      redAbove: 0.5,
      queries: { deletions: `sum(bridge_deletions_overdue{${S}})` },
    },
  ],
  Ingest: [
    {
      title: 'Events accepted',
      unit: 'ops',
      stacked: true,
      queries: { '{{door}} {{type}}': `sum by (door, type) (rate(bridge_ingest_events_total{${S}}${RATE}))` },
    },
    {
      title: 'Messages rejected, by reason',
      unit: 'ops',
      queries: {
        '{{reason}}': `sum by (reason) (rate(bridge_ingest_rejected_total{${S}}${RATE}))`,
        'unsupported {{type}}': `sum by (type) (rate(bridge_ingest_unsupported_total{${S}}${RATE}))`,
      },
    },
    {
      title: 'Requests, by status',
      unit: 'ops',
      stacked: true,
      queries: { '{{status}}': `sum by (status) (rate(bridge_ingest_request_seconds_count${RATE}))` },
    },
    {
      title: 'Time to answer',
      unit: 's',
      queries: {
        p50: quantile(0.5, 'bridge_ingest_request_seconds', ''),
        p99: quantile(0.99, 'bridge_ingest_request_seconds', ''),
      },
    },
    {
      title: 'Turned away (429 and 503)',
      unit: 'ops',
      queries: { '{{status}} {{reason}}': `sum by (status, reason) (rate(bridge_ingest_turned_away_total${RATE}))` },
    },
    {
      title: 'Deletions taken',
      unit: 'ops',
      queries: {
        '{{door}}': `sum by (door) (rate(bridge_ingest_deletions_total{${S}}${RATE}))`,
        'rate limited {{door}}': `sum by (door) (rate(bridge_ingest_rate_limited_total{${S}}${RATE}))`,
      },
    },
  ],
  Log: [
    {
      title: 'Time to append (acknowledged by all in-sync replicas)',
      unit: 's',
      queries: { p50: quantile(0.5, 'bridge_ingest_append_seconds', S), p99: quantile(0.99, 'bridge_ingest_append_seconds', S) },
    },
    {
      title: 'Waiting for Kafka in ingest',
      unit: 'bytes',
      queries: {
        'records of {{instance}}': 'bridge_ingest_log_queue_bytes',
        'bodies of {{instance}}': 'bridge_ingest_body_bytes',
      },
    },
    {
      title: 'Records waiting for Kafka',
      queries: {
        'ingest {{instance}}': 'bridge_ingest_log_queue_records',
        'outcomes {{source}}': `sum by (source) (bridge_unwritten_outcomes{${S}})`,
      },
    },
    { title: 'Kafka takes what is appended', queries: { '{{app}} {{instance}}': 'bridge_log_available' } },
    {
      title: 'Failed appends and commits',
      unit: 'ops',
      queries: {
        'appends {{source}}': `sum by (source) (rate(bridge_append_retries_total{${S}}${RATE}))`,
        commits: `sum(rate(bridge_commit_failures_total${RATE}))`,
      },
    },
    { title: 'Silence of the group coordinator', unit: 's', queries: { '{{instance}}': 'bridge_group_silence_seconds' } },
  ],
  'Delivery, per source': [
    { title: 'Lag in records', queries: { '{{source}}': `sum by (source) (bridge_lag_records{${S}})` } },
    {
      title: 'Age of the oldest event',
      unit: 's',
      queries: { '{{source}}': `max by (source) (bridge_oldest_event_seconds{${S}})` },
    },
    {
      title: 'Outcomes',
      unit: 'ops',
      stacked: true,
      queries: { '{{source}} {{outcome}}': `sum by (source, outcome) (rate(bridge_outcomes_total{${S}}${RATE}))` },
    },
    {
      title: 'Receipt to delivery',
      unit: 's',
      queries: {
        'p50 {{source}}': quantile(0.5, 'bridge_delivery_latency_seconds', S, ', source'),
        'p99 {{source}}': quantile(0.99, 'bridge_delivery_latency_seconds', S, ', source'),
      },
    },
    {
      title: 'Dead letters and refusals, by code',
      unit: 'ops',
      queries: {
        '{{source}} {{outcome}} {{code}}': `sum by (source, outcome, code) (rate(bridge_outcome_codes_total{${S}}${RATE}))`,
      },
    },
    { title: 'Lag by partition', queries: { '{{source}} {{partition}}': `bridge_lag_records{${S}}` } },
    {
      title: 'State',
      kind: 'table',
      queries: { state: `max by (source, calls, state) (bridge_source_state{${S}}) == 1` },
      description: 'What the calls of each source are doing, and why they are stopped if they are.',
    },
    {
      title: 'Stopped for',
      unit: 's',
      queries: {
        '{{source}}': `max by (source) (bridge_source_stopped_seconds{${S}})`,
        'by an operator {{source}}': `max by (source) (bridge_source_stopped_by_operator{${S}})`,
      },
    },
    {
      title: 'Users with an event in hand',
      queries: {
        '{{source}}': `sum by (source) (bridge_lanes{${S}})`,
        'waiting for a retry {{source}}': `sum by (source) (bridge_lanes_waiting{${S}})`,
      },
    },
  ],
  'Extole calls': [
    {
      title: 'Calls, by what the answer meant',
      unit: 'ops',
      stacked: true,
      queries: { '{{kind}} {{verdict}}': `sum by (kind, verdict) (rate(bridge_extole_call_seconds_count{${S}}${RATE}))` },
    },
    {
      title: 'Calls, by status',
      unit: 'ops',
      stacked: true,
      queries: { '{{status}}': `sum by (status) (rate(bridge_extole_call_seconds_count{${S}}${RATE}))` },
    },
    {
      title: 'Duration',
      unit: 's',
      queries: {
        'p50 {{status}}': quantile(0.5, 'bridge_extole_call_seconds', `${S},kind="call"`, ', status'),
        'p99 {{status}}': quantile(0.99, 'bridge_extole_call_seconds', `${S},kind="call"`, ', status'),
      },
    },
    {
      title: 'In flight, and how many may be',
      queries: {
        'in flight {{source}}': `sum by (source) (bridge_calls_in_flight{${S}})`,
        'limit {{source}}': `sum by (source) (bridge_concurrency_limit{${S}})`,
        'in doubt {{source}}': `sum by (source) (bridge_calls_in_doubt{${S}})`,
      },
    },
    {
      title: 'Retries',
      unit: 'ops',
      queries: { '{{source}} {{kind}}': `sum by (source, kind) (rate(bridge_extole_retries_total{${S}}${RATE}))` },
    },
    {
      title: 'Share of calls that failed',
      unit: 'percentunit',
      queries: {
        '{{source}}': `1 - sum by (source) (rate(bridge_extole_call_seconds_count{${S},verdict=~"delivered|rejected"}${RATE})) / sum by (source) (rate(bridge_extole_call_seconds_count{${S}}${RATE}))`,
      },
    },
  ],
  Deletions: [
    {
      title: 'Open',
      queries: {
        'open {{source}}': `sum by (source) (bridge_deletions_open{${S}})`,
        'overdue {{source}}': `sum by (source) (bridge_deletions_overdue{${S}})`,
      },
    },
    {
      title: 'Age of the oldest that is open',
      unit: 's',
      queries: { '{{source}}': `max by (source) (bridge_deletion_oldest_seconds{${S}})` },
    },
    {
      title: 'Receipt to erasure',
      unit: 's',
      queries: {
        'p50 {{source}}': quantile(0.5, 'bridge_deletion_latency_seconds', S, ', source'),
        'p99 {{source}}': quantile(0.99, 'bridge_deletion_latency_seconds', S, ', source'),
      },
    },
    {
      title: 'Partitions held back until deletions are read',
      queries: { '{{source}}': `sum by (source) (bridge_deletions_unproven{${S}})` },
    },
    { title: 'Erasures in flight', queries: { '{{source}}': `sum by (source) (bridge_erasures_in_flight{${S}})` } },
  ],
  State: [
    {
      title: 'Partitions, by phase',
      stacked: true,
      queries: {
        '{{source}} {{phase}}': `sum by (source, phase) (bridge_partitions{${S}})`,
        'without an owner {{source}}': `max by (source) (bridge_configured_partitions{${S}}) - sum by (source) (bridge_partitions{${S}})`,
      },
    },
    {
      title: 'Restores',
      unit: 's',
      queries: {
        p50: quantile(0.5, 'bridge_restore_seconds', S),
        p99: quantile(0.99, 'bridge_restore_seconds', S),
        'drain p99': quantile(0.99, 'bridge_drain_seconds', ''),
      },
    },
    {
      title: 'Records read back, failed restores',
      unit: 'ops',
      queries: {
        'records {{source}}': `sum by (source) (rate(bridge_restored_records_total{${S}}${RATE}))`,
        'failures {{source}}': `sum by (source) (rate(bridge_restore_failures_total{${S}}${RATE}))`,
        'other log {{source}} {{kind}}': `sum by (source, kind) (rate(bridge_log_breaks_total{${S}}${RATE}))`,
      },
    },
    {
      title: 'Age of the oldest checkpoint',
      unit: 's',
      queries: { '{{source}}': `max by (source) (bridge_checkpoint_age_seconds{${S}})` },
    },
    { title: 'Held bytes', unit: 'bytes', queries: { '{{source}}': `sum by (source) (bridge_held_bytes{${S}})` } },
    {
      title: 'Intake paused',
      queries: {
        'partitions {{source}}': `sum by (source) (bridge_intake_paused{${S}})`,
        'pauses in 5 min {{source}}': `sum by (source) (increase(bridge_intake_pauses_total{${S}}[5m]))`,
      },
    },
    {
      title: 'How far finished records run ahead',
      queries: { '{{source}}': `max by (source) (bridge_frontier_lead_records{${S}})` },
    },
    {
      title: 'Progress of the frontier',
      unit: 'ops',
      queries: { '{{source}}': `sum by (source) (deriv(bridge_frontier_offset{${S}}[5m]))` },
    },
    { title: 'Rebalances in 5 min', queries: { '{{instance}}': 'increase(bridge_rebalances_total[5m])' } },
  ],
  'The console sees': [
    { title: 'Lag of the whole source', queries: { '{{source}}': `max by (source) (bridge_source_lag_records{${S}})` } },
    {
      title: 'Oldest undelivered event of the whole source',
      unit: 's',
      queries: { '{{source}}': `max by (source) (bridge_source_oldest_undelivered_seconds{${S}})` },
    },
    {
      title: 'Dead letters and open deletions now',
      queries: {
        'dead letters {{source}}': `max by (source) (bridge_source_dead_letters{${S}})`,
        'open deletions {{source}}': `max by (source) (bridge_source_open_deletions{${S}})`,
        'index behind': 'bridge_console_index_behind_records',
      },
    },
  ],
  Processes: [
    { title: 'Up', queries: { '{{job}} {{instance}}': 'up{job=~"bridge-.*"}' } },
    {
      title: 'CPU',
      unit: 'percentunit',
      queries: { '{{job}} {{instance}}': 'rate(process_cpu_seconds_total{job=~"bridge-.*"}[$__rate_interval])' },
    },
    {
      title: 'Resident memory',
      unit: 'bytes',
      queries: { '{{job}} {{instance}}': 'process_resident_memory_bytes{job=~"bridge-.*"}' },
    },
    {
      title: 'Event loop lag, p99',
      unit: 's',
      queries: { '{{job}} {{instance}}': 'nodejs_eventloop_lag_p99_seconds{job=~"bridge-.*"}' },
    },
    { title: 'Heap', unit: 'bytes', queries: { '{{job}} {{instance}}': 'nodejs_heap_size_used_bytes{job=~"bridge-.*"}' } },
    {
      title: 'Garbage collection',
      unit: 'percentunit',
      queries: {
        '{{job}} {{instance}}':
          'sum by (job, instance) (rate(nodejs_gc_duration_seconds_sum{job=~"bridge-.*"}[$__rate_interval]))',
      },
    },
  ],
};

const COLUMNS = 24;
const HEIGHT = 8;
const STAT_HEIGHT = 4;
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

/** deploy/grafana/dashboards/bridge.json: from the doors to Extole, then what holds it together. */
export function dashboard(): GeneratedDocument {
  return jsonDocument('deploy/grafana/dashboards/bridge.json', {
    uid: 'segment-extole-bridge',
    title: 'Segment to Extole',
    tags: ['segment-extole-bridge'],
    timezone: 'browser',
    editable: true,
    graphTooltip: 1,
    schemaVersion: 39,
    refresh: '10s',
    time: { from: 'now-1h', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus', current: {} },
        {
          name: 'source',
          label: 'Source',
          type: 'query',
          datasource: DATASOURCE,
          query: { query: 'label_values(bridge_configured_partitions, source)', refId: 'sources' },
          refresh: 2,
          includeAll: true,
          allValue: '.*',
          multi: true,
          current: { text: 'All', value: '$__all' },
        },
      ],
    },
    panels: laidOut(),
  });
}

function laidOut(): object[] {
  const placed: object[] = [];
  let y = 0;
  for (const [title, panels] of Object.entries(ROWS)) {
    placed.push({
      id: placed.length + 1,
      type: 'row',
      title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
    });
    y++;
    let x = 0;
    for (const panel of panels) {
      const w = panel.width ?? 8;
      const h = heightOf(panel);
      if (x + w > COLUMNS) {
        x = 0;
        y += h;
      }
      placed.push(panelOf(panel, placed.length + 1, { x, y, w, h }));
      x += w;
    }
    y += Math.max(...panels.map(heightOf));
  }
  return placed;
}

function heightOf({ kind }: Panel): number {
  return kind === 'stat' ? STAT_HEIGHT : HEIGHT;
}

function panelOf(panel: Panel, id: number, gridPos: object): object {
  const { title, kind = 'timeseries', unit = 'short', description, stacked = false, redAbove, queries } = panel;
  const steps = [{ color: 'green', value: null }, ...(redAbove === undefined ? [] : [{ color: 'red', value: redAbove }])];
  return {
    id,
    type: kind,
    title,
    ...(description !== undefined && { description }),
    datasource: DATASOURCE,
    gridPos,
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        thresholds: { mode: 'absolute', steps },
        ...(kind === 'timeseries' && {
          custom: {
            lineWidth: 1,
            fillOpacity: stacked ? 30 : 5,
            showPoints: 'never',
            stacking: { mode: stacked ? 'normal' : 'none' },
          },
        }),
      },
      overrides: [],
    },
    options: optionsOf(kind),
    targets: Object.entries(queries).map(([legendFormat, expr], index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      datasource: DATASOURCE,
      expr,
      legendFormat,
      ...(kind === 'table' && { format: 'table', instant: true }),
    })),
    ...(kind === 'table' && {
      transformations: [
        {
          id: 'organize',
          options: { excludeByName: { Time: true, Value: true }, indexByName: { source: 0, calls: 1, state: 2 } },
        },
      ],
    }),
  };
}

function optionsOf(kind: NonNullable<Panel['kind']>): object {
  switch (kind) {
    case 'stat':
      return { colorMode: 'background', graphMode: 'area', reduceOptions: { calcs: ['lastNotNull'] } };
    case 'table':
      return { showHeader: true };
    case 'timeseries':
      return { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } };
  }
}
