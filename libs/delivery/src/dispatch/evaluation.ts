import type { Hash, HashedSubject } from '#segment';
import type { LogRecord } from '../log-record.ts';
import type { PersonParameter } from '../persons/person-step.ts';

/** What is to be done with an event, decided when its turn comes by decoding and mapping it: a pure function of the record. */
export type Evaluation =
  | {
      readonly kind: 'call';
      /** The mapped event name. */
      readonly event: string;
      /** The request's exact bytes, the same on every attempt. */
      readonly body: string;
      /** The repeat of a message is known by this. */
      readonly messageKey: Hash;
      /** The repeat of a registration, a conversion or another event with a partner key is known by this. */
      readonly dedupKey?: Hash;
      /** Set on the person one by one after the event, which then goes synchronously (`identify.parameters.via: person-data`). */
      readonly parameters?: readonly PersonParameter[];
    }
  | { readonly kind: 'filtered'; readonly event?: string; readonly reason: string }
  /** The record can't be read or mapped, now or later. */
  | { readonly kind: 'undeliverable'; readonly code: string };

export type CallEvaluation = Extract<Evaluation, { kind: 'call' }>;

/** @param subject the hash of the record's subject, where the caller has it: hashing is among the dearest things that happen to an event. */
export type Evaluate = (record: LogRecord, subject?: HashedSubject) => Evaluation;
