import {
  OUTCOMES,
  REPLAY_RESULTS,
  type LogAcceptance,
  type ReplayProgress,
  type ReplayRequest,
  type SourceControl,
} from '#delivery';
import { isOperatorName } from '#segment';
import { decodeAuditRecord, type AuditRecord } from './audit-records.ts';
import { decodeSourceControl } from './control-records.ts';
import type { EncodedRecord } from './encoded-record.ts';
import { decodeLogAcceptance } from './log-acceptance-records.ts';
import {
  isBoolean,
  isCount,
  isHash,
  isId,
  isOffset,
  isPartition,
  isText,
  isTime,
  listOf,
  misfitOf,
  objectOf,
  oneOf,
  optional,
  type Check,
} from './form.ts';
import type { RawRecord } from './raw-record.ts';
import { headerOf, isUndecodable, jsonValueOf, undecodable, type Undecodable } from './record-headers.ts';

/** The version of these records. */
const SCHEMA = '1';

/** What a record of `extole.replays.<source>` says. */
export type ReplayRecord =
  | { readonly type: 'request'; readonly request: ReplayRequest }
  | { readonly type: 'progress'; readonly progress: ReplayProgress }
  | { readonly type: 'control'; readonly control: SourceControl }
  | { readonly type: 'log'; readonly acceptance: LogAcceptance }
  | { readonly type: 'audit'; readonly audit: AuditRecord };

const isRate: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value > 0;

const hasBounds = objectOf({ partition: isPartition, from: isOffset, to: isOffset });

const isRange: Check = (value) => {
  if (!hasBounds(value)) return false;
  const { from, to } = value as { readonly from: number; readonly to: number };
  return from <= to;
};

const requestMisfit = misfitOf<ReplayRequest>({
  run: isId,
  state: oneOf(['running', 'paused', 'cancelled']),
  requestedAt: isTime,
  ranges: listOf(isRange),
  filter: objectOf({
    subject: optional(isHash),
    event: optional(isText),
    type: optional(oneOf(['identify', 'track'])),
    outcome: optional(oneOf(OUTCOMES)),
    code: optional(isText),
    endedSince: optional(isTime),
  }),
  redeliver: isBoolean,
  rate: optional(isRate),
  by: optional(isOperatorName),
});

const isObject = objectOf({});

const isCounts: Check = (value) =>
  isObject(value) &&
  Object.entries(value as object).every(
    ([name, count]) => (REPLAY_RESULTS as readonly string[]).includes(name) && isCount(count),
  );

const progressMisfit = misfitOf<ReplayProgress>({
  run: isId,
  partition: isPartition,
  next: isOffset,
  to: isOffset,
  done: isBoolean,
  scanned: isCount,
  results: isCounts,
  settled: isCounts,
  at: isTime,
});

/** A replay's request, and every change of its state: under its run id, so that compaction keeps the last word. */
export function encodeReplayRequest(request: ReplayRequest): EncodedRecord {
  return { key: request.run, value: Buffer.from(JSON.stringify(request)), headers: { type: 'request', schema: SCHEMA } };
}

/** How far one partition has come: under run id and partition. */
export function encodeReplayProgress(progress: ReplayProgress): EncodedRecord {
  const key = `${progress.run}/${progress.partition}`;
  return { key, value: Buffer.from(JSON.stringify(progress)), headers: { type: 'progress', schema: SCHEMA } };
}

/** Never throws. */
export function decodeReplayRecord(message: RawRecord): ReplayRecord | Undecodable {
  if (headerOf(message, 'type') === 'control') {
    const control = decodeSourceControl(message);
    return isUndecodable(control) ? control : { type: 'control', control };
  }
  if (headerOf(message, 'type') === 'log') {
    const acceptance = decodeLogAcceptance(message);
    return isUndecodable(acceptance) ? acceptance : { type: 'log', acceptance };
  }
  if (headerOf(message, 'type') === 'audit') {
    const audit = decodeAuditRecord(message);
    return isUndecodable(audit) ? audit : { type: 'audit', audit };
  }
  const value = jsonValueOf(message);
  if (value === undefined) return undecodable(message, 'its value is no JSON object');
  switch (headerOf(message, 'type')) {
    case 'request': {
      const field = requestMisfit(value);
      if (field !== undefined) return undecodable(message, `the ${field} of its request is missing or broken`);
      return { type: 'request', request: value as unknown as ReplayRequest };
    }
    case 'progress': {
      const field = progressMisfit(value);
      if (field !== undefined) return undecodable(message, `the ${field} of its progress is missing or broken`);
      return { type: 'progress', progress: value as unknown as ReplayProgress };
    }
    case undefined:
    default:
      return undecodable(message, 'its type is missing or unknown');
  }
}
