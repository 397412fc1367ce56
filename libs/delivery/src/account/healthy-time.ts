import type { Millis } from '../now.ts';

/** A good answer vouches for the account for at most this long before it. */
const VOUCHES_FOR_MS = 60_000;

/**
 * The time during which an account demonstrably worked, counted by its good answers: an event that keeps failing uses up its
 * retry budget on this clock, so that an outage never turns a backlog into dead letters.
 */
export class HealthyTime {
  private sum: Millis = 0;
  private lastAnswer: Millis | undefined;

  get total(): Millis {
    return this.sum;
  }

  answered(now: Millis): void {
    if (this.lastAnswer !== undefined) this.sum += Math.min(now - this.lastAnswer, VOUCHES_FOR_MS);
    this.lastAnswer = now;
  }

  /** The account stopped: what passes until its next good answer does not count. */
  interrupted(): void {
    this.lastAnswer = undefined;
  }
}
