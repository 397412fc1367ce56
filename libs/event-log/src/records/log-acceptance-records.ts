import type { LogAcceptance } from '#delivery';
import { isOperatorName } from '#segment';
import type { EncodedRecord } from './encoded-record.ts';
import { isCount, isOffset, isPartition, isTime, listOf, misfitOf, objectOf, optional } from './form.ts';
import type { RawRecord } from './raw-record.ts';
import { jsonValueOf, undecodable, type Undecodable } from './record-headers.ts';

/** The version of these records. */
const SCHEMA = '1';

/** An operator's word on the log of a partition as a record of `extole.replays.<source>`: one key a partition, so that compaction keeps the last word. */
export function encodeLogAcceptance(acceptance: LogAcceptance): EncodedRecord {
  return {
    key: `log/${acceptance.partition}`,
    value: Buffer.from(JSON.stringify(acceptance)),
    headers: { type: 'log', schema: SCHEMA },
  };
}

const misfit = misfitOf<LogAcceptance>({
  partition: isPartition,
  breaks: listOf(objectOf({ log: isCount, from: isOffset, deletionsBefore: isOffset })),
  lost: optional(objectOf({ from: isOffset, to: isOffset })),
  at: isTime,
  by: optional(isOperatorName),
});

/** Never throws. */
export function decodeLogAcceptance(message: RawRecord): LogAcceptance | Undecodable {
  const value = jsonValueOf(message);
  if (value === undefined) return undecodable(message, 'its value is no JSON object');
  const field = misfit(value);
  return field === undefined
    ? (value as unknown as LogAcceptance)
    : undecodable(message, `the ${field} of its acceptance is missing or broken`);
}
