import type { HashedSubject } from '#segment';
import type { DeletionBarrier } from '../deletion/deletion-barrier.ts';
import type { OutcomeFacts } from '../endings/build-outcome.ts';
import type { OutcomeName } from '../endings/outcome.ts';
import type { HeldRecord } from '../lanes/held-record.ts';
import type { PersonParameter } from '../persons/person-step.ts';
import type { CommitFrontier } from '../state/commit-frontier.ts';
import type { CallEvaluation, Evaluate, Evaluation } from './evaluation.ts';
import type { Repeats } from './repeats.ts';

/** What is to become of an event whose turn it is. */
export type Fate =
  /** It is sent. */
  | { readonly kind: 'call' }
  /** An identify: its event is sent, and then its parameters are set on the person, call by call. */
  | { readonly kind: 'steps'; readonly parameters: readonly PersonParameter[] }
  /** It ends without a further call. */
  | { readonly kind: 'end'; readonly outcome: OutcomeName; readonly facts: OutcomeFacts }
  /** It has ended already, by a former owner's late fact. */
  | { readonly kind: 'ended' }
  /** A replay that fills gaps has brought back what was delivered. */
  | { readonly kind: 'skip' };

/** What is known of the partition when a fate is decided. */
export interface Known {
  readonly frontier: CommitFrontier;
  readonly barrier: DeletionBarrier;
  readonly repeats: Repeats;
  readonly evaluate: Evaluate;
}

const CALL: Fate = { kind: 'call' };
const ENDED: Fate = { kind: 'ended' };
const SKIP: Fate = { kind: 'skip' };
const ERASED: Fate = { kind: 'end', outcome: 'erased', facts: {} };
const SUPPRESSED: Fate = { kind: 'end', outcome: 'filtered', facts: { detail: 'suppressed_after_deletion' } };

/** The fate of an event at the head of its lane. Changes nothing, save that the event's evaluation stays with it for its retries. */
export function fateOf(held: HeldRecord, subject: HashedSubject, { frontier, barrier, repeats, evaluate }: Known): Fate {
  const { record, replay } = held;
  // A former owner's late fact says that it is done (P4).
  if (replay === undefined && frontier.isFinished(record.offset)) return ENDED;
  // P5, last line of defence: whatever brought the event here, the barrier is asked right before the call.
  const deletion = barrier.latest(subject);
  if (record.offset < deletion) return ERASED;
  if (barrier.suppresses(subject, record.offset)) return SUPPRESSED;

  const evaluation = (held.evaluation ??= evaluated(evaluate, held, subject));
  if (evaluation.kind === 'filtered') return end('filtered', { detail: evaluation.reason, event: evaluation.event });
  if (evaluation.kind === 'undeliverable') return end('dead-lettered', { code: evaluation.code });

  const original = repeats.originalOf(evaluation, deletion);
  // A live record is not done, or it would have ended above: what bears its offset is of a log before this one, and only its message is the same.
  const isItself = original === record.offset && replay !== undefined;
  if (isItself && !replay.redeliver) return SKIP;
  if (original !== undefined && !isItself) return end('duplicate', duplicateOf(original, evaluation));
  if (replay !== undefined && record.type === 'identify' && repeats.isStaleIdentify(subject, record.offset))
    return end('stale', { event: evaluation.event });
  return evaluation.parameters === undefined ? CALL : { kind: 'steps', parameters: evaluation.parameters };
}

/** What cannot be evaluated, for whatever reason, is one record's trouble: thrown further it would end the process, again at every start. */
function evaluated(evaluate: Evaluate, { record }: HeldRecord, subject: HashedSubject): Evaluation {
  try {
    return evaluate(record, subject);
  } catch {
    return { kind: 'undeliverable', code: 'evaluation_failed' };
  }
}

function end(outcome: OutcomeName, facts: OutcomeFacts): Fate {
  return { kind: 'end', outcome, facts };
}

function duplicateOf(original: number, { event, dedupKey }: CallEvaluation): OutcomeFacts {
  const detail = `of offset ${original}`;
  return dedupKey === undefined ? { event, detail } : { event, detail, dedupKey };
}
