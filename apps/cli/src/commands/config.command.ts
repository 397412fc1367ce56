import { Inject } from '@nestjs/common';
import { Command, Help, Option, SubCommand } from 'nest-commander';
import { ConfigError } from '#config';
import { BridgeCommand, CommandGroup } from '../bridge-command.ts';
import { configFaults, configSummary } from '../check-config.ts';
import { TERMINAL, type Terminal } from '../terminal.ts';

interface CheckOptions {
  readonly json?: boolean;
}

@SubCommand({ name: 'check', description: 'Check the environment and every file that it names, for all apps at once' })
export class ConfigCheckCommand extends BridgeCommand {
  constructor(@Inject(TERMINAL) private readonly terminal: Terminal) {
    super();
  }

  async run(_: string[], { json = false }: CheckOptions = {}): Promise<void> {
    const faults = configFaults(this.terminal.env);
    if (faults.length > 0) this.terminal.fail();
    if (json) return this.terminal.print(JSON.stringify({ valid: faults.length === 0, faults }));
    if (faults.length > 0) return this.terminal.note(new ConfigError(faults).message);
    this.terminal.print(configSummary(this.terminal.env));
  }

  @Option({ flags: '--json', description: 'print {"valid", "faults": [{"where", "expected"}]}' })
  parseJson(): boolean {
    return true;
  }

  @Help('after')
  examples(): string {
    return '\nExamples:\n  bridge config check\n  env $(cat production.env) bridge config check --json';
  }
}

@Command({ name: 'config', description: 'The configuration', subCommands: [ConfigCheckCommand] })
export class ConfigCommand extends CommandGroup {
  @Help('after')
  examples(): string {
    return '\nExamples:\n  bridge config check';
  }
}
