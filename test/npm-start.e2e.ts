import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPortFree } from '../tools/stack/lib/ports.mjs';
import { guardOrphan } from '../tools/stack/lib/orphan-guard.mjs';
import { SegmentClient } from './support/segment-client.ts';
import { SimulatorClient } from './support/simulator-client.ts';
import { atTestEnd } from './support/test-end.ts';
import { freePort, waitFor } from './support/wait-for.ts';

const ROOT = new URL('..', import.meta.url).pathname;

/** `npm start` in a process of its own, with what it has printed so far. */
class NpmStart {
  output = '';
  readonly exited: Promise<number | null>;
  private readonly child: ChildProcess;
  private exitCode: number | null | undefined;

  constructor(env: Readonly<Record<string, string>>) {
    const { PATH = '', HOME = '', JAVA_HOME = '' } = process.env;
    this.child = spawn(process.execPath, ['tools/stack/start.mjs'], {
      cwd: ROOT,
      env: { PATH, HOME, JAVA_HOME, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.setEncoding('utf8').on('data', (chunk: string) => (this.output += chunk));
    this.exited = new Promise((resolve) => this.child.once('close', (code) => resolve((this.exitCode = code))));
    if (this.child.pid !== undefined) void this.exited.then(guardOrphan(this.child.pid));
    atTestEnd(() => this.stop());
  }

  get lastLine(): string {
    return this.output.trimEnd().split('\n').at(-1) ?? '';
  }

  async ready(): Promise<void> {
    const ended = this.exited.then((code) => {
      throw new Error(`npm start ended with exit code ${code}:\n${this.output}`);
    });
    await waitFor(() => this.lastLine.startsWith('ready '), {
      timeoutMs: 90_000,
      describe: () => `the ready line of:\n${this.output}`,
      until: ended,
    });
  }

  /** SIGTERM; returns the exit code. */
  async stop(): Promise<number | null> {
    if (this.exitCode === undefined) this.child.kill('SIGTERM');
    return this.exited;
  }
}

interface Ports {
  readonly ingest: number;
  readonly ingestAdmin: number;
  readonly forwarderAdmin: number;
  readonly console: number;
  readonly simulator: number;
  readonly broker: number;
}

async function freePorts(): Promise<Ports> {
  return {
    ingest: await freePort(),
    ingestAdmin: await freePort(),
    forwarderAdmin: await freePort(),
    console: await freePort(),
    simulator: await freePort(),
    broker: await freePort(),
  };
}

function environmentOf(ports: Ports, dataDir: string): Record<string, string> {
  return {
    STACK_DATA_DIR: dataDir,
    // A container's volume would outlive the test.
    STACK_BROKER: 'jvm',
    INGEST_PORT: String(ports.ingest),
    INGEST_ADMIN_PORT: String(ports.ingestAdmin),
    FORWARDER_ADMIN_PORT: String(ports.forwarderAdmin),
    CONSOLE_PORT: String(ports.console),
    EXTOLE_SIMULATOR_PORT: String(ports.simulator),
    LOCAL_KAFKA_PORT: String(ports.broker),
  };
}

function newDataDir(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'bridge-npm-start-'));
  atTestEnd(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}

describe('npm start', () => {
  it('brings everything up, takes everything down again at a SIGTERM, and finds its data the next time', async () => {
    const ports = await freePorts();
    const dataDir = newDataDir();
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
    expect(statSync(hashKeyPath).mode & 0o777).toBe(0o600);

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
