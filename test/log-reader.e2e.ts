import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startConsole } from './support/console-client.ts';
import { atTestEnd } from './support/test-end.ts';
import { startStack } from './support/test-stack.ts';

/** A log agent may die or stall at any time. */
describe('the end of an app whose log is not read', () => {
  it('is as quick and as clean as ever when the reader has gone', async () => {
    const stack = await startStack();
    const { app: ofConsole } = await startConsole(stack);
    const apps = [stack.ingest, ...stack.forwarders, ofConsole];
    for (const app of apps) app.stopReading();
    expect(await Promise.all(apps.map(async (app) => app.terminate()))).toEqual(apps.map(() => ({ code: 0, signal: null })));
  }, 60_000);

  it('comes by force when the reader has stalled', async () => {
    const program = `
      import { createLogger, endProcess } from './dist/libs/observability/src/index.js';
      const log = createLogger({ app: 'stalled', level: 'info' });
      // More than a pipe holds.
      for (let n = 0; n < 3_000; n++) log.info('a_line_that_nobody_reads');
      setTimeout(() => endProcess(0), 100);`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    atTestEnd(() => child.kill('SIGKILL'));
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  }, 20_000);
});
