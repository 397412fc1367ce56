import { Inject } from '@nestjs/common';
import { Command, Help, Option, SubCommand } from 'nest-commander';
import { loadForwarderSettings } from '#config';
import {
  filterOf,
  findDeadLetters,
  parseTime,
  redriveRequest,
  type DeadLetterFilter,
  type DeadLetterGroup,
  type LogAccess,
} from '#operations';
import { BridgeCommand, CommandGroup } from '../bridge-command.ts';
import { withLog } from '../log-access.ts';
import { runReplay, tellNothingToReplay, type RunOptions } from '../replay/run-replay.ts';
import { chooseSources } from '../sources.ts';
import { table } from '../table.ts';
import { TERMINAL, type Terminal } from '../terminal.ts';

interface FilterOptions {
  readonly source?: string;
  readonly code?: string;
  readonly event?: string;
  readonly user?: string;
  /** Epoch milliseconds. */
  readonly since?: number;
}

/** What both commands about dead letters have in common: which ones are meant. */
abstract class DeadLettersSubCommand extends BridgeCommand {
  constructor(@Inject(TERMINAL) protected readonly terminal: Terminal) {
    super();
  }

  @Option({ flags: '--code <code>', description: 'only those with this error code' })
  parseCode(code: string): string {
    return code;
  }

  @Option({ flags: '--event <name>', description: 'only this event, by the name that the list shows' })
  parseEvent(name: string): string {
    return name;
  }

  @Option({ flags: '--user <id>', description: 'only this user' })
  parseUser(id: string): string {
    return id;
  }

  @Option({ flags: '--since <time>', description: 'only those of that time or later: ISO 8601, or so long ago (90m, 6h, 2d)' })
  parseSince(text: string): number {
    return (
      parseTime(text, Date.now()) ??
      this.misuse(`'${text}' is no time: give ISO 8601, as 2026-11-24T18:00:00Z, or so long ago, as 90m`)
    );
  }

  protected filterOf(log: LogAccess, { since, ...options }: FilterOptions): DeadLetterFilter {
    const { subject, code, event } = filterOf(log, options);
    return {
      ...(subject !== undefined && { subject }),
      ...(code !== undefined && { code }),
      ...(event !== undefined && { event }),
      ...(since !== undefined && { since: new Date(since).toISOString() }),
    };
  }
}

@SubCommand({ name: 'list', description: 'The dead letters, by code and event' })
export class DeadLettersListCommand extends DeadLettersSubCommand {
  async run(_: string[], { json = false, ...options }: FilterOptions & { readonly json?: boolean } = {}): Promise<void> {
    const groups: DeadLetterGroup[] = [];
    for (const { id } of chooseSources(loadForwarderSettings(this.terminal.env), options.source)) {
      await withLog(this.terminal, id, async (log) =>
        groups.push(...(await findDeadLetters(log, this.filterOf(log, options))).groups),
      );
    }
    if (json) return this.terminal.print(JSON.stringify({ deadLetters: groups }));
    if (groups.length === 0) return this.terminal.note('there are no dead letters');
    this.terminal.print(table([['SOURCE', 'CODE', 'EVENT', 'COUNT', 'FIRST', 'LAST', 'EXAMPLE'], ...groups.map(rowOf)]));
  }

  @Option({ flags: '--source <id>', description: 'only those of this source' })
  parseSource(id: string): string {
    return id;
  }

  @Option({
    flags: '--json',
    description: 'print {"deadLetters": [{"source", "code", "event", "count", "first", "last", "example"}]}',
  })
  parseJson(): boolean {
    return true;
  }

  @Help('after')
  examples(): string {
    return [
      '\nAn example is the position of the latest one in the events topic, partition:offset.',
      '\nExamples:',
      '  bridge dead-letters list --since 1d',
      '  bridge dead-letters list --source acme --code invalid_parameter --json',
    ].join('\n');
  }
}

@SubCommand({ name: 'redrive', description: 'Have dead letters delivered again, once what was wrong is mended' })
export class DeadLettersRedriveCommand extends DeadLettersSubCommand {
  async run(_: string[], options: FilterOptions & RunOptions & { readonly rate?: number } = {}): Promise<void> {
    await withLog(this.terminal, options.source, async (log) => {
      const filter = this.filterOf(log, options);
      const index = await findDeadLetters(log, filter);
      if (index.count === 0) return tellNothingToReplay(this.terminal, 'there are no such dead letters', options);
      this.terminal.note(`${count(index.count)} to send again:`);
      this.terminal.note(table(index.groups.map(({ code, event, count: n }) => ['', code, event, String(n)])));
      const request = redriveRequest(index, filter, options);
      await runReplay(this.terminal, log, request, options, `Send ${count(index.count)} again?`);
    });
  }

  @Option({ flags: '--source <id>', description: 'the source; needed if there are several' })
  parseSource(id: string): string {
    return id;
  }

  @Option({ flags: '--rate <n>', description: 'at most so many records a second' })
  parseRate(text: string): number {
    const rate = Number(text);
    return rate > 0 && Number.isFinite(rate) ? rate : this.misuse(`'${text}' is no rate: give a number above 0`);
  }

  @Option({ flags: '--dry-run', description: 'only say what would happen: calls nobody, writes nothing' })
  parseDryRun(): boolean {
    return true;
  }

  @Option({ flags: '--detach', description: 'ask for it, print the id of the replay, and do not wait' })
  parseDetach(): boolean {
    return true;
  }

  @Option({ flags: '--yes', description: 'do not ask' })
  parseYes(): boolean {
    return true;
  }

  @Option({ flags: '--json', description: 'print the end as JSON' })
  parseJson(): boolean {
    return true;
  }

  @Help('after')
  examples(): string {
    return [
      '\nIt is a replay of their positions (see bridge replay --help): deletions win, and what fails again is a dead letter again.',
      'Exits with 1 if any does.',
      '\nExamples:',
      '  bridge dead-letters redrive --dry-run',
      '  bridge dead-letters redrive --code invalid_parameter --event conversion --rate 50',
    ].join('\n');
  }
}

@Command({
  name: 'dead-letters',
  description: 'Events that were given up',
  subCommands: [DeadLettersListCommand, DeadLettersRedriveCommand],
})
export class DeadLettersCommand extends CommandGroup {
  @Help('after')
  examples(): string {
    return '\nExamples:\n  bridge dead-letters list\n  bridge dead-letters redrive --code invalid_parameter';
  }
}

function rowOf({ source, code, event, count: n, first, last, example }: DeadLetterGroup): string[] {
  return [source, code, event, String(n), first, last, example];
}

function count(letters: number): string {
  return `${letters} dead letter${letters === 1 ? '' : 's'}`;
}
