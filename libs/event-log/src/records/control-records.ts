import type { SourceControl } from '#delivery';
import { isOperatorName } from '#segment';
import type { EncodedRecord } from './encoded-record.ts';
import { isId, isTime } from './form.ts';
import type { RawRecord } from './raw-record.ts';
import { jsonValueOf, undecodable, type Undecodable } from './record-headers.ts';

/** The version of these records. */
const SCHEMA = '1';

/** An operator's word as a record of `extole.replays.<source>`: one key for each kind, so that compaction keeps the last word. */
export function encodeSourceControl(control: SourceControl): EncodedRecord {
  return {
    key: `control/${control.kind}`,
    value: Buffer.from(JSON.stringify(control)),
    headers: { type: 'control', schema: SCHEMA },
  };
}

/** Never throws. */
export function decodeSourceControl(message: RawRecord): SourceControl | Undecodable {
  const { kind, wanted, at, note, by } = jsonValueOf(message) ?? {};
  if (!isTime(at)) return undecodable(message, 'its control says no time');
  const who = isOperatorName(by) && { by };
  if (kind === 'probe') return { kind, at, ...who };
  if (kind !== 'delivery' || (wanted !== 'running' && wanted !== 'stopped'))
    return undecodable(message, 'its control is not known to this version');
  return { kind, wanted, at, ...(isId(note) && { note }), ...who };
}
