import { join } from 'node:path';
import { ensurePromtool } from './monitoring/ensure-promtool.ts';
import { runCommand } from './sdk/run-command.ts';

const FOLDER = join(import.meta.dirname, '..', 'deploy', 'prometheus');

describe('deploy/prometheus', () => {
  let promtool: string;

  beforeAll(async () => {
    promtool = await ensurePromtool();
  }, 10 * 60_000);

  it('has a configuration and rules that Prometheus takes', async () => {
    expect(await runCommand(promtool, ['check', 'config', join(FOLDER, 'prometheus.yml')])).toContain('SUCCESS');
    expect(await runCommand(promtool, ['check', 'rules', join(FOLDER, 'rules.yml')])).toMatch(/SUCCESS: \d+ rules found/);
  }, 60_000);

  it('alarms when, and only when, its unit tests say so', async () => {
    expect(await runCommand(promtool, ['test', 'rules', join(FOLDER, 'rules.test.yml')])).toContain('SUCCESS');
  }, 60_000);
});
