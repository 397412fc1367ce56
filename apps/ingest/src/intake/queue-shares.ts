/** A key may hold so many times what is left free for everybody: alone 4/5 of the queue, two of them 4/9 each. */
const OF_THE_FREE = 4;
/** What no event takes, so that a deletion finds room in a queue that events have filled. */
const FOR_DELETIONS = 1 / 16;

/**
 * Who may fill the queue before Kafka with events, and how far. Without shares one sender, with a key that anybody can have, fills it,
 * and every other key's events and deletions are turned away. The bound moves with what is free, so that a key that is alone has nearly
 * all of it, and whoever holds little gets in beside any number of those that hold much.
 *
 * Memory is bounded by the configured keys.
 */
export class QueueShares {
  private readonly heldBy = new Map<string, number>();
  private free: number;

  /** @param queueBytes what may wait for Kafka, deletions included */
  constructor(queueBytes: number) {
    this.free = queueBytes * (1 - FOR_DELETIONS);
  }

  /** Takes room for a request's events; the returned function gives it back. Undefined if the key has its share already. */
  take(keyId: string, bytes: number): (() => void) | undefined {
    const held = (this.heldBy.get(keyId) ?? 0) + bytes;
    if (held > OF_THE_FREE * (this.free - bytes)) return undefined;
    this.change(keyId, bytes);
    return () => this.change(keyId, -bytes);
  }

  private change(keyId: string, bytes: number): void {
    this.heldBy.set(keyId, (this.heldBy.get(keyId) ?? 0) + bytes);
    this.free -= bytes;
  }
}
