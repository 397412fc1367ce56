/** Allows `limit` calls of one key in any `perMs` milliseconds. */
export class SlidingWindow {
  private readonly taken = new Map<string, number[]>();

  constructor(
    private readonly limit: number,
    private readonly perMs: number,
  ) {}

  /** Counts a call of `key` at `now` (milliseconds), unless that is one too many. */
  take(key: string, now: number): boolean {
    const recent = (this.taken.get(key) ?? []).filter((time) => time > now - this.perMs);
    const isAllowed = recent.length < this.limit;
    if (isAllowed) recent.push(now);
    this.taken.set(key, recent);
    if (this.taken.size > 10_000) this.sweep(now);
    return isAllowed;
  }

  private sweep(now: number): void {
    for (const [key, times] of this.taken) if ((times.at(-1) ?? 0) <= now - this.perMs) this.taken.delete(key);
  }
}

/**
 * Extole's documented limits: 100 requests a minute per token and 10 a second per identified person.
 * Asynchronous events have none.
 */
export class RateLimits {
  private readonly perToken = new SlidingWindow(100, 60_000);
  private readonly perPerson = new SlidingWindow(10, 1_000);

  takeForToken(account: string, now: number): boolean {
    return this.perToken.take(account, now);
  }

  takeForPerson(account: string, person: string, now: number): boolean {
    return this.perPerson.take(`${account} ${person}`, now);
  }
}
