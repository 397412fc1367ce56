import type { Millis } from '../now.ts';

/** A timer fires at best every few milliseconds; a pace faster than that needs this much saved up. */
const TIMER_GRAIN_MS = 20;

export interface RateLimit {
  readonly count: number;
  readonly perMs: Millis;
  /** How many may be saved up while idle and then go at once, besides; default: hardly any. */
  readonly burst?: number;
}

/**
 * Paces calls to `count` in every `perMs`. Almost nothing is saved up while idle, so no window of `perMs` ever holds more than
 * `count` calls at slow paces (the other side counts per window), and hardly more at fast ones.
 */
export class TokenBucket {
  private tokens: number;
  private at: Millis = 0;
  private perToken: Millis;
  private burst: number;

  constructor(private readonly limit: RateLimit) {
    this.perToken = limit.perMs / limit.count;
    this.burst = this.burstOf(1);
    this.tokens = this.burst;
  }

  /** This process's part of a limit that several share, in (0, 1]. */
  setShare(share: number): void {
    this.perToken = this.limit.perMs / (this.limit.count * share);
    this.burst = this.burstOf(share);
    this.tokens = Math.min(this.tokens, this.burst);
  }

  /** When the next call may go, on the monotonic clock: now or later. */
  nextAt(now: Millis): Millis {
    this.refill(now);
    return this.tokens >= 1 ? now : now + (1 - this.tokens) * this.perToken;
  }

  take(now: Millis): void {
    this.refill(now);
    this.tokens -= 1;
  }

  private burstOf(share: number): number {
    return Math.max(1, TIMER_GRAIN_MS / this.perToken, (this.limit.burst ?? 0) * share);
  }

  private refill(now: Millis): void {
    this.tokens = Math.min(this.burst, this.tokens + Math.max(0, now - this.at) / this.perToken);
    this.at = now;
  }
}
