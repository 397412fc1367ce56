import type { CallEvaluation, Evaluation } from '../dispatch/evaluation.ts';
import type { LogRecord } from '../log-record.ts';
import type { Millis } from '../now.ts';
import type { PersonSteps } from '../persons/person-steps.ts';
import type { ReplayTag } from '../replay/replay-tag.ts';

/** A held record costs about this much beside its value. */
const OVERHEAD_BYTES = 300;

/** A record that is held until it has an outcome. A class with every field from the start: all of them have one shape, and V8 keeps them small. */
export class HeldRecord {
  readonly bytes: number;
  /** Filled when its turn comes first; kept for the retries, which send the same bytes. */
  evaluation: Evaluation | undefined = undefined;
  attempts = 0;
  /** Its end was decided: there is no second one, and no further call. */
  hasEnded = false;
  /** Of an identify that sets its parameters on the person, from its turn on. */
  steps: PersonSteps | undefined = undefined;
  /** Tombstones only: its notice has not been seen yet, and whether we have just written it ourselves. */
  notice: 'awaited' | 'repaired' | undefined = undefined;
  /** The account's healthy time at the first failure, from which the retry budget counts. */
  failingSinceHealthyMs: Millis | undefined = undefined;

  constructor(
    readonly record: LogRecord,
    readonly replay: ReplayTag | undefined = undefined,
  ) {
    this.bytes = (record.value?.length ?? 0) + OVERHEAD_BYTES;
  }

  /** The request that its evaluation has led to. */
  get request(): CallEvaluation {
    if (this.evaluation?.kind !== 'call') throw new Error(`offset ${this.record.offset} was called without a request`);
    return this.evaluation;
  }
}
