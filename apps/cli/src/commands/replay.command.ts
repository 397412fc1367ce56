import { Inject } from '@nestjs/common';
import { Command, InjectCommander } from 'nest-commander';
import { OUTCOMES } from '#delivery';
import { isOutcomeName, offsetsOf, requestFor, wishFault, type ReplayWish } from '#operations';
import { BridgeCommand } from '../bridge-command.ts';
import { Examples } from '../declaration/examples.ts';
import { Options, type ReadOption } from '../declaration/options.ts';
import { AS, readPartitions, readPositions, readRate, readTime, SOURCE } from '../declaration/shared-options.ts';
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

const readType: ReadOption = (text, misuse) =>
  text === 'identify' || text === 'track' ? text : misuse(`'${text}' is no type: identify or track`);

const readOutcome: ReadOption = (text, misuse) =>
  isOutcomeName(text) ? text : misuse(`'${text}' is no outcome: choose one of ${OUTCOMES.join(', ')}`);

interface ReplayOptions extends ReplayWish, RunOptions {
  readonly source?: string;
}

@Command({
  name: 'replay',
  description: 'Have events of the log delivered again; without --redeliver only those that are not delivered yet',
  subCommands: [ReplayListCommand, ReplayStatusCommand, ReplayPauseCommand, ReplayResumeCommand, ReplayCancelCommand],
})
@Options(
  SOURCE,
  ['--all', 'everything that is in the log'],
  ['--from-offset <partition:offset>', 'begin there, in this partition only; may be given once per partition', readPositions],
  ['--to-offset <partition:offset>', 'end before it, likewise', readPositions],
  ['--from-time <time>', 'what came in at that time or later: ISO 8601, or so long ago (90m, 6h, 2d)', readTime],
  ['--to-time <time>', 'what came in before, likewise', readTime],
  ['--partition <number>', 'only this partition; may be given several times', readPartitions],
  ['--user <id>', 'only this user; the request holds a hash of the id'],
  ['--event <name>', "only this event, by Segment's name or by the mapped one"],
  ['--type <type>', 'only identify, or only track', readType],
  ['--outcome <outcome>', `only what ended so: ${OUTCOMES.join(', ')}`, readOutcome],
  ['--code <code>', 'only what ended with this error code'],
  ['--rate <n>', 'at most so many records a second, over all partitions', readRate],
  ['--redeliver', 'send again what was delivered, unless its user was deleted or a newer profile was sent'],
  ['--dry-run', 'only say what would happen: calls nobody, writes nothing'],
  ['--detach', 'ask for the replay, print its id, and do not wait'],
  ['--yes', 'do not ask before a --redeliver'],
  AS,
  ['--json', 'print the end as JSON'],
)
@Examples(
  [
    'bridge replay --all --dry-run                               what is missing at Extole?',
    'bridge replay --from-time 6h                                fill the gaps of the last six hours',
    'bridge replay --outcome dead-lettered --code invalid_email  once the mapping is mended',
    'bridge replay --user u42 --redeliver                        send everything of one user again',
    'bridge replay --from-offset 3:1200 --to-offset 3:1300 --redeliver --rate 10',
  ],
  [
    'The owners of the partitions (the forwarders) carry a replay out, beside the live events and after them; it survives their restarts',
    'and this command. Only what the live log is done with is replayed. Deletions win as ever, and an identify that is older than the',
    'user’s last delivered one ends as stale.',
    '',
    'Exit codes: 0 done, no dead letters; 1 done with dead letters, cancelled, or failed; 2 not understood; 130 left by Ctrl-C (it goes on).',
  ],
)
export class ReplayCommand extends BridgeCommand {
  constructor(@Inject(TERMINAL) terminal: Terminal, @InjectCommander() program: Parameters<BridgeCommand['setCommand']>[0]) {
    super(terminal);
    // The first of two steps; `main.ts` has the other, for every command but the program itself.
    program.enablePositionalOptions();
  }

  async run(words: string[], wish: ReplayOptions = {}): Promise<void> {
    this.refuseUnknown(words);
    const fault = wishFault(wish);
    if (fault !== undefined) this.misuse(WISH_FAULTS[fault]);
    await withLog(this.terminal, wish.source, async (log) => {
      const { request, cut } = await requestFor(log, wish);
      if (cut.length > 0) this.terminal.note(noteOfCut(cut));
      if (request.ranges.length === 0)
        return tellNothingToReplay(this.terminal, 'there is nothing in that range that the live log is done with', wish);
      const question = `Send up to ${offsetsOf(request).toLocaleString('en-US')} events to Extole again, delivered ones included?`;
      await runReplay(this.terminal, log, 'replay', request, wish, wish.redeliver === true ? question : undefined);
    });
  }
}

function noteOfCut(partitions: readonly number[]): string {
  return `note: partition ${partitions.join(', ')}: cut at the group's committed offset; what lies beyond is in the hands of the live log`;
}
