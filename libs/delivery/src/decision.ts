import type { HashedSubject, Offset, SubjectKey } from '#segment';
import type { CallPermit } from './account/account-gate.ts';
import type { Invariant } from './driver/invariants.ts';
import type { DeletionNotice } from './deletion/deletion-record.ts';
import type { Outcome, OutcomeName } from './endings/outcome.ts';
import type { PersonStep } from './persons/person-step.ts';

/** How a replayed record ended; `skipped`: it was delivered before and was not to be sent again. */
export type ReplayResult = OutcomeName | 'skipped';

/** Names one call, so that its end finds its way back; `generation` tells a former owner's calls from the present one's. */
export interface CallTicket {
  readonly partition: number;
  readonly generation: number;
  readonly subject: HashedSubject;
  readonly offset: Offset;
  readonly permit: CallPermit;
}

/** Whose pace and whose faults a call shares: events, erasures, or what sets parameters on persons. */
export type CallKind = 'call' | 'erase' | 'person';

/** What the edge is to do next. It performs decisions in the order given and reports how each ended. */
export type Decision =
  /** Send `body` to Extole, then report `callFinished`. */
  | {
      readonly kind: 'call';
      readonly ticket: CallTicket;
      readonly body: string;
      readonly attempt: number;
      readonly traceparent?: string;
    }
  /** Make the next call of an identify that sets its parameters on the person, then report `callFinished`. */
  | {
      readonly kind: 'person';
      readonly ticket: CallTicket;
      readonly step: PersonStep;
      readonly attempt: number;
      readonly traceparent?: string;
    }
  /** Have Extole erase the subject, then report `callFinished`. */
  | { readonly kind: 'erase'; readonly ticket: CallTicket; readonly subject: SubjectKey; readonly attempt: number }
  /** Give up every call that is under way, at once: its partition may be another's by now. Each ends by `callFinished`, as any other. */
  | { readonly kind: 'withdraw-calls' }
  /** Append to the outcomes topic, as often as it takes, then report `outcomeWritten`. */
  | { readonly kind: 'write-outcome'; readonly generation: number; readonly outcome: Outcome }
  /** Append a deletion notice that ingest did not get to write; its arrival by the deletions topic is the acknowledgement, and the erasure waits for it. */
  | { readonly kind: 'announce-deletion'; readonly notice: Omit<DeletionNotice, 'deletionId'> }
  /** A replayed record is done with: written, or skipped because there was nothing to do or to say. */
  | {
      readonly kind: 'replay-ended';
      readonly partition: number;
      readonly offset: Offset;
      readonly run: string;
      readonly result: ReplayResult;
    }
  /** Something is not as it must be whatever happens; what would have relied on it is left undone. To be counted, and told once of each. */
  | { readonly kind: 'invariant-broken'; readonly partition: number; readonly offset: Offset; readonly invariant: Invariant }
  | { readonly kind: 'pause'; readonly partition: number }
  | { readonly kind: 'resume'; readonly partition: number };
