import type { Draft, Hash, HashedSubject } from '#segment';
import type { CallEvaluation } from '../dispatch/evaluation.ts';
import type { LogRecord } from '../log-record.ts';
import type { Now } from '../now.ts';
import type { Outcome, OutcomeName } from './outcome.ts';
import type { Verdict } from './verdict.ts';

/** What is known of an event's end beside its record. */
export interface OutcomeFacts {
  readonly event?: string | undefined;
  readonly status?: number;
  readonly code?: string;
  readonly detail?: string;
  readonly extoleId?: string;
  readonly messageKey?: Hash;
  readonly dedupKey?: Hash;
}

/** Where and under which mapping it ended, after how many calls, and in which replay. */
export interface OutcomeContext {
  readonly partition: number;
  readonly log: number;
  readonly mappingVersion: string;
  readonly attempts: number;
  readonly run: string | undefined;
}

/** The outcome of `record`, with everything personal left out (P10). */
export function buildOutcome(
  { partition, log, mappingVersion, attempts, run }: OutcomeContext,
  record: LogRecord,
  subject: HashedSubject,
  outcome: OutcomeName,
  now: Now,
  facts: OutcomeFacts,
): Outcome {
  const received = Date.parse(record.receivedAt);
  const built: Draft<Outcome> = {
    schema: 1,
    outcome,
    type: record.type,
    subject,
    messageId: record.messageId,
    position: { partition, offset: record.offset },
    attempts,
    mappingVersion,
    latencyMs: Number.isNaN(received) ? 0 : Math.max(0, Math.round(now.wallMs - received)),
    at: new Date(now.wallMs).toISOString(),
  };
  if (log > 0) built.log = log;
  if (run !== undefined) built.run = run;
  const { event, status, code, detail, extoleId, messageKey, dedupKey } = facts;
  if (event !== undefined) built.event = event;
  if (status !== undefined) built.status = status;
  if (code !== undefined) built.code = code;
  if (detail !== undefined) built.detail = detail;
  if (extoleId !== undefined) built.extoleId = extoleId;
  if (messageKey !== undefined) built.messageKey = messageKey;
  if (dedupKey !== undefined) built.dedupKey = dedupKey;
  return built;
}

/** What a verdict adds to the outcome; of the event that was called its name, and, once it is delivered, what a repeat of it is known by. */
export function factsOf(verdict: Verdict, called?: CallEvaluation): OutcomeFacts {
  const facts: Draft<OutcomeFacts> = {};
  if (called !== undefined) facts.event = called.event;
  if (verdict.status !== undefined) facts.status = verdict.status;
  if (verdict.kind !== 'delivered') {
    facts.code = verdict.code;
    if (verdict.uniqueId !== undefined) facts.detail = verdict.uniqueId;
    return facts;
  }
  if (verdict.extoleId !== undefined) facts.extoleId = verdict.extoleId;
  if (called !== undefined) Object.assign(facts, keysOf(called));
  return facts;
}

/** What a repeat of the event is known by. */
export function keysOf({ messageKey, dedupKey }: CallEvaluation): OutcomeFacts {
  return dedupKey === undefined ? { messageKey } : { messageKey, dedupKey };
}
