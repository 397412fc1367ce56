import type { HeldRecord } from '../lanes/held-record.ts';

/** Counts what is under way: calls, outcomes that Kafka has not acknowledged, and both together what a crash now would repeat (P4, docs/adr/0009). */
export class InDoubt {
  /** Calls that have not ended. */
  calls = 0;
  /** Outcomes decided and not acknowledged. */
  unwritten = 0;
  /** Identifies that Extole has taken and whose next step is not in flight. */
  betweenSteps = 0;
  private calledUnwritten = 0;

  /** Calls whose outcome Kafka has not acknowledged. */
  get total(): number {
    return this.calls + this.calledUnwritten + this.betweenSteps;
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
    this.unwritten++;
    if (attempts > 0) this.calledUnwritten++;
  }

  outcomeWritten(attempts: number): void {
    this.unwritten--;
    if (attempts > 0) this.calledUnwritten--;
  }
}
