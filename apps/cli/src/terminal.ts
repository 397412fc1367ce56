import { text } from 'node:stream/consumers';
import type { Environment } from '#config';

/** What a command may touch of the world around it; a test gives its own. */
export interface Terminal {
  readonly env: Environment;
  /** Results: one text, ended with a newline. */
  print(result: string): void;
  /** Everything that is no result. */
  note(remark: string): void;
  readStdin(): Promise<string>;
  /** The exit code, unless something worse happens later. */
  fail(): void;
}

/** The injection token of the terminal. */
export const TERMINAL = Symbol('Terminal');

/** The real one. */
export function processTerminal(env: Environment): Terminal {
  return {
    env,
    print: (result) => process.stdout.write(`${result}\n`),
    note: (remark) => process.stderr.write(`${remark}\n`),
    readStdin: () => text(process.stdin),
    fail: () => {
      process.exitCode = 1;
    },
  };
}
