import { Command, SubCommand } from 'nest-commander';
import { ConfigError } from '#config';
import { BridgeCommand, CommandGroup } from '../bridge-command.ts';
import { configFaults, configSummary } from '../check-config.ts';
import { Examples } from '../declaration/examples.ts';
import { Options } from '../declaration/options.ts';

interface CheckOptions {
  readonly json?: boolean;
}

@SubCommand({ name: 'check', description: 'Check the environment and every file that it names, for all apps at once' })
@Options(['--json', 'print {"valid", "faults": [{"where", "expected"}]}'])
@Examples(['bridge config check', 'env $(cat production.env) bridge config check --json'])
export class ConfigCheckCommand extends BridgeCommand {
  async run(_: string[], { json = false }: CheckOptions = {}): Promise<void> {
    const faults = configFaults(this.terminal.env);
    if (faults.length > 0) this.terminal.fail();
    if (json) return this.terminal.print(JSON.stringify({ valid: faults.length === 0, faults }));
    if (faults.length > 0) return this.terminal.note(new ConfigError(faults).message);
    this.terminal.print(configSummary(this.terminal.env));
  }
}

@Command({ name: 'config', description: 'The configuration', subCommands: [ConfigCheckCommand] })
@Examples(['bridge config check'])
export class ConfigCommand extends CommandGroup {}
