import { performance } from 'node:perf_hooks';
import {
  figuresOf,
  readReplaysOn,
  REPLAYS_PARTITION,
  ReplayBook,
  type KnownReplay,
  type LogAccess,
  type ReplayFigures,
} from '#operations';
import type { Terminal } from '../terminal.ts';
import { progressLine, Speed } from './progress-line.ts';

const LINE_EVERY_MS = 5_000;
const TAKEN_UP_WITHIN_MS = 15_000;
/** Owners of a cancelled replay report once more when they have finished what they held. */
const LAST_WORDS_MS = 2_000;

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
  let next = await log.reader.startOffset(log.topics.replays, REPLAYS_PARTITION);
  let newsAt = performance.now();
  for (;;) {
    const before = next;
    next = await readReplaysOn(log, next, book);
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
