import { afterEach, describe, expect, it } from '@jest/globals';
import { hostname } from 'node:os';
import { askEach } from '../../../test/hostile/ask-target.ts';
import { everySpelling } from '../../../test/hostile/spellings.ts';
import { AdminPortError, AdminServer, Metrics, type AdminServerOptions, type Health } from './index.ts';

const well: Health = { ok: true, reasons: [] };
const servers: AdminServer[] = [];

async function start(
  options: Partial<AdminServerOptions> = {},
): Promise<{ port: number; get: (path: string, init?: RequestInit) => Promise<Response> }> {
  const server = new AdminServer({
    port: 0,
    metrics: new Metrics({ app: 'test' }),
    live: () => well,
    ready: () => well,
    ...options,
  });
  servers.push(server);
  const port = await server.listen();
  return { port, get: (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init) };
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe('the admin server', () => {
  it('answers 200 while the app is well', async () => {
    const { get } = await start();
    const answer = await get('/health/live');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: 'ok', reasons: [] });
  });

  it('answers 503 with the reasons while the app is not ready', async () => {
    const { get } = await start({ ready: () => ({ ok: false, reasons: ['broker_unavailable'] }) });
    const answer = await get('/health/ready');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ status: 'unavailable', reasons: ['broker_unavailable'] });
    expect((await get('/health/live')).status).toBe(200);
  });

  it('shows what is done on purpose without being unwell', async () => {
    const { get } = await start({ ready: () => ({ ok: true, reasons: [], notices: ['stopped by an operator'] }) });
    const answer = await get('/health/ready');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: 'ok', reasons: [], notices: ['stopped by an operator'] });
  });

  it('takes a health check that throws for a bad sign', async () => {
    const { get } = await start({
      live: () => {
        throw new Error('ann@example.com');
      },
    });
    const answer = await get('/health/live');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ status: 'unavailable', reasons: ['health_check_failed'] });
  });

  it('serves the metrics in the Prometheus text format', async () => {
    const { get } = await start();
    const answer = await get('/metrics');
    expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(await answer.text()).toContain('# TYPE process_cpu_seconds_total counter');
  });

  it("serves the app's own routes as JSON, and says nothing of why one failed", async () => {
    const { get } = await start({
      routes: { '/status': async () => ({ lag: 3 }), '/broken': () => Promise.reject(new Error('ann@example.com')) },
    });
    expect(await (await get('/status?x=1')).json()).toEqual({ lag: 3 });
    const broken = await get('/broken');
    expect(broken.status).toBe(500);
    expect(await broken.text()).not.toContain('ann@');
  });

  it('answers 404 for other paths and 405 for other methods', async () => {
    const { get } = await start();
    expect((await get('/nothing')).status).toBe(404);
    expect((await get('/metrics', { method: 'POST' })).status).toBe(405);
  });

  it('has each page under its own address alone, however that is written, and changes nothing by any method', async () => {
    let made = 0;
    const { port } = await start({ routes: { '/status': () => ({ made: ++made }) } });
    const faults: string[] = [];
    let read = 0;
    const pages = ['/health/live', '/health/ready', '/metrics', '/status'];
    await askEach(`http://127.0.0.1:${port}`, everySpelling(pages, ['GET', 'HEAD']), ({ name, method, target }, { status }) => {
      const isPage = pages.includes(target.split('?', 1)[0] ?? '');
      const expected = !isPage ? [404, 400, 0] : method === 'GET' || method === 'HEAD' ? [200] : [405];
      if (!expected.includes(status)) faults.push(`${name}: ${status}`);
      if (status === 200 && target.startsWith('/status')) read++;
    });
    expect(faults).toEqual([]);
    // Nothing but the reads has come to the page's own function.
    expect(made).toBe(read);
    expect(read).toBeGreaterThan(0);
  });

  it('is read by no page whose name resolves to it (DNS rebinding), and by probes and Prometheus as before', async () => {
    const { port } = await start({ names: ['ingest.example'], routes: { '/status': () => ({ lag: 3 }) } });
    const statusBy = async (host: string): Promise<number[]> => {
      const statuses: number[] = [];
      const asked = ['/health/live', '/health/ready', '/metrics', '/status'].map((target) => ({
        method: 'GET',
        target,
        headers: { host },
      }));
      await askEach(`http://127.0.0.1:${port}`, asked, (_, { status }) => void statuses.push(status));
      return statuses;
    };
    expect(await statusBy(`evil.example:${port}`)).toEqual([403, 403, 403, 403]);
    for (const host of [`10.1.2.3:${port}`, 'ingest.example', 'localhost', hostname()])
      expect(await statusBy(host)).toEqual([200, 200, 200, 200]);
  });

  it('names the port and its variable when the port is taken', async () => {
    const { port } = await start();
    const error = await start({ port, portVariable: 'INGEST_ADMIN_PORT' }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AdminPortError);
    expect((error as AdminPortError).message).toBe(`admin port ${port} is already in use; set INGEST_ADMIN_PORT to another one`);
  });
});
