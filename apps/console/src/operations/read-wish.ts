import { OUTCOMES } from '#delivery';
import { parseTime, wishFault, type ReplayWish, type WishFault } from '#operations';
import { isJsonObject, toOffset, type JsonValue, type Position } from '#segment';
import type { BodyReader } from '../http/read-body.ts';
import { Refusal } from '../http/refusal.ts';

/** Why a wish makes no sense, in the words of the API. */
const FAULTS: Readonly<Record<WishFault, string>> = {
  'nothing-selected': 'say what to replay: a range (fromTime, from, partitions …), a filter (user, event, outcome …), or all',
  'all-and-more': 'all goes with no range and no filter',
  'two-beginnings': 'from and fromTime both say where to begin: choose one',
  'two-ends': 'to and toTime both say where to end: choose one',
  'ends-before-it-begins': 'fromTime is not before toTime',
  'outcome-needs-redeliver':
    'without redeliver only gaps are filled (no outcome, or dead-lettered), so that any other outcome would take nothing',
  'outcome-without-code': 'code goes with the outcomes dead-lettered and rejected: no other has one',
};

/** Reads what somebody wants replayed. @throws Refusal if it makes no sense */
export function readWish(body: BodyReader, nowMs: number): ReplayWish {
  const time = (name: string): number | undefined => {
    const text = body.text(name);
    const parsed = text === undefined ? undefined : parseTime(text, nowMs);
    if (text !== undefined && parsed === undefined)
      throw new Refusal(400, `${name}: expected ISO 8601, as 2026-11-24T18:00:00Z, or so long ago, as 90m`);
    return parsed;
  };
  const wish = {
    all: body.flag('all'),
    fromTime: time('fromTime'),
    toTime: time('toTime'),
    fromOffset: body.list('from', 'positions {partition, offset}', positionOf),
    toOffset: body.list('to', 'positions {partition, offset}', positionOf),
    partition: body.list('partitions', 'partition numbers', (value) => (isCount(value) ? value : undefined)),
    user: body.text('user'),
    event: body.text('event'),
    type: body.oneOf('type', ['identify', 'track']),
    outcome: body.oneOf('outcome', OUTCOMES),
    code: body.text('code'),
    redeliver: body.flag('redeliver'),
    rate: body.rate('rate'),
  };
  const said = Object.fromEntries(
    Object.entries(wish).filter(([, value]) => value !== undefined && value !== false),
  ) as ReplayWish;
  const fault = wishFault(said);
  if (fault !== undefined) throw new Refusal(400, FAULTS[fault]);
  return said;
}

function positionOf(value: JsonValue): Position | undefined {
  if (!isJsonObject(value)) return undefined;
  const { partition, offset } = value;
  return isCount(partition) && isCount(offset) ? { partition, offset: toOffset(offset) } : undefined;
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
