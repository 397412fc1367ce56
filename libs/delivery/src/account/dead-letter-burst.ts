const REMEMBERED = 200;
const AT_LEAST = 50;
const OVER_SHARE = 0.5;

/** Notices when most of an account's recent events end as dead letters: over 50 % of the last 200, at least 50 (P7). */
export class DeadLetterBurst {
  private readonly ring = new Uint8Array(REMEMBERED);
  private position = 0;
  private seen = 0;
  private dead = 0;

  /** Counts one more event that Extole has answered; true if the burst is on. */
  record(deadLettered: boolean): boolean {
    this.dead += Number(deadLettered) - (this.ring[this.position] ?? 0);
    this.ring[this.position] = Number(deadLettered);
    this.position = (this.position + 1) % REMEMBERED;
    this.seen = Math.min(this.seen + 1, REMEMBERED);
    return this.dead >= AT_LEAST && this.dead > this.seen * OVER_SHARE;
  }

  reset(): void {
    this.ring.fill(0);
    this.seen = 0;
    this.dead = 0;
  }
}
