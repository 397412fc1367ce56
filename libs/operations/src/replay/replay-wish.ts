import { OUTCOMES, type OutcomeName, type ReplayFilter, type ReplayRange, type ReplayRequest } from '#delivery';
import { committedOffsets, partitionFor, topicBounds, withAdmin } from '#event-log';
import { toSubjectKey, type Position } from '#segment';
import type { LogAccess } from '../log-access.ts';
import { OperationError } from '../operation-error.ts';
import { resolveRanges, unknownPartitions, type NamedPart, type OffsetTable } from './replay-ranges.ts';
import { runIdOf } from './run-id.ts';

/** What an operator wants replayed; what is absent does not restrict. */
export interface ReplayWish {
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

/**
 * Why a wish makes no sense; whoever has asked is told in the words in which they ask.
 * - `nothing-selected`: it says neither a range nor a filter nor that all is meant.
 * - `all-and-more`: it says that all is meant, and more besides.
 * - `two-beginnings`, `two-ends`: an offset and a time.
 * - `ends-before-it-begins`
 * - `outcome-needs-redeliver`: only gaps are filled without it, so that an outcome other than a dead letter would take nothing.
 * - `outcome-without-code`: a code with an outcome that has none.
 */
export type WishFault =
  | 'nothing-selected'
  | 'all-and-more'
  | 'two-beginnings'
  | 'two-ends'
  | 'ends-before-it-begins'
  | 'outcome-needs-redeliver'
  | 'outcome-without-code';

/** Why a wish makes no sense; undefined if it does. */
export function wishFault(wish: ReplayWish): WishFault | undefined {
  const { all, fromOffset, fromTime, toOffset, toTime, outcome, code, redeliver = false } = wish;
  const selecting = SELECTING.filter((name) => wish[name] !== undefined);
  if (selecting.length === 0) return 'nothing-selected';
  if (all === true && selecting.length > 1) return 'all-and-more';
  if (fromOffset !== undefined && fromTime !== undefined) return 'two-beginnings';
  if (toOffset !== undefined && toTime !== undefined) return 'two-ends';
  if (fromTime !== undefined && toTime !== undefined && fromTime >= toTime) return 'ends-before-it-begins';
  if (outcome !== undefined && outcome !== 'dead-lettered' && !redeliver) return 'outcome-needs-redeliver';
  if (code !== undefined && outcome !== undefined && !['dead-lettered', 'rejected'].includes(outcome))
    return 'outcome-without-code';
  return undefined;
}

export function isOutcomeName(text: string): text is OutcomeName {
  return (OUTCOMES as readonly string[]).includes(text);
}

/** The request that a wish comes to, on the log as it is now; its ranges may be none. `cut`: see {@link resolveRanges}. */
export async function requestFor(
  log: LogAccess,
  wish: ReplayWish,
): Promise<{ readonly request: ReplayRequest; readonly cut: readonly number[] }> {
  const { ranges, cut } = await rangesFor(log, wish);
  return { request: newRequest(ranges, filterOf(log, wish), wish), cut };
}

/** Offsets to go through. */
export function offsetsOf({ ranges }: Pick<ReplayRequest, 'ranges'>): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
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
    ...(wish.fromTime !== undefined && { fromTime: await offsetsAt(log, wish.fromTime) }),
    ...(wish.toTime !== undefined && { toTime: await offsetsAt(log, wish.toTime) }),
    ...(wish.partition !== undefined && { partitions: wish.partition }),
  };
  const unknown = unknownPartitions(bounds, named);
  if (unknown.length > 0)
    throw new OperationError(`${topics.events} has no partition ${unknown.join(', ')}: it has ${bounds.length}, from 0`);
  const committed = await committedOffsets(kafka, settings.groupId, topics.events);
  const theirs = wish.user === undefined ? undefined : partitionFor(toSubjectKey(wish.user), bounds.length);
  return resolveRanges(theirs === undefined ? bounds : bounds.filter(({ partition }) => partition === theirs), committed, named);
}

/** Of each partition, the offset of the first record that was appended at `timeMs` or later. */
async function offsetsAt({ kafka, topics }: LogAccess, timeMs: number): Promise<OffsetTable> {
  return withAdmin(kafka, (admin) => admin.offsetsAt(topics.events, timeMs));
}
