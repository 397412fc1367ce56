/** How far back it is known when the log had which end. */
const KNOWN_FOR_MS = 300_000;

/**
 * How old the oldest record of a partition is that is not finished, told by when the log's end has passed it: no record has to be read,
 * and it is right to the second.
 */
export class OldestUndelivered {
  private readonly ends: { readonly at: number; readonly end: number }[] = [];

  /** Takes the end of the log at a moment (epoch milliseconds). */
  sawEnd(at: number, end: number): void {
    const last = this.ends.at(-1);
    // A topic that was made anew begins at zero again: what was known says nothing about it.
    if (last !== undefined && end < last.end) this.ends.length = 0;
    if (last === undefined || end !== last.end || this.ends.length === 0) this.ends.push({ at, end });
    while (this.ends.length > 1 && at - (this.ends[1]?.at ?? at) > KNOWN_FOR_MS) this.ends.shift();
  }

  /**
   * The age in milliseconds of the record at `frontier`; 0 if there is none yet; undefined if it came in before we looked on, and has to be
   * read to tell.
   */
  age(now: number, frontier: number): number | undefined {
    const last = this.ends.at(-1);
    if (last === undefined) return undefined;
    if (frontier >= last.end) return 0;
    const [first] = this.ends;
    if (first === undefined || frontier < first.end) return undefined;
    const passing = this.ends.find(({ end }) => end > frontier);
    return passing === undefined ? 0 : Math.max(0, now - passing.at);
  }
}
