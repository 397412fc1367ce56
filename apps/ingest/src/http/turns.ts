/**
 * Lets `limit` pieces of work go on at one time. The others wait: those of one asker in the order of their coming, and one asker after
 * the other, so that a thousand of somebody else's are waited for as one.
 */
export class Turns {
  private free: number;
  /** By asker, in the order of whose turn it is. */
  private readonly waiting = new Map<string, (() => void)[]>();

  constructor(limit: number) {
    this.free = limit;
  }

  /** Does `work` when the turn comes to `asker`; what it returns or throws is handed on. */
  async take<T>(asker: string, work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.wait(asker, resolve));
    try {
      return await work();
    } finally {
      // Handed over directly: somebody who comes in between must not overtake those who wait.
      const next = this.next();
      if (next === undefined) this.free += 1;
      else next();
    }
  }

  private wait(asker: string, begin: () => void): void {
    const own = this.waiting.get(asker);
    if (own === undefined) this.waiting.set(asker, [begin]);
    else own.push(begin);
  }

  private next(): (() => void) | undefined {
    const [first] = this.waiting;
    if (first === undefined) return undefined;
    const [asker, [begin, ...others]] = first;
    this.waiting.delete(asker);
    // At the end again.
    if (others.length > 0) this.waiting.set(asker, others);
    return begin;
  }
}
