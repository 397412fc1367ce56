import type { LogAcceptance, LogBreak } from '#delivery';
import { toOffset } from '#segment';
import type { EncodedRecord } from './encoded-record.ts';
import type { RawRecord } from './raw-record.ts';
import { jsonValueOf, SCHEMA, undecodable, type Undecodable } from './record-headers.ts';

/** An operator's word on the log of a partition as a record of `extole.replays.<source>`: one key a partition, so that compaction keeps the last word. */
export function encodeLogAcceptance(acceptance: LogAcceptance): EncodedRecord {
  return {
    key: `log/${acceptance.partition}`,
    value: Buffer.from(JSON.stringify(acceptance)),
    headers: { type: 'log', schema: SCHEMA },
  };
}

/** Never throws. */
export function decodeLogAcceptance(message: RawRecord): LogAcceptance | Undecodable {
  const { partition, breaks, lost, at } = jsonValueOf(message) ?? {};
  if (!isCount(partition) || typeof at !== 'string' || !Array.isArray(breaks))
    return undecodable(message, 'it names no partition, breaks or time');
  const read = breaks.map(breakOf);
  const range = rangeOf(lost);
  if (read.includes(undefined) || range === null) return undecodable(message, 'it names a place that is none');
  return { partition, breaks: read.filter((brk) => brk !== undefined), at, ...(range !== undefined && { lost: range }) };
}

function breakOf(value: unknown): LogBreak | undefined {
  const { log, from, deletionsBefore } = fieldsOf(value);
  if (!isCount(log) || !isCount(from) || !isCount(deletionsBefore)) return undefined;
  return { log, from: toOffset(from), deletionsBefore: toOffset(deletionsBefore) };
}

/** Undefined if there is none, null if it makes no sense. */
function rangeOf(value: unknown): LogAcceptance['lost'] | null {
  if (value === undefined) return undefined;
  const { from, to } = fieldsOf(value);
  return isCount(from) && isCount(to) ? { from: toOffset(from), to: toOffset(to) } : null;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
