/** Prints, as JSON, what `--help` says of every command of the built CLI, by path: one process instead of one a command. */
import 'reflect-metadata';
import { CommandFactory } from 'nest-commander';
import { Commander } from 'nest-commander/src/constants.js';

const { CliModule } = await import('../../dist/apps/cli/src/cli.module.js');
const app = await CommandFactory.createWithoutRunning(CliModule, { cliName: 'bridge', logger: false });
console.log(JSON.stringify(Object.fromEntries(helpOf(app.get(Commander), ''))));
await app.close();

function helpOf(command, path) {
  let text = '';
  command.configureOutput({ writeOut: (chunk) => (text += chunk) });
  command.outputHelp();
  const below = command.commands.filter((sub) => sub.name() !== 'help');
  return [[path, text], ...below.flatMap((sub) => helpOf(sub, `${path} ${sub.name()}`.trim()))];
}
