import type { ReplayRequest, ReplayResult } from '#delivery';
import {
  exitCodeOf,
  figuresOf,
  offsetsOf,
  rehearse,
  writeRequest,
  type KnownReplay,
  type LogAccess,
  type Rehearsal,
} from '#operations';
import { actorOf } from '../declaration/shared-options.ts';
import { table } from '../table.ts';
import { INTERRUPTED_EXIT_CODE, type Terminal } from '../terminal.ts';
import { followReplay } from './follow-replay.ts';
import { grouped } from './progress-line.ts';
import { replayJson, summaryOf } from './summary.ts';

const REDRAW_EVERY_MS = 200;

/** How a replay that is asked for is gone about; what is absent is off. */
export interface RunOptions {
  readonly dryRun?: boolean;
  readonly detach?: boolean;
  readonly json?: boolean;
  /** Ask nothing. */
  readonly yes?: boolean;
  readonly as?: string;
}

/**
 * Carries a replay out as the options say: rehearses it, or asks for it and follows it.
 *
 * @param question what a human is to agree to first, if anything
 */
export async function runReplay(
  terminal: Terminal,
  log: LogAccess,
  action: 'replay' | 'redrive',
  wanted: ReplayRequest,
  options: RunOptions,
  question?: string,
): Promise<void> {
  if (options.dryRun === true) return rehearseAndTell(terminal, log, wanted, options);
  if (question !== undefined && options.yes !== true && terminal.isInteractive && !(await terminal.confirm(question))) {
    terminal.note('nothing was asked for');
    return terminal.fail();
  }
  const request = await writeRequest(log, actorOf(terminal, options), action, wanted);
  const { run } = request;
  if (options.detach === true) {
    terminal.print(options.json === true ? JSON.stringify(replayJson({ request, progress: new Map() })) : run);
    return;
  }
  terminal.note(`replay ${run}: ${grouped(offsetsOf(request))} records in ${request.ranges.length} partitions to go through`);
  await followAndTell(terminal, log, run, options);
}

/** Tells that no replay was asked for, because there is nothing that it could do. */
export function tellNothingToReplay(terminal: Terminal, remark: string, { json = false }: Pick<RunOptions, 'json'>): void {
  if (json) terminal.print(JSON.stringify({ state: 'done', ranges: [], total: 0, done: 0, results: {} }));
  else terminal.note(remark);
}

/** Follows a replay to its end and tells how it ended; the exit code does too. */
export async function followAndTell(
  terminal: Terminal,
  log: LogAccess,
  run: string,
  { json = false }: Pick<RunOptions, 'json'>,
): Promise<void> {
  const { replay, detached } = await followReplay(terminal, log, run);
  if (detached) {
    terminal.note(
      `The replay goes on without you. To look on again: bridge replay status ${run} --follow; to end it: bridge replay cancel ${run}`,
    );
    return terminal.fail(INTERRUPTED_EXIT_CODE);
  }
  terminal.print(json ? JSON.stringify(replayJson(replay)) : renderEnd(replay));
  if (exitCodeOf(figuresOf(replay)) !== 0) terminal.fail();
}

/** How a replay stands, or has ended, as text. */
export function renderEnd(replay: KnownReplay): string {
  const { state, results, done, total } = figuresOf(replay);
  const where = state === 'done' ? '' : ` at ${grouped(done)} of ${grouped(total)} records`;
  return `${replay.request.run} ${state}${where}\n${summaryOf(results)}`;
}

async function rehearseAndTell(
  terminal: Terminal,
  log: LogAccess,
  request: ReplayRequest,
  { json = false }: RunOptions,
): Promise<void> {
  const total = offsetsOf(request);
  let done = 0;
  let drawnAt = 0;
  const rehearsal = await rehearse(log, request, (offsets) => {
    done += offsets;
    const now = performance.now();
    if (!terminal.isInteractive || now - drawnAt < REDRAW_EVERY_MS) return;
    drawnAt = now;
    terminal.draw(`dry run: ${grouped(done)} of ${grouped(total)} records`);
  });
  const { results, examples } = rehearsal;
  terminal.print(json ? JSON.stringify({ dryRun: true, ranges: request.ranges, total, results, examples }) : render(rehearsal));
}

function render({ results, examples }: Rehearsal): string {
  const rows = examples.map(({ result, partition, offset, type, event }) => [result, `${partition}:${offset}`, event ?? type]);
  return [
    'dry run: nothing was sent, nothing was written',
    summaryOf(results, WOULD_BE),
    ...(rows.length === 0 ? [] : [`\n${table([['RESULT', 'FOR EXAMPLE', 'EVENT'], ...rows])}`]),
  ].join('\n');
}

const WOULD_BE: Readonly<Record<ReplayResult, string>> = {
  delivered: 'would be sent',
  duplicate: 'would not be sent: repeats another event that was delivered',
  filtered: 'would not be sent: switched off, or filtered by the mapping',
  rejected: 'was rejected by this very replay',
  erased: 'would not be sent: its user was deleted later in the log',
  stale: 'would not be sent: a newer profile was delivered',
  'dead-lettered': 'would not be sent: cannot be read or mapped',
  skipped: 'would not be sent: was delivered already, or is too old to tell',
};
