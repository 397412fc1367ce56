import { Injectable } from '@nestjs/common';
import { InjectCommander } from 'nest-commander';
import type { BridgeCommand } from './bridge-command.ts';

/** What `bridge --help` says besides the list of commands. */
@Injectable()
export class ProgramHelp {
  constructor(@InjectCommander() program: Parameters<BridgeCommand['setCommand']>[0]) {
    program.addHelpText('after', EXAMPLES);
  }
}

const EXAMPLES = `
Every command has --help with examples, and --json.

Exit codes: 0 done; 1 failed; 2 not understood; 3 looked, and found what should not be so.

Examples:
  bridge config check
  bridge outcomes --user u42
  bridge dead-letters list
  bridge replay --from-time 6h --dry-run
  bridge verify --event conversion`;
