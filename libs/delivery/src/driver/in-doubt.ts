import type { HeldRecord } from '../lanes/held-record.ts';
import type { Millis } from '../now.ts';

/** So long Kafka may take for an outcome, a leader's move included, before its partition is on its own. */
const STALLED_AFTER_MS = 5_000;

/** Counts what is under way: calls, outcomes that Kafka has not acknowledged, and both together what a crash now would repeat (P4, docs/adr/0009). */
export class InDoubt {
  /** Calls that have not ended. */
  calls = 0;
  /** Outcomes decided and not acknowledged. */
  unwritten = 0;
  /** Identifies that Extole has taken and whose next step is not in flight. */
  betweenSteps = 0;
  private calledUnwritten = 0;
  /** Since when Kafka has taken none of those that are unwritten; undefined where that begins with the next tick. */
  private silentSince: Millis | undefined;

  /** Calls whose outcome Kafka has not acknowledged. */
  get total(): number {
    return this.calls + this.calledUnwritten + this.betweenSteps;
  }

  /** Time has passed. */
  tick(now: Millis): void {
    this.silentSince ??= now;
  }

  /** Whether Kafka takes no outcomes of the partition, as far as the last tick knows. */
  isStalled(now: Millis): boolean {
    return this.unwritten > 0 && this.silentSince !== undefined && now - this.silentSince >= STALLED_AFTER_MS;
  }

  /** When it is stalled if Kafka stays silent; Infinity if it is so already, or nothing waits. */
  stallsAt(now: Millis): Millis {
    if (this.unwritten === 0 || this.silentSince === undefined || this.isStalled(now)) return Infinity;
    return this.silentSince + STALLED_AFTER_MS;
  }

  callStarted({ steps }: HeldRecord): void {
    this.calls++;
    if (steps?.begun === true) this.betweenSteps--;
  }

  callEnded(): void {
    this.calls--;
  }

  /** To be told once the step's answer is taken in: with the first good one the identify has begun. */
  stepEnded({ steps }: HeldRecord): void {
    if (steps?.begun === true) this.betweenSteps++;
  }

  released({ steps }: HeldRecord): void {
    if (steps?.begun === true) this.betweenSteps--;
  }

  outcomeDecided(attempts: number): void {
    if (this.unwritten++ === 0) this.silentSince = undefined;
    if (attempts > 0) this.calledUnwritten++;
  }

  outcomeWritten(attempts: number): void {
    this.unwritten--;
    this.silentSince = undefined;
    if (attempts > 0) this.calledUnwritten--;
  }
}
