/**
 * A request that could be taken at another time: the sender shall repeat it. The tracking API answers 429 and every other door 503,
 * where nothing transient is a 4xx (wire.md 1.1).
 */
export class Overload extends Error {
  override readonly name = 'Overload';

  constructor(
    readonly code: 'bodies_held' | 'rate_limited' | 'share_full',
    message: string,
    readonly retryAfterSeconds: number,
  ) {
    super(message);
  }
}
