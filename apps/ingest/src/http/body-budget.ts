/**
 * Bytes of request bodies that may be in memory at one time, over all connections (P9): ten thousand senders that are each a little
 * slow would otherwise hold ten thousand megabytes. It counts what has come, not what a header promises, so that promises alone
 * shut nobody out.
 */
export class BodyBudget {
  private held = 0;
  /** In the order of their beginning. */
  private readonly receiving = new Set<BodyShare>();

  constructor(private readonly maxBytes: number) {}

  /** Bytes held now. */
  get heldBytes(): number {
    return this.held;
  }

  share(): BodyShare {
    return new BodyShare(this);
  }

  /** For shares alone. */
  began(share: BodyShare): void {
    this.receiving.add(share);
  }

  /** For shares alone. */
  ended(share: BodyShare): void {
    this.receiving.delete(share);
  }

  /**
   * For shares alone. Without room, those make room that are being received for the longest: an honest body takes milliseconds, and
   * bodies that are never finished must not keep the others out.
   */
  take(bytes: number, taker: BodyShare): boolean {
    while (this.held + bytes > this.maxBytes) {
      const [longest] = this.receiving;
      if (longest === undefined || longest === taker) return false;
      longest.evict();
    }
    this.held += bytes;
    return true;
  }

  /** For shares alone. */
  free(bytes: number): void {
    this.held -= bytes;
  }
}

/** What one request holds of a {@link BodyBudget}. */
export class BodyShare {
  private bytes = 0;
  private isReleased = false;
  private onEvicted: (() => void) | undefined;

  constructor(private readonly budget: BodyBudget) {}

  /** From now until {@link received} the request may be evicted for the sake of others; `onEvicted` is told so then. */
  receive(onEvicted: () => void): void {
    this.onEvicted = onEvicted;
    this.budget.began(this);
  }

  received(): void {
    this.onEvicted = undefined;
    this.budget.ended(this);
  }

  /** Takes `bytes` more; false if the budget does not have them. */
  take(bytes: number): boolean {
    if (this.isReleased || !this.budget.take(bytes, this)) return false;
    this.bytes += bytes;
    return true;
  }

  /** For the budget alone. */
  evict(): void {
    const { onEvicted } = this;
    this.release();
    onEvicted?.();
  }

  /** Gives everything back; once the request has ended, however it did. */
  release(): void {
    this.received();
    this.isReleased = true;
    this.budget.free(this.bytes);
    this.bytes = 0;
  }
}
