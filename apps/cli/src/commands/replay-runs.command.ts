import { SubCommand } from 'nest-commander';
import type { ReplayState } from '#delivery';
import { changeReplay, describeReplay, exitCodeOf, figuresOf, findReplay, readReplays, type KnownReplay } from '#operations';
import { BridgeCommand } from '../bridge-command.ts';
import { Examples } from '../declaration/examples.ts';
import { Options } from '../declaration/options.ts';
import { actorOf, AS, SOURCE } from '../declaration/shared-options.ts';
import { withLog } from '../log-access.ts';
import { countsLine, grouped } from '../replay/progress-line.ts';
import { followAndTell, renderEnd } from '../replay/run-replay.ts';
import { replayJson } from '../replay/summary.ts';
import { table } from '../table.ts';

interface RunsOptions {
  readonly source?: string;
  readonly follow?: boolean;
  readonly as?: string;
  readonly json?: boolean;
}

/** What the commands about replays that were asked for have in common. */
@Options(SOURCE, ['--json', 'print JSON'])
abstract class ReplayRunsCommand extends BridgeCommand {}

@SubCommand({ name: 'list', description: 'The replays that were asked for, latest first' })
@Examples(['bridge replay list', 'bridge replay list --json'])
export class ReplayListCommand extends ReplayRunsCommand {
  async run(_: string[], { source, json = false }: RunsOptions = {}): Promise<void> {
    await withLog(this.terminal, source, async (log) => {
      const { replays } = await readReplays(log);
      if (json) return this.terminal.print(JSON.stringify({ replays: replays.map(replayJson) }));
      if (replays.length === 0) return this.terminal.note('no replay was ever asked for');
      this.terminal.print(table([['RUN', 'STATE', 'DONE', 'ABOUT', 'RESULTS'], ...replays.map(rowOf)]));
    });
  }
}

@SubCommand({ name: 'status', arguments: '<run>', description: 'Where a replay stands' })
@Options(['--follow', 'look on until it ends'])
@Examples(
  ['bridge replay status r-20261124-231500-ab12 --follow'],
  ['Exits with 1 if it has ended with dead letters or was cancelled.'],
)
export class ReplayStatusCommand extends ReplayRunsCommand {
  async run([run = '']: string[], { source, follow = false, json = false }: RunsOptions = {}): Promise<void> {
    await withLog(this.terminal, source, async (log) => {
      const replay = await findReplay(log, run);
      if (follow) return followAndTell(this.terminal, log, run, { json });
      this.terminal.print(json ? JSON.stringify(replayJson(replay)) : `${describeReplay(replay)}\n${renderEnd(replay)}`);
      const figures = figuresOf(replay);
      const isOver = figures.state === 'done' || figures.state === 'cancelled';
      if (isOver && exitCodeOf(figures) !== 0) this.terminal.fail();
    });
  }
}

/** Has the owners of the partitions do something else about a replay. */
@Options(AS)
abstract class ReplayStateCommand extends ReplayRunsCommand {
  protected abstract readonly state: ReplayState;
  protected abstract readonly told: string;

  async run([run = '']: string[], { source, json = false, ...who }: RunsOptions = {}): Promise<void> {
    await withLog(this.terminal, source, async (log) => {
      const replay = await changeReplay(log, actorOf(this.terminal, who), run, this.state);
      this.terminal.print(json ? JSON.stringify(replayJson(replay)) : `${run} ${this.told}`);
    });
  }
}

@SubCommand({ name: 'pause', arguments: '<run>', description: 'Hand nothing more over until it is resumed' })
@Examples(['bridge replay pause r-20261124-231500-ab12'])
export class ReplayPauseCommand extends ReplayStateCommand {
  protected readonly state = 'paused';
  protected readonly told = 'is paused; what its owners hold already (500 records a partition at most) still goes its way';
}

@SubCommand({ name: 'resume', arguments: '<run>', description: 'Go on with a paused replay' })
@Examples(['bridge replay resume r-20261124-231500-ab12'])
export class ReplayResumeCommand extends ReplayStateCommand {
  protected readonly state = 'running';
  protected readonly told = 'goes on';
}

@SubCommand({ name: 'cancel', arguments: '<run>', description: 'End a replay for good' })
@Examples(['bridge replay cancel r-20261124-231500-ab12'])
export class ReplayCancelCommand extends ReplayStateCommand {
  protected readonly state = 'cancelled';
  protected readonly told = 'is cancelled; what its owners hold already (500 records a partition at most) still goes its way';
}

function rowOf(replay: KnownReplay): string[] {
  const { state, total, done, results } = figuresOf(replay);
  return [replay.request.run, state, `${grouped(done)} of ${grouped(total)}`, describeReplay(replay), countsLine(results)];
}
