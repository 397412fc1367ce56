import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import type { Environment } from '#config';
import { toOperatorName } from '#segment';

/** What a command may touch of the world around it; a test gives its own. */
export interface Terminal {
  readonly env: Environment;
  /** Who runs the command, as the machine calls them, in the form of an operator's name. */
  readonly user: string;
  /** Whether a human sits there: only then is anything asked or drawn. */
  readonly isInteractive: boolean;
  /** Results: one text, ended with a newline. */
  print(result: string): void;
  /** Everything that is no result. */
  note(remark: string): void;
  /** Shows a line in place of the last one that was drawn; the next note or result begins on a line of its own. */
  draw(line: string): void;
  readStdin(): Promise<string>;
  /** Asks for a yes; anything else is a no. */
  confirm(question: string): Promise<boolean>;
  /** Aborts at Ctrl-C, once somebody has asked for it; a second Ctrl-C ends the process. */
  interrupted(): AbortSignal;
  /** The exit code, unless something worse happens later. */
  fail(code?: number): void;
}

/** The injection token of the terminal. */
export const TERMINAL = Symbol('Terminal');

/** As a shell reports a process that Ctrl-C has ended. */
export const INTERRUPTED_EXIT_CODE = 130;

/** The real one. */
export function processTerminal(env: Environment): Terminal {
  const line = new DrawnLine();
  return {
    env,
    user: machineUser(),
    isInteractive: process.stdin.isTTY && process.stderr.isTTY,
    print: (result) => {
      line.leave();
      process.stdout.write(`${result}\n`);
    },
    note: (remark) => {
      line.leave();
      process.stderr.write(`${remark}\n`);
    },
    draw: (drawn) => line.draw(drawn),
    readStdin: () => text(process.stdin),
    confirm: async (question) => {
      const prompt = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return /^y(es)?$/i.test((await prompt.question(`${question} [y/N] `)).trim());
      } finally {
        prompt.close();
      }
    },
    interrupted: () => {
      const controller = new AbortController();
      process.once('SIGINT', () => controller.abort());
      return controller.signal;
    },
    fail: (code = 1) => {
      process.exitCode = code;
    },
  };
}

/** A container may run as a number that has no name. */
function machineUser(): string {
  try {
    return toOperatorName(userInfo().username);
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}

/** The line at the cursor that is drawn again and again. */
class DrawnLine {
  private isDrawn = false;

  draw(line: string): void {
    // Cut to the width: what wraps cannot be drawn over.
    process.stderr.write(`\r\u001b[2K${line.slice(0, (process.stderr.columns || 80) - 1)}`);
    this.isDrawn = true;
  }

  leave(): void {
    if (this.isDrawn) process.stderr.write('\n');
    this.isDrawn = false;
  }
}
