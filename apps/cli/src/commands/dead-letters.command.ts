import { Command, SubCommand } from 'nest-commander';
import { loadForwarderSettings } from '#config';
import {
  filterOf,
  findDeadLetters,
  redriveRequest,
  type DeadLetterFilter,
  type DeadLetterGroup,
  type LogAccess,
} from '#operations';
import { BridgeCommand, CommandGroup } from '../bridge-command.ts';
import { Examples } from '../declaration/examples.ts';
import { Options } from '../declaration/options.ts';
import { AS, readRate, readTime, SOURCE } from '../declaration/shared-options.ts';
import { withLog } from '../log-access.ts';
import { runReplay, tellNothingToReplay, type RunOptions } from '../replay/run-replay.ts';
import { chooseSources } from '../sources.ts';
import { table } from '../table.ts';

interface FilterOptions {
  readonly source?: string;
  readonly code?: string;
  readonly event?: string;
  readonly user?: string;
  /** Epoch milliseconds. */
  readonly since?: number;
}

/** What both commands about dead letters have in common: which ones are meant. */
@Options(
  ['--code <code>', 'only those with this error code'],
  ['--event <name>', 'only this event, by the name that the list shows'],
  ['--user <id>', 'only this user'],
  ['--since <time>', 'only those of that time or later: ISO 8601, or so long ago (90m, 6h, 2d)', readTime],
)
abstract class DeadLettersSubCommand extends BridgeCommand {
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
@Options(
  ['--source <id>', 'only those of this source'],
  ['--json', 'print {"deadLetters": [{"source", "code", "event", "count", "first", "last", "example"}]}'],
)
@Examples(
  ['bridge dead-letters list --since 1d', 'bridge dead-letters list --source acme --code invalid_parameter --json'],
  ['An example is the position of the latest one in the events topic, partition:offset.'],
)
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
}

@SubCommand({ name: 'redrive', description: 'Have dead letters delivered again, once what was wrong is mended' })
@Options(
  SOURCE,
  ['--rate <n>', 'at most so many records a second', readRate],
  ['--dry-run', 'only say what would happen: calls nobody, writes nothing'],
  ['--detach', 'ask for it, print the id of the replay, and do not wait'],
  ['--yes', 'do not ask'],
  AS,
  ['--json', 'print the end as JSON'],
)
@Examples(
  ['bridge dead-letters redrive --dry-run', 'bridge dead-letters redrive --code invalid_parameter --event conversion --rate 50'],
  [
    'It is a replay of their positions (see bridge replay --help): deletions win, and what fails again is a dead letter again.',
    'Exits with 1 if any does.',
  ],
)
export class DeadLettersRedriveCommand extends DeadLettersSubCommand {
  async run(_: string[], options: FilterOptions & RunOptions & { readonly rate?: number } = {}): Promise<void> {
    await withLog(this.terminal, options.source, async (log) => {
      const filter = this.filterOf(log, options);
      const index = await findDeadLetters(log, filter);
      if (index.count === 0) return tellNothingToReplay(this.terminal, 'there are no such dead letters', options);
      this.terminal.note(`${count(index.count)} to send again:`);
      this.terminal.note(table(index.groups.map(({ code, event, count: n }) => ['', code, event, String(n)])));
      const request = redriveRequest(index, filter, options);
      await runReplay(this.terminal, log, 'redrive', request, options, `Send ${count(index.count)} again?`);
    });
  }
}

@Command({
  name: 'dead-letters',
  description: 'Events that were given up',
  subCommands: [DeadLettersListCommand, DeadLettersRedriveCommand],
})
@Examples(['bridge dead-letters list', 'bridge dead-letters redrive --code invalid_parameter'])
export class DeadLettersCommand extends CommandGroup {}

function rowOf({ source, code, event, count: n, first, last, example }: DeadLetterGroup): string[] {
  return [source, code, event, String(n), first, last, example];
}

function count(letters: number): string {
  return `${letters} dead letter${letters === 1 ? '' : 's'}`;
}
