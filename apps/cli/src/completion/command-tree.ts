import type { BridgeCommand } from '../bridge-command.ts';

type Commander = Parameters<BridgeCommand['setCommand']>[0];

/** A command as a shell has to know it. */
export interface CommandNode {
  /** Its words after `bridge`; empty for the program itself. */
  readonly path: string;
  readonly description: string;
  /** Long names, `--json`. */
  readonly options: readonly CommandOption[];
  /** Words that may follow. */
  readonly subcommands: readonly string[];
}

export interface CommandOption {
  readonly name: string;
  readonly description: string;
  readonly takesValue: boolean;
}

/** Every command of the program, itself first. */
export function commandTree(program: Commander): CommandNode[] {
  return nodesOf(program, '');
}

function nodesOf(command: Commander, path: string): CommandNode[] {
  const subcommands = command.commands.filter((sub) => sub.name() !== 'help');
  const node: CommandNode = {
    path,
    description: command.description(),
    options: command.options.map(({ long, description, required, optional }) => ({
      name: long ?? '',
      description,
      takesValue: required || optional,
    })),
    subcommands: subcommands.map((sub) => sub.name()),
  };
  return [node, ...subcommands.flatMap((sub) => nodesOf(sub, `${path} ${sub.name()}`.trim()))];
}
