import type { Decision } from '../decision.ts';

/** What a partition has decided and the edge has not taken yet, in order. */
export class Outbox {
  private decisions: Decision[] = [];

  put(decision: Decision): void {
    this.decisions.push(decision);
  }

  take(): Decision[] {
    if (this.decisions.length === 0) return [];
    const { decisions } = this;
    this.decisions = [];
    return decisions;
  }
}
