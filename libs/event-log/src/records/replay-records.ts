import type { ReplayProgress, ReplayRequest, SourceControl } from '#delivery';
import { decodeSourceControl } from './control-records.ts';
import type { EncodedRecord } from './encoded-record.ts';
import type { RawRecord } from './raw-record.ts';
import { headerOf, isUndecodable, jsonValueOf, SCHEMA, undecodable, type Undecodable } from './record-headers.ts';

/** What a record of `extole.replays.<source>` says. */
export type ReplayRecord =
  | { readonly type: 'request'; readonly request: ReplayRequest }
  | { readonly type: 'progress'; readonly progress: ReplayProgress }
  | { readonly type: 'control'; readonly control: SourceControl };

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
  const value = jsonValueOf(message);
  if (value === undefined || typeof value['run'] !== 'string') return undecodable(message, 'it names no run');
  switch (headerOf(message, 'type')) {
    case 'request':
      if (!Array.isArray(value['ranges'])) return undecodable(message, 'its request has no ranges');
      return { type: 'request', request: value as unknown as ReplayRequest };
    case 'progress':
      if (!Number.isSafeInteger(value['partition']) || !Number.isSafeInteger(value['next']))
        return undecodable(message, 'its progress names no place');
      return { type: 'progress', progress: value as unknown as ReplayProgress };
    case undefined:
    default:
      return undecodable(message, 'its type is missing or unknown');
  }
}
