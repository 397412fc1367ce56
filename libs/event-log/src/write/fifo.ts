/** A queue with cheap ends: an array would move every entry on each `shift`. */
export class Fifo<T> {
  private entries: T[] = [];
  private head = 0;

  get size(): number {
    return this.entries.length - this.head;
  }

  peek(): T | undefined {
    return this.entries[this.head];
  }

  push(entry: T): void {
    this.entries.push(entry);
  }

  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const entry = this.entries[this.head];
    this.head += 1;
    // Drops what was taken once it is half of the array: constant cost per entry, and nothing taken is held for long.
    if (this.head * 2 >= this.entries.length) {
      this.entries = this.entries.slice(this.head);
      this.head = 0;
    }
    return entry;
  }

  /** Puts entries back before all others, in their order. */
  unshiftAll(entries: readonly T[]): void {
    this.entries = [...entries, ...this.entries.slice(this.head)];
    this.head = 0;
  }
}
