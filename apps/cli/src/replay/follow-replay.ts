import { performance } from 'node:perf_hooks';
import { decodeReplayRecord, encodeReplayRequest, isUndecodable } from '#event-log';
import type { Offset } from '#segment';
import type { ReplayRequest } from '#delivery';
import { CliError } from '../cli-error.ts';
import type { LogAccess } from '../log-access.ts';
import type { Terminal } from '../terminal.ts';
import { progressLine, Speed } from './progress-line.ts';
import { figuresOf, ReplayBook, type KnownReplay, type ReplayFigures } from './replay-book.ts';

/** The replays topic has one partition. */
const PARTITION = 0;
const LINE_EVERY_MS = 5_000;
const TAKEN_UP_WITHIN_MS = 15_000;
/** Owners of a cancelled replay report once more when they have finished what they held. */
const LAST_WORDS_MS = 2_000;

/** Writes a replay's request, or its new state; from then on its owners act on it. */
export async function writeRequest({ writer, topics }: LogAccess, request: ReplayRequest): Promise<void> {
  await writer.append(topics.replays, encodeReplayRequest(request), PARTITION);
}

/** What the topic says up to the end that it has now. */
export async function readReplays(log: LogAccess): Promise<ReplayBook> {
  const book = new ReplayBook();
  const end = await log.reader.endOffset(log.topics.replays, PARTITION);
  let next = await log.reader.startOffset(log.topics.replays, PARTITION);
  while (next < end) next = await readOn(log, next, book);
  return book;
}

/** The one replay of that id. @throws CliError if there is none */
export async function findReplay(log: LogAccess, run: string): Promise<KnownReplay> {
  const replay = (await readReplays(log)).replay(run);
  if (replay === undefined)
    throw new CliError(`source ${log.source.id} has no replay ${run}: see bridge replay list --source ${log.source.id}`);
  return replay;
}

/**
 * Follows a replay to its end, or to the end of its last words if it is cancelled, or until Ctrl-C, which ends the following only.
 */
export async function followReplay(
  terminal: Terminal,
  log: LogAccess,
  run: string,
): Promise<{ readonly replay: KnownReplay; readonly detached: boolean }> {
  const interrupted = terminal.interrupted();
  const book = new ReplayBook();
  const display = new Display(terminal, log.source.id);
  let next = await log.reader.startOffset(log.topics.replays, PARTITION);
  let newsAt = performance.now();
  for (;;) {
    const before = next;
    next = await readOn(log, next, book);
    const now = performance.now();
    if (next > before) newsAt = now;
    const replay = book.replay(run);
    if (replay === undefined) continue;
    const figures = figuresOf(replay);
    if (interrupted.aborted) return { replay, detached: true };
    display.show(figures, now);
    const isOver = figures.state === 'done' || (figures.state === 'cancelled' && now - newsAt > LAST_WORDS_MS);
    if (isOver) return { replay, detached: false };
  }
}

async function readOn({ reader, topics }: LogAccess, from: Offset, book: ReplayBook): Promise<Offset> {
  const batch = await reader.fetch(topics.replays, PARTITION, from);
  for (const message of batch.records) {
    const record = decodeReplayRecord(message);
    if (!isUndecodable(record)) book.take(record);
  }
  return batch.nextOffset;
}

/** A bar that is drawn again and again where a human looks on, a line every few seconds elsewhere. */
class Display {
  private readonly speed = new Speed();
  private readonly startedAt = performance.now();
  private shownAt = -Infinity;
  private hasWarned = false;

  constructor(
    private readonly terminal: Terminal,
    private readonly source: string,
  ) {}

  show(figures: ReplayFigures, now: number): void {
    this.warnIfNobodyComes(figures, now);
    const line = progressLine(figures, this.speed.perSecond(figures.done, now));
    if (this.terminal.isInteractive) return this.terminal.draw(line);
    if (now - this.shownAt < LINE_EVERY_MS) return;
    this.shownAt = now;
    this.terminal.note(line);
  }

  private warnIfNobodyComes({ state, partitions, partitionsTakenUp }: ReplayFigures, now: number): void {
    if (this.hasWarned || state !== 'running' || partitionsTakenUp === partitions) return;
    if (now - this.startedAt < TAKEN_UP_WITHIN_MS) return;
    this.hasWarned = true;
    this.terminal.note(
      `${partitions - partitionsTakenUp} of ${partitions} partitions have not been taken up yet: is a forwarder running, with source ` +
        `${this.source}? The replay stays asked for until one is, or until it is cancelled.`,
    );
  }
}
