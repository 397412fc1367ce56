import type { StoredParameter } from '../persons/person-step.ts';

/**
 * What an answer of Extole (or its absence) means for the event that was called, decided once by `libs/extole`
 * (wire.md 2.3); nothing else looks at status codes.
 *
 * - `delivered`: a 2xx that says so.
 * - `contradicted`: the parameter to be made exists, or the one to be changed does not: the same value goes the other way.
 * - `rejected`: the programme's own rules refuse the event; terminal, no alarm.
 * - `dead-letter`: this request is wrong and will stay wrong.
 * - `retry`: may succeed later with the identical bytes; `throttled` also lowers the account's concurrency; `withdrawn` says nothing of Extole.
 * - `stop`: a configuration fault (P7): the account's delivery stops, the event stays in the log.
 */
export type Verdict =
  | {
      readonly kind: 'delivered';
      readonly status: number;
      readonly extoleId?: string;
      /** Of an event that went synchronously: the person whom it belongs to. */
      readonly personId?: string;
      /** Of a read: what the person has, by name. In memory only: it is personal (P10). */
      readonly parameters?: ReadonlyMap<string, StoredParameter>;
    }
  | { readonly kind: 'contradicted'; readonly status: number; readonly code: string; readonly uniqueId?: string }
  | { readonly kind: 'rejected'; readonly status: number; readonly code: string; readonly uniqueId?: string }
  | { readonly kind: 'dead-letter'; readonly status: number; readonly code: string; readonly uniqueId?: string }
  | {
      readonly kind: 'retry';
      readonly reason: 'throttled' | 'transient' | 'withdrawn';
      readonly code: string;
      readonly status?: number;
      /** Milliseconds that the answer's `Retry-After` asks for. */
      readonly retryAfterMs?: number;
      readonly uniqueId?: string;
    }
  | { readonly kind: 'stop'; readonly code: string; readonly status?: number; readonly uniqueId?: string };

/** It was us who did not send the call, or gave it up: it says nothing of Extole, and nothing is to be waited for. */
export function isWithdrawn(verdict: Verdict): boolean {
  return verdict.kind === 'retry' && verdict.reason === 'withdrawn';
}

/** A call that Extole has not taken, other than by the programme's own rules. */
export type FailedVerdict = Extract<Verdict, { kind: 'dead-letter' | 'retry' | 'stop' }>;

export function isFailure(verdict: Verdict): verdict is FailedVerdict {
  return verdict.kind === 'dead-letter' || verdict.kind === 'stop' || (verdict.kind === 'retry' && !isWithdrawn(verdict));
}
