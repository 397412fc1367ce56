import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPortFree } from '../tools/stack/lib/ports.mjs';
import { environmentOf, freePorts, NpmStart } from './support/npm-start.ts';
import { SegmentClient } from './support/segment-client.ts';
import { SimulatorClient } from './support/simulator-client.ts';
import { atTestEnd } from './support/test-end.ts';
import { waitFor } from './support/wait-for.ts';

function newDataDir(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'bridge-npm-start-'));
  atTestEnd(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}

/** What below `folder` another user of the machine may do anything with. */
function othersMayRead(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => (statSync(join(folder, path)).mode & 0o077) !== 0,
  );
}

describe('npm start', () => {
  it('brings everything up, takes everything down again at a SIGTERM, and finds its data the next time', async () => {
    const ports = await freePorts();
    const dataDir = newDataDir();
    // As an earlier version has made it.
    mkdirSync(join(dataDir, 'state'), { mode: 0o755 });
    const env = environmentOf(ports, dataDir);
    const segment = new SegmentClient({
      url: `http://127.0.0.1:${ports.ingest}`,
      writeKey: 'local-write-key',
      deletionKey: 'local-deletion-key',
    });
    const extole = new SimulatorClient(`http://127.0.0.1:${ports.simulator}`);
    const received = async (event: string): Promise<boolean> => (await extole.applied({ eventName: event })).length > 0;

    const first = new NpmStart(env);
    await first.ready();
    expect(first.lastLine).toMatch(
      new RegExp(`^ready ingest=http://localhost:${ports.ingest} console=\\S+ extole=http://localhost:${ports.simulator}$`),
    );
    expect((await segment.track('u1', 'First Visit')).status).toBe(200);
    await waitFor(() => received('First Visit'), { describe: 'the first event at Extole' });

    expect(await first.stop()).toBe(0);
    for (const port of Object.values(ports) as number[]) expect(await isPortFree(port)).toBe(true);
    const hashKeyPath = join(dataDir, 'subject-hash-key');
    const hashKey = readFileSync(hashKeyPath, 'utf8');
    expect(othersMayRead(dataDir)).toEqual([]);

    const second = new NpmStart(env);
    await second.ready();
    expect((await segment.track('u1', 'Second Visit')).status).toBe(200);
    await waitFor(() => received('Second Visit'), { describe: 'the second event at Extole' });

    // The simulator has forgotten; the log and the outcomes have not, so what was delivered before is not sent again.
    expect(await received('First Visit')).toBe(false);
    expect(readFileSync(hashKeyPath, 'utf8')).toBe(hashKey);
    expect(await second.stop()).toBe(0);
  }, 240_000);

  it('starts nothing when a port is taken, and names the port and its variable', async () => {
    const ports = await freePorts();
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(ports.ingestAdmin, '127.0.0.1', resolve));
    atTestEnd(() => squatter.close());

    const start = new NpmStart(environmentOf(ports, newDataDir()));

    expect(await start.exited).toBe(1);
    expect(start.output).toContain(`Port ${ports.ingestAdmin} is taken`);
    expect(start.output).toContain('INGEST_ADMIN_PORT');
    expect(await isPortFree(ports.broker)).toBe(true);
  }, 60_000);

  it('says so when the configured broker is not there', async () => {
    const ports = await freePorts();
    const start = new NpmStart({ ...environmentOf(ports, newDataDir()), KAFKA_BROKERS: `127.0.0.1:${ports.broker}` });

    expect(await start.exited).toBe(1);
    expect(start.output).toContain(`nothing listens at 127.0.0.1:${ports.broker}`);
  }, 60_000);

  it('shows everything that is wrong with the configuration of an app, and stops what it had started', async () => {
    const ports = await freePorts();
    const start = new NpmStart({ ...environmentOf(ports, newDataDir()), EXTOLE_EVENTS_MODE: 'sometimes', LOG_LEVEL: 'loud' });

    expect(await start.exited).toBe(1);
    expect(start.output).toContain('EXTOLE_EVENTS_MODE');
    expect(start.output).toContain('LOG_LEVEL');
    for (const port of Object.values(ports) as number[]) expect(await isPortFree(port)).toBe(true);
  }, 90_000);
});
