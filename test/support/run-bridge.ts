import { spawn } from 'node:child_process';
import { registerProcess } from './process-registry.mjs';
import { atTestEnd } from './test-end.ts';
import type { TestStack } from './test-stack.ts';

const ROOT = new URL('../../', import.meta.url).pathname;

/** How a run of the CLI ended. */
export interface BridgeRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the CLI that goes on. */
export interface RunningBridge {
  /** Ctrl-C. */
  interrupt(): void;
  /** Settles at its first word: until then it is starting, and a signal would end it like any process. */
  readonly firstWord: Promise<void>;
  readonly ended: Promise<BridgeRun>;
}

/** `npx bridge …` as a process of its own, in the environment of the stack's apps; it ends with the test at the latest. */
export function startBridge({ env }: Pick<TestStack, 'env'>, ...args: readonly string[]): RunningBridge {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['--enable-source-maps', 'bin/bridge.mjs', ...args], {
    cwd: ROOT,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  if (child.pid !== undefined) registerProcess(process.env['TEST_PROCESS_REGISTRY'], { pid: child.pid, name: 'bridge' });
  const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => {
    const chunks: string[] = [];
    stream.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
    return chunks;
  });
  const firstWord = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) stream.once('data', () => resolve());
    child.once('close', () => resolve());
  });
  const ended = new Promise<BridgeRun>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout: stdout?.join('') ?? '', stderr: stderr?.join('') ?? '' }));
  });
  atTestEnd(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { interrupt: () => void child.kill('SIGINT'), firstWord, ended };
}

/** The same, to its end. */
export function runBridge(stack: Pick<TestStack, 'env'>, ...args: readonly string[]): Promise<BridgeRun> {
  return startBridge(stack, ...args).ended;
}

/** What a run that was asked for `--json` says; fails with its remarks if it is something else. */
export function jsonOf({ code, stdout, stderr }: BridgeRun): Record<string, unknown> {
  try {
    return JSON.parse(stdout) as Record<string, unknown>;
  } catch {
    throw new Error(`bridge ended with ${code} and said no JSON: ${stdout}\n${stderr}`);
  }
}
