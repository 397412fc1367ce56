/** How fast a growing number has grown over the last moments. */
export class CounterWindow {
  private readonly samples: { readonly at: number; readonly value: number }[] = [];

  /** @param spanMs over how long */
  constructor(private readonly spanMs: number) {}

  /** Takes the number at a moment on the monotonic clock. */
  add(at: number, value: number): void {
    this.samples.push({ at, value });
    // The oldest one stays that is just outside, so that the span is always covered.
    while (this.samples.length > 2 && at - (this.samples[1]?.at ?? at) >= this.spanMs) this.samples.shift();
  }

  /** By how much it has grown over the span. */
  get growth(): number {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    return first === undefined || last === undefined ? 0 : Math.max(0, last.value - first.value);
  }

  /** What it grows by in a second. */
  get perSecond(): number {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    if (first === undefined || last === undefined || last.at === first.at) return 0;
    return (this.growth / (last.at - first.at)) * 1_000;
  }
}

/** The sum of counters of several processes, each of which begins at zero again when it is restarted. */
export class CounterSum {
  private readonly last = new Map<string, number>();
  private sum = 0;

  /** Takes what the process `name` has counted so far; returns the sum of all since we look on. */
  take(name: string, count: number): number {
    const before = this.last.get(name);
    // Of what a process had counted before we looked on nothing is known.
    if (before !== undefined) this.sum += count >= before ? count - before : count;
    this.last.set(name, count);
    return this.sum;
  }

  get total(): number {
    return this.sum;
  }
}
