import { Inject } from '@nestjs/common';
import { CommandRunner } from 'nest-commander';
import { TERMINAL, type Terminal } from './terminal.ts';

/** Exit code of a call that was not understood; a command that failed is 1. */
export const USAGE_EXIT_CODE = 2;

/** Exit code of a command that could look, and found something that should not be so; for an alarm that must tell it from a failure to look. */
export const NOT_AS_IT_SHOULD_BE_EXIT_CODE = 3;

/** A command of ours: `--help` and usage errors end the process with our exit codes (commander itself says 1 for both kinds of error). */
export abstract class BridgeCommand extends CommandRunner {
  constructor(@Inject(TERMINAL) protected readonly terminal: Terminal) {
    super();
  }

  override setCommand(command: Parameters<CommandRunner['setCommand']>[0]): this {
    command.exitOverride(exitFor).showHelpAfterError('(see --help)');
    return super.setCommand(command);
  }

  /** Ends the process for a call that makes no sense, with a hint at `--help`. */
  misuse(message: string): never {
    this.command.error(`error: ${message}`);
  }

  /** For a command with subcommands: the first word that is left is none of theirs. */
  protected refuseUnknown([unknown]: readonly string[]): void {
    if (unknown !== undefined) this.misuse(`unknown command '${unknown}'`);
  }
}

/** A group of commands: named without one of them it shows what there is. */
export abstract class CommandGroup extends BridgeCommand {
  run(params: string[]): Promise<void> {
    this.refuseUnknown(params);
    this.command.help({ error: true });
  }
}

/** Ends the process as commander would (whose errors carry an exit code, 0 for `--help`), with our codes. */
export function exitFor(error: Error): never {
  process.exit('exitCode' in error && error.exitCode === 0 ? 0 : USAGE_EXIT_CODE);
}
