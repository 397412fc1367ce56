import type { Millis } from '../now.ts';

/** One congestion event is answered by one decrease: replies that were already under way do not count again. */
const DECREASE_AT_MOST_EVERY_MS = 1_000;

/** How many calls may be in flight: additive increase by about one per round of calls, halved when Extole asks to slow down (AIMD). */
export class AdaptiveLimit {
  private value: number;
  private decreasedAt: Millis = -Infinity;

  constructor(private max: number) {
    this.value = max;
  }

  get current(): number {
    return Math.max(1, Math.floor(this.value));
  }

  get reduced(): boolean {
    return this.current < this.max;
  }

  /** A new ceiling: this process's share of the account has changed. */
  setMax(max: number): void {
    const wasFull = this.value >= this.max;
    this.max = Math.max(1, max);
    this.value = wasFull ? this.max : Math.min(this.value, this.max);
  }

  succeeded(): void {
    this.value = Math.min(this.max, this.value + 1 / this.value);
  }

  congested(now: Millis): void {
    if (now - this.decreasedAt < DECREASE_AT_MOST_EVERY_MS) return;
    this.decreasedAt = now;
    this.value = Math.max(1, this.value / 2);
  }
}
