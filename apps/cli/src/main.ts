import 'reflect-metadata';
import { CommandFactory } from 'nest-commander';
import { exitFor } from './bridge-command.ts';
import { describeError } from './cli-error.ts';
import { CliModule } from './cli.module.ts';

await CommandFactory.run(CliModule, {
  cliName: 'bridge',
  logger: false,
  // Otherwise the options of `replay list` and its siblings would be taken for those of `replay`.
  enablePositionalOptions: true,
  errorHandler: exitFor,
  serviceErrorHandler: (error) => {
    process.stderr.write(`bridge: ${describeError(error)}\n`);
    process.exitCode = 1;
  },
});
