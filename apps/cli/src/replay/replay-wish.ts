import { OUTCOMES, type OutcomeName, type ReplayFilter, type ReplayRange, type ReplayRequest } from '#delivery';
import { committedOffsets, partitionFor, topicBounds, withAdmin } from '#event-log';
import { toOffset, toSubjectKey, type Position } from '#segment';
import { CliError } from '../cli-error.ts';
import type { LogAccess } from '../log-access.ts';
import type { Terminal } from '../terminal.ts';
import { resolveRanges, unknownPartitions, type NamedPart, type OffsetTable } from './replay-ranges.ts';
import type { RunOptions } from './run-replay.ts';
import { runIdOf } from './run-id.ts';

/** What an operator asks of `bridge replay`. */
export interface ReplayWish extends RunOptions {
  readonly source?: string;
  readonly all?: boolean;
  readonly fromOffset?: readonly Position[];
  readonly toOffset?: readonly Position[];
  /** Epoch milliseconds. */
  readonly fromTime?: number;
  readonly toTime?: number;
  readonly partition?: readonly number[];
  readonly user?: string;
  readonly event?: string;
  readonly type?: 'identify' | 'track';
  readonly outcome?: OutcomeName;
  readonly code?: string;
  readonly rate?: number;
  readonly redeliver?: boolean;
}

const SELECTING = [
  'all',
  'fromOffset',
  'toOffset',
  'fromTime',
  'toTime',
  'partition',
  'user',
  'event',
  'type',
  'outcome',
  'code',
] as const satisfies readonly (keyof ReplayWish)[];

/** Why a wish makes no sense; undefined if it does. */
export function wishFault(wish: ReplayWish): string | undefined {
  const { all, fromOffset, fromTime, toOffset, toTime, outcome, code, redeliver = false } = wish;
  const selecting = SELECTING.filter((name) => wish[name] !== undefined);
  if (selecting.length === 0)
    return 'say what to replay: a range (--from-time, --from-offset, --partition …), a filter (--user, --event, --outcome …), or --all';
  if (all === true && selecting.length > 1) return '--all goes with no range and no filter';
  if (fromOffset !== undefined && fromTime !== undefined)
    return '--from-offset and --from-time both say where to begin: choose one';
  if (toOffset !== undefined && toTime !== undefined) return '--to-offset and --to-time both say where to end: choose one';
  if (fromTime !== undefined && toTime !== undefined && fromTime >= toTime) return '--from-time is not before --to-time';
  if (outcome !== undefined && outcome !== 'dead-lettered' && !redeliver)
    return `without --redeliver only gaps are filled (no outcome, or dead-lettered), so --outcome ${outcome} would take nothing`;
  if (code !== undefined && outcome !== undefined && !['dead-lettered', 'rejected'].includes(outcome))
    return '--code goes with --outcome dead-lettered or rejected: no other has one';
  return undefined;
}

export function isOutcomeName(text: string): text is OutcomeName {
  return (OUTCOMES as readonly string[]).includes(text);
}

/** The request that a wish comes to, on the log as it is now; its ranges may be none. */
export async function requestFor(terminal: Terminal, log: LogAccess, wish: ReplayWish): Promise<ReplayRequest> {
  const { ranges, cut } = await rangesFor(log, wish);
  if (cut.length > 0) {
    terminal.note(
      `note: partition ${cut.join(', ')}: cut at the group's committed offset; what lies beyond is in the hands of the live log`,
    );
  }
  return newRequest(ranges, filterOf(log, wish), wish);
}

/** A request of now. */
export function newRequest(
  ranges: readonly ReplayRange[],
  filter: ReplayFilter,
  { redeliver = false, rate }: Pick<ReplayWish, 'redeliver' | 'rate'>,
): ReplayRequest {
  const now = new Date();
  return {
    run: runIdOf(now, Math.random()),
    state: 'running',
    requestedAt: now.toISOString(),
    ranges,
    filter,
    redeliver,
    ...(rate !== undefined && { rate }),
  };
}

/** P10: the user is in it as a hash only. */
export function filterOf(
  { hasher }: LogAccess,
  { user, event, type, outcome, code }: Pick<ReplayWish, 'user' | 'event' | 'type' | 'outcome' | 'code'>,
): ReplayFilter {
  return {
    ...(user !== undefined && { subject: hasher.subject(toSubjectKey(user)) }),
    ...(event !== undefined && { event }),
    ...(type !== undefined && { type }),
    ...(outcome !== undefined && { outcome }),
    ...(code !== undefined && { code }),
  };
}

async function rangesFor(log: LogAccess, wish: ReplayWish): Promise<ReturnType<typeof resolveRanges>> {
  const { kafka, topics, settings } = log;
  const bounds = await topicBounds(kafka, topics.events);
  const named: NamedPart = {
    ...(wish.fromOffset !== undefined && { fromOffsets: wish.fromOffset }),
    ...(wish.toOffset !== undefined && { toOffsets: wish.toOffset }),
    ...(wish.fromTime !== undefined && { fromTime: await offsetsOf(log, wish.fromTime) }),
    ...(wish.toTime !== undefined && { toTime: await offsetsOf(log, wish.toTime) }),
    ...(wish.partition !== undefined && { partitions: wish.partition }),
  };
  const unknown = unknownPartitions(bounds, named);
  if (unknown.length > 0)
    throw new CliError(`${topics.events} has no partition ${unknown.join(', ')}: it has ${bounds.length}, from 0`);
  const committed = await committedOffsets(kafka, settings.groupId, topics.events);
  const theirs = wish.user === undefined ? undefined : partitionFor(toSubjectKey(wish.user), bounds.length);
  return resolveRanges(theirs === undefined ? bounds : bounds.filter(({ partition }) => partition === theirs), committed, named);
}

/** Of each partition, the offset of the first record that was appended at `timeMs` or later. */
async function offsetsOf({ kafka, topics }: LogAccess, timeMs: number): Promise<OffsetTable> {
  const offsets = await withAdmin(kafka, (admin) => admin.fetchTopicOffsetsByTimestamp(topics.events, timeMs));
  return new Map(offsets.map(({ partition, offset }) => [partition, toOffset(offset)]));
}
