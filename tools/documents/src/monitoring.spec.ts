import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { MetricDescription } from '#observability';
import { metricsOfApps } from './metrics-page.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}

const { groups } = parse(read('deploy/prometheus/rules.yml')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(read('deploy/grafana/dashboards/bridge.json')) as {
  panels: {
    type: string;
    title: string;
    gridPos: { x: number; y: number; w: number; h: number };
    targets?: { expr: string }[];
  }[];
};
const queries = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

describe('alerts and dashboard', () => {
  let metrics: readonly MetricDescription[];

  beforeAll(async () => {
    metrics = (await metricsOfApps()).flatMap((app) => app.metrics);
  });

  /** The metrics of ours that a query names, with the labels that it selects by. */
  const usesIn = (query: string) =>
    [...query.matchAll(/\b(bridge_\w+)(?:\{([^}]*)\})?/g)].map(([, name = '', selectors = '']) => ({
      name,
      labels: [...selectors.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
    }));

  const faultsOf = (query: string): string[] =>
    usesIn(query).flatMap(({ name, labels }) => {
      const metric = metrics.find((candidate) =>
        candidate.kind === 'histogram'
          ? new RegExp(`^${candidate.name}_(bucket|sum|count)$`).test(name)
          : candidate.name === name,
      );
      if (metric === undefined) return [`no metric ${name}`];
      return labels
        .filter((label) => ![...metric.labelNames, 'app', 'job', 'instance'].includes(label))
        .map((label) => `${name} has no label ${label}`);
    });

  it('name only metrics, and select only by labels, that the apps have', () => {
    expect(rules.length).toBeGreaterThan(10);
    expect(queries.length).toBeGreaterThan(40);
    expect([...rules.map(({ expr }) => expr), ...queries].flatMap(faultsOf)).toEqual([]);
  });

  it('show or watch every metric that there is', () => {
    const used = [...rules.map(({ expr }) => expr), ...queries]
      .flatMap(usesIn)
      .map(({ name }) => name.replace(/_(bucket|sum|count)$/, ''));
    expect(metrics.map(({ name }) => name).filter((name) => !used.includes(name))).toEqual([]);
  });

  it('lead each alert to a section of the runbooks, and each section to an alert', () => {
    const sections = [...read('docs/runbooks.md').matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
    expect(sections).toEqual(rules.map(({ alert }) => alert));
    for (const { alert, annotations, labels } of rules) {
      expect(annotations.runbook_url).toBe(`docs/runbooks.md#${alert.toLowerCase()}`);
      expect(annotations.summary).not.toBe('');
      expect(labels.severity).toMatch(/^(critical|warning)$/);
    }
  });

  it('have a unit test for each alert', () => {
    const { tests } = parse(read('deploy/prometheus/rules.test.yml')) as {
      tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
    };
    const firing = tests.flatMap((test) => test.alert_rule_test).filter(({ exp_alerts }) => exp_alerts.length > 0);
    expect([...new Set(firing.map(({ alertname }) => alertname))].sort()).toEqual(rules.map(({ alert }) => alert).sort());
  });

  it('lay panels out without overlap', () => {
    const cells = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(cells.get(`${x},${y}`)).toBeUndefined();
          cells.set(`${x},${y}`, title);
        }
      }
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    }
  });
});
