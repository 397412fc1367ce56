import { isOperatorName, type HashedSubject } from '#segment';
import type { EncodedRecord } from './encoded-record.ts';
import { isHash, isId, isOffset, isPartition, isTime, misfitOf, oneOf, optional, type Check } from './form.ts';
import type { RawRecord } from './raw-record.ts';
import { jsonValueOf, undecodable, type Undecodable } from './record-headers.ts';

/** The version of these records. */
const SCHEMA = '1';

/** What is recorded of operators. `pause`, `continue` and `cancel` are of a replay, `stop`, `resume` and `probe` of the source. */
export type AuditedAction =
  'unmask' | 'stop' | 'resume' | 'probe' | 'replay' | 'redrive' | 'pause' | 'continue' | 'cancel' | 'lift' | 'accept-log';

/**
 * Something that an operator has done, written before it takes effect. The records that have the effect say who as well, but compaction keeps
 * only the last of each kind: this one stays, under a key of its own (docs/adr/0022). Holds nothing personal but the operator's name.
 */
export interface AuditRecord {
  readonly action: AuditedAction;
  /** ISO 8601. */
  readonly at: string;
  /** The operator's name: as the console knows it, or, by the command line, as whoever ran it says. */
  readonly by: string;
  readonly via: 'console' | 'cli';
  /** Of a replay or redrive. */
  readonly run?: string;
  /** Of an unmasked event, with its offset; of an accepted log; of a lifted suppression. */
  readonly partition?: number;
  readonly offset?: number;
  /** Of a lifted suppression: the hashed user. */
  readonly subject?: HashedSubject;
  /** Why a source is stopped, for colleagues. */
  readonly note?: string;
}

/** A word for an action; a later version may know more of them, and an auditor is to see those, too. */
const isAction: Check = (value) => typeof value === 'string' && /^[a-z-]{1,40}$/.test(value);

const misfit = misfitOf<AuditRecord>({
  action: isAction,
  at: isTime,
  by: isOperatorName,
  via: oneOf(['console', 'cli']),
  run: optional(isId),
  partition: optional(isPartition),
  offset: optional(isOffset),
  subject: optional(isHash),
  note: optional(isId),
});

/** As a record of `extole.replays.<source>`. @param id makes its key its own, so that compaction keeps it */
export function encodeAuditRecord(audit: AuditRecord, id: string): EncodedRecord {
  return { key: `audit/${id}`, value: Buffer.from(JSON.stringify(audit)), headers: { type: 'audit', schema: SCHEMA } };
}

/** Never throws. */
export function decodeAuditRecord(message: RawRecord): AuditRecord | Undecodable {
  const value = jsonValueOf(message);
  if (value === undefined) return undecodable(message, 'its value is no JSON object');
  const field = misfit(value);
  return field === undefined
    ? (value as unknown as AuditRecord)
    : undecodable(message, `the ${field} of its audit is missing or broken`);
}
