import { execFile } from 'node:child_process';

export interface CommandOptions {
  /** On top of our own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: a minute. */
  readonly timeoutMs?: number;
}

/** Runs a command to its end and returns what it printed. A failure throws with the command and its last lines. */
export function runCommand(
  command: string,
  args: readonly string[],
  { env = {}, timeoutMs = 60_000 }: CommandOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { env: { ...process.env, ...env }, timeout: timeoutMs, maxBuffer: 64 * 1024 ** 2 };
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const how = error.killed === true ? `did not end within ${timeoutMs / 1000} s` : `failed: ${String(error.code)}`;
      reject(new Error(`${[command, ...args].join(' ')}\n${how}\n${lastLines(`${stdout}\n${stderr}`, 30)}`));
    });
  });
}

function lastLines(text: string, count: number): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-count).join('\n');
}
