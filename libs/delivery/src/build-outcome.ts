import type { Hash, HashedSubject } from '#segment';
import type { LogRecord } from './log-record.ts';
import type { Now } from './now.ts';
import type { Outcome, OutcomeName } from './outcome.ts';
import type { Verdict } from './verdict.ts';

/** What is known of an event's end beside its record. */
export interface OutcomeFacts {
  readonly event?: string | undefined;
  readonly attempts?: number;
  readonly status?: number;
  readonly code?: string;
  readonly detail?: string;
  readonly extoleId?: string;
  readonly messageKey?: Hash;
  readonly dedupKey?: Hash;
  readonly run?: string;
}

/** Where and under which mapping it ended. */
export interface OutcomeContext {
  readonly partition: number;
  readonly mappingVersion: string;
}

/** The outcome of `record`, with everything personal left out (P10). */
export function buildOutcome(
  { partition, mappingVersion }: OutcomeContext,
  record: LogRecord,
  subject: HashedSubject,
  outcome: OutcomeName,
  now: Now,
  { event, attempts = 0, ...facts }: OutcomeFacts,
): Outcome {
  const received = Date.parse(record.receivedAt);
  return {
    schema: 1,
    outcome,
    type: record.type,
    ...(event !== undefined && { event }),
    subject,
    messageId: record.messageId,
    position: { partition, offset: record.offset },
    attempts,
    ...facts,
    mappingVersion,
    latencyMs: Number.isNaN(received) ? 0 : Math.max(0, Math.round(now.wallMs - received)),
    at: new Date(now.wallMs).toISOString(),
  };
}

/** What a verdict adds to the outcome. */
export function factsOf(verdict: Verdict): OutcomeFacts {
  return {
    ...(verdict.status !== undefined && { status: verdict.status }),
    ...('code' in verdict && { code: verdict.code }),
    ...('uniqueId' in verdict && verdict.uniqueId !== undefined && { detail: verdict.uniqueId }),
    ...('extoleId' in verdict && verdict.extoleId !== undefined && { extoleId: verdict.extoleId }),
  };
}
