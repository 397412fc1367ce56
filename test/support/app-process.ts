import { spawn, type ChildProcess } from 'node:child_process';
import { guardOrphan } from '../../tools/stack/lib/orphan-guard.mjs';
import type { Launch } from './container-image.ts';
import { registerProcess } from './process-registry.mjs';
import { atTestEnd } from './test-end.ts';
import { waitFor } from './wait-for.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const READY_TIMEOUT_MS = 45_000;
const END_TIMEOUT_MS = 45_000;
/** The last lines of an app are enough to see why it failed; a long run would fill the memory with the rest. */
const MAX_LINES = 20_000;

export type AppName = 'ingest' | 'forwarder' | 'simulator' | 'console';

const ENTRIES: Readonly<Record<AppName, string>> = {
  ingest: 'dist/apps/ingest/src/main.js',
  forwarder: 'dist/apps/forwarder/src/main.js',
  console: 'dist/apps/console/src/main.js',
  simulator: 'dist/tools/extole-simulator/src/main.js',
};

/** How a process ended: with a code, or by a signal. */
export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export type LogLine = Readonly<Record<string, unknown>>;

export interface AppOptions {
  /** The whole environment of the app: nothing of the developer's own gets in. */
  readonly env: Readonly<Record<string, string>>;
  /** What answers 200 once the app is ready. */
  readonly readyUrl: string;
  /** Where the program stands; default: this checkout. */
  readonly root?: string;
  /** How `node` is started where it is another one than ours, such as that of an image. */
  readonly launch?: Launch;
  /** When it is ended at the latest; default: with the test that started it. */
  readonly atEnd?: typeof atTestEnd;
}

/** A built app as a process of its own, as a container would run it. It ends with the test that started it, or with the stack that it belongs to. */
export class AppProcess {
  readonly exited: Promise<ExitStatus>;
  private readonly child: ChildProcess;
  private readonly lines: string[] = [];
  private status: ExitStatus | undefined;

  constructor(
    readonly name: AppName,
    private readonly options: AppOptions,
  ) {
    const { PATH = '', HOME = '' } = process.env;
    const args = ['--enable-source-maps', ENTRIES[name]];
    const [command, ...given] = options.launch?.(args, options.env) ?? [process.execPath, ...args];
    this.child = spawn(command, given, {
      cwd: options.root ?? ROOT,
      env: { PATH, HOME, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.collect('stdout');
    this.collect('stderr');
    this.exited = new Promise((resolve) => {
      const settle = (code: number | null, signal: NodeJS.Signals | null): void => resolve((this.status = { code, signal }));
      this.child.once('error', (error) => {
        this.lines.push(error.message);
        settle(null, null);
      });
      // `close` and not `exit`: only then has all of its output come.
      this.child.once('close', settle);
    });
    registerProcess(process.env['TEST_PROCESS_REGISTRY'], { pid: this.pid, name });
    void this.exited.then(guardOrphan(this.pid));
    (options.atEnd ?? atTestEnd)(() => this.kill9());
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.name} could not be started. Is it built (npm run build)?`);
    return this.child.pid;
  }

  get isRunning(): boolean {
    return this.status === undefined;
  }

  /** Waits until `/health/ready` answers 200. Fails at once, with the last of its output, when the app ends instead. */
  async ready(timeoutMs = READY_TIMEOUT_MS): Promise<this> {
    let answer = 'no answer';
    const ended = this.exited.then(({ code, signal }) => {
      throw new Error(`${this.name} ended (${signal ?? `exit code ${code}`}) instead of becoming ready:\n${this.tail()}`);
    });
    await waitFor(
      async () => {
        const response = await fetch(this.options.readyUrl, { signal: AbortSignal.timeout(15_000) });
        answer = `${response.status} ${await response.text()}`;
        return response.ok;
      },
      {
        timeoutMs,
        intervalMs: 50,
        describe: () => `${this.name} to be ready (${answer}); its output:\n${this.tail()}`,
        until: ended,
      },
    );
    return this;
  }

  /** Where its admin port is. */
  get adminUrl(): string {
    return new URL('/', this.options.readyUrl).href;
  }

  /** What its admin port answers to a GET. */
  async ask(path: '/health/live' | '/health/ready' | '/metrics' | '/status'): Promise<{ status: number; text: string }> {
    const response = await fetch(new URL(path, this.options.readyUrl), { signal: AbortSignal.timeout(15_000) });
    return { status: response.status, text: await response.text() };
  }

  /** SIGTERM, as an orchestrator would send it; resolves when the app has drained and ended. */
  async terminate(): Promise<ExitStatus> {
    this.child.kill('SIGTERM');
    return waitFor(() => this.status, {
      timeoutMs: END_TIMEOUT_MS,
      intervalMs: 20,
      describe: () => `${this.name} to end after SIGTERM; its output:\n${this.tail()}`,
    });
  }

  /** Ends it as a power cut would. */
  async kill9(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** Stops the clock of the process (SIGSTOP), as a long pause of its machine would: it is not dead, and knows nothing of the time that passes. */
  suspend(): void {
    this.child.kill('SIGSTOP');
  }

  /** Lets a suspended process go on. */
  resume(): void {
    this.child.kill('SIGCONT');
  }

  /** Closes this end of its output, as the death of a log agent would. */
  stopReading(): void {
    this.child.stdout?.destroy();
    this.child.stderr?.destroy();
  }

  /** Everything that it has printed, lines that are no JSON included. */
  get output(): string {
    return this.lines.join('\n');
  }

  /** Its structured log so far. */
  get logs(): LogLine[] {
    return this.lines.flatMap(asLogLine);
  }

  private collect(stream: 'stdout' | 'stderr'): void {
    let rest = '';
    this.child[stream]?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      this.lines.push(...lines);
      if (this.lines.length > MAX_LINES) this.lines.splice(0, this.lines.length - MAX_LINES);
    });
    this.child[stream]?.on('end', () => {
      if (rest !== '') this.lines.push(rest);
    });
  }

  /** The last lines of its output. */
  tail(): string {
    return this.lines.slice(-30).join('\n');
  }
}

function asLogLine(line: string): LogLine[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? [value as LogLine] : [];
  } catch {
    return [];
  }
}
