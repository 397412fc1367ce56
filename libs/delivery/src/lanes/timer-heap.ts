import type { Millis } from '../now.ts';

/** What waits for a moment on the monotonic clock, earliest first: a binary heap, so that thousands of waiting lanes cost log n each. */
export class TimerHeap<T> {
  private readonly entries: { readonly at: Millis; readonly item: T }[] = [];

  get size(): number {
    return this.entries.length;
  }

  /** When the earliest is due; undefined if nothing waits. */
  get nextAt(): Millis | undefined {
    return this.entries[0]?.at;
  }

  add(at: Millis, item: T): void {
    const entries = this.entries;
    let index = entries.push({ at, item }) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.at(parent) <= this.at(index)) return;
      this.swap(index, parent);
      index = parent;
    }
  }

  /** Takes the earliest if it is due at `now`. */
  takeDue(now: Millis): T | undefined {
    const first = this.entries[0];
    if (first === undefined || first.at > now) return undefined;
    const last = this.entries.pop();
    if (last !== undefined && last !== first) {
      this.entries[0] = last;
      this.sink();
    }
    return first.item;
  }

  private sink(): void {
    let index = 0;
    for (;;) {
      const left = index * 2 + 1;
      const right = left + 1;
      let smallest = index;
      if (this.at(left) < this.at(smallest)) smallest = left;
      if (this.at(right) < this.at(smallest)) smallest = right;
      if (smallest === index) return;
      this.swap(index, smallest);
      index = smallest;
    }
  }

  private at(index: number): Millis {
    return this.entries[index]?.at ?? Infinity;
  }

  private swap(a: number, b: number): void {
    const entries = this.entries as { at: Millis; item: T }[];
    const first = entries[a];
    const second = entries[b];
    if (first === undefined || second === undefined) return;
    entries[a] = second;
    entries[b] = first;
  }
}
