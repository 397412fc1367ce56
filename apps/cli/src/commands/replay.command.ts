import { Inject } from '@nestjs/common';
import { Command, Help, InjectCommander, Option } from 'nest-commander';
import { OUTCOMES } from '#delivery';
import {
  isOutcomeName,
  offsetsOf,
  parsePosition,
  parseTime,
  parseWholeNumber,
  requestFor,
  wishFault,
  type ReplayWish,
} from '#operations';
import type { Position } from '#segment';
import { BridgeCommand } from '../bridge-command.ts';
import { withLog } from '../log-access.ts';
import { runReplay, tellNothingToReplay, type RunOptions } from '../replay/run-replay.ts';
import { WISH_FAULTS } from '../replay/wish-faults.ts';
import { TERMINAL, type Terminal } from '../terminal.ts';
import {
  ReplayCancelCommand,
  ReplayListCommand,
  ReplayPauseCommand,
  ReplayResumeCommand,
  ReplayStatusCommand,
} from './replay-runs.command.ts';

interface ReplayOptions extends ReplayWish, RunOptions {
  readonly source?: string;
}

@Command({
  name: 'replay',
  description: 'Have events of the log delivered again; without --redeliver only those that are not delivered yet',
  subCommands: [ReplayListCommand, ReplayStatusCommand, ReplayPauseCommand, ReplayResumeCommand, ReplayCancelCommand],
})
export class ReplayCommand extends BridgeCommand {
  constructor(
    @Inject(TERMINAL) private readonly terminal: Terminal,
    @InjectCommander() program: Parameters<BridgeCommand['setCommand']>[0],
  ) {
    super();
    // The first of two steps; `main.ts` has the other, for every command but the program itself.
    program.enablePositionalOptions();
  }

  async run([unknown]: string[], wish: ReplayOptions = {}): Promise<void> {
    if (unknown !== undefined) this.misuse(`unknown command '${unknown}'`);
    const fault = wishFault(wish);
    if (fault !== undefined) this.misuse(WISH_FAULTS[fault]);
    await withLog(this.terminal, wish.source, async (log) => {
      const { request, cut } = await requestFor(log, wish);
      if (cut.length > 0) this.terminal.note(noteOfCut(cut));
      if (request.ranges.length === 0)
        return tellNothingToReplay(this.terminal, 'there is nothing in that range that the live log is done with', wish);
      const question = `Send up to ${offsetsOf(request).toLocaleString('en-US')} events to Extole again, delivered ones included?`;
      await runReplay(this.terminal, log, request, wish, wish.redeliver === true ? question : undefined);
    });
  }

  @Option({ flags: '--source <id>', description: 'the source; needed if there are several' })
  parseSource(id: string): string {
    return id;
  }

  @Option({ flags: '--all', description: 'everything that is in the log' })
  parseAll(): boolean {
    return true;
  }

  @Option({
    flags: '--from-offset <partition:offset>',
    description: 'begin there, in this partition only; may be given once per partition',
  })
  parseFromOffset(text: string, others?: Position[]): Position[] {
    return this.positionsOf(text, others);
  }

  @Option({ flags: '--to-offset <partition:offset>', description: 'end before it, likewise' })
  parseToOffset(text: string, others?: Position[]): Position[] {
    return this.positionsOf(text, others);
  }

  @Option({
    flags: '--from-time <time>',
    description: 'what came in at that time or later: ISO 8601, or so long ago (90m, 6h, 2d)',
  })
  parseFromTime(text: string): number {
    return this.timeOf(text);
  }

  @Option({ flags: '--to-time <time>', description: 'what came in before, likewise' })
  parseToTime(text: string): number {
    return this.timeOf(text);
  }

  @Option({ flags: '--partition <number>', description: 'only this partition; may be given several times' })
  parsePartition(text: string, others: number[] = []): number[] {
    return [...others, parseWholeNumber(text) ?? this.misuse(`'${text}' is no partition: give its number`)];
  }

  @Option({ flags: '--user <id>', description: 'only this user; the request holds a hash of the id' })
  parseUser(id: string): string {
    return id;
  }

  @Option({ flags: '--event <name>', description: "only this event, by Segment's name or by the mapped one" })
  parseEvent(name: string): string {
    return name;
  }

  @Option({ flags: '--type <type>', description: 'only identify, or only track' })
  parseType(text: string): 'identify' | 'track' {
    return text === 'identify' || text === 'track' ? text : this.misuse(`'${text}' is no type: identify or track`);
  }

  @Option({ flags: '--outcome <outcome>', description: `only what ended so: ${OUTCOMES.join(', ')}` })
  parseOutcome(text: string): ReplayWish['outcome'] {
    return isOutcomeName(text) ? text : this.misuse(`'${text}' is no outcome: choose one of ${OUTCOMES.join(', ')}`);
  }

  @Option({ flags: '--code <code>', description: 'only what ended with this error code' })
  parseCode(code: string): string {
    return code;
  }

  @Option({ flags: '--rate <n>', description: 'at most so many records a second, over all partitions' })
  parseRate(text: string): number {
    const rate = Number(text);
    return rate > 0 && Number.isFinite(rate) ? rate : this.misuse(`'${text}' is no rate: give a number above 0`);
  }

  @Option({
    flags: '--redeliver',
    description: 'send again what was delivered, unless its user was deleted or a newer profile was sent',
  })
  parseRedeliver(): boolean {
    return true;
  }

  @Option({ flags: '--dry-run', description: 'only say what would happen: calls nobody, writes nothing' })
  parseDryRun(): boolean {
    return true;
  }

  @Option({ flags: '--detach', description: 'ask for the replay, print its id, and do not wait' })
  parseDetach(): boolean {
    return true;
  }

  @Option({ flags: '--yes', description: 'do not ask before a --redeliver' })
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
      '\nThe owners of the partitions (the forwarders) carry a replay out, beside the live events and after them; it survives their restarts',
      'and this command. Only what the live log is done with is replayed. Deletions win as ever, and an identify that is older than the',
      'user’s last delivered one ends as stale.',
      '\nExit codes: 0 done, no dead letters; 1 done with dead letters, cancelled, or failed; 2 not understood; 130 left by Ctrl-C (it goes on).',
      '\nExamples:',
      '  bridge replay --all --dry-run                               what is missing at Extole?',
      '  bridge replay --from-time 6h                                fill the gaps of the last six hours',
      '  bridge replay --outcome dead-lettered --code invalid_email  once the mapping is mended',
      '  bridge replay --user u42 --redeliver                        send everything of one user again',
      '  bridge replay --from-offset 3:1200 --to-offset 3:1300 --redeliver --rate 10',
    ].join('\n');
  }

  private positionsOf(text: string, others: readonly Position[] = []): Position[] {
    const position = parsePosition(text) ?? this.misuse(`'${text}' is no position: give partition:offset, as 3:1200`);
    if (others.some(({ partition }) => partition === position.partition))
      this.misuse(`partition ${position.partition} is named twice`);
    return [...others, position];
  }

  private timeOf(text: string): number {
    return (
      parseTime(text, Date.now()) ??
      this.misuse(`'${text}' is no time: give ISO 8601, as 2026-11-24T18:00:00Z, or so long ago, as 90m`)
    );
  }
}

function noteOfCut(partitions: readonly number[]): string {
  return `note: partition ${partitions.join(', ')}: cut at the group's committed offset; what lies beyond is in the hands of the live log`;
}
