import { spawn, type ChildProcess } from 'node:child_process';
import { guardOrphan } from '../../tools/stack/lib/orphan-guard.mjs';
import { atTestEnd } from './test-end.ts';
import { freePort, waitFor } from './wait-for.ts';

const ROOT = new URL('../../', import.meta.url).pathname;

/** `npm start` in a process of its own, with what it has printed so far. */
export class NpmStart {
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

/** The port of each part of a stack. */
export interface StackPorts {
  readonly ingest: number;
  readonly ingestAdmin: number;
  readonly forwarderAdmin: number;
  readonly console: number;
  readonly simulator: number;
  readonly broker: number;
}

export async function freePorts(): Promise<StackPorts> {
  return {
    ingest: await freePort(),
    ingestAdmin: await freePort(),
    forwarderAdmin: await freePort(),
    console: await freePort(),
    simulator: await freePort(),
    broker: await freePort(),
  };
}

/** What has `npm start` use these ports and this folder, and a broker that leaves nothing behind. */
export function environmentOf(ports: StackPorts, dataDir: string): Record<string, string> {
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
