import 'reflect-metadata';
import { CommandFactory } from 'nest-commander';
import { exitFor } from './bridge-command.ts';
import { describeError } from './cli-error.ts';
import { CliModule } from './cli.module.ts';

await CommandFactory.run(CliModule, {
  cliName: 'bridge',
  logger: false,
  errorHandler: exitFor,
  serviceErrorHandler: (error) => {
    process.stderr.write(`bridge: ${describeError(error)}\n`);
    process.exitCode = 1;
  },
});
