import type { RateLimit } from '#config';

interface Bucket {
  tokens: number;
  /** Milliseconds, monotonic: when `tokens` was true. */
  at: number;
}

/**
 * Paces the events of each key: a bucket that holds one window's worth. A batch is taken whole as soon as anything is in the bucket,
 * and what it overdraws is waited for by what comes next; else a batch of more than a window's worth could never come in.
 *
 * One bucket a configured key, so memory is bounded by the configuration. Per process: replicas of ingest do not know of each other.
 */
export class KeyRates {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly limit: RateLimit | undefined) {}

  /**
   * Takes `events` out of the key's bucket.
   *
   * @param now milliseconds, monotonic
   * @returns 0 if they may come in, else the seconds until anything of this key may
   */
  secondsToWait(keyId: string, events: number, now: number): number {
    if (this.limit === undefined) return 0;
    const { count, perMs } = this.limit;
    const bucket = this.buckets.get(keyId) ?? { tokens: count, at: now };
    this.buckets.set(keyId, bucket);
    bucket.tokens = Math.min(count, bucket.tokens + ((now - bucket.at) * count) / perMs);
    bucket.at = now;
    if (bucket.tokens < 1) return ((1 - bucket.tokens) * perMs) / count / 1000;
    // An empty batch is a request all the same.
    bucket.tokens -= Math.max(1, events);
    return 0;
  }
}
