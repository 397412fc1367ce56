import type { Outcome } from '#delivery';
import { toOffset, type Position } from '#segment';

/** Dead letters that are told apart one by one; of older ones nothing is known but that there are more. */
const MAX_LETTERS = 100_000;
const EXAMPLES = 5;
const NO_CODE = '-';

/** A dead letter: `[partition, offset, code, event, at]`, as it is kept over restarts. */
export type KeptLetter = readonly [partition: number, offset: number, code: string, event: string, at: string];

export interface LetterGroup {
  readonly code: string;
  readonly event: string;
  readonly count: number;
  readonly first: string;
  readonly last: string;
  /** The latest ones. */
  readonly examples: readonly Position[];
}

/** The records of a source whose last outcome is a dead letter, in the order in which they became one. */
export class DeadLetterBook {
  private readonly letters = new Map<string, KeptLetter>();
  private hasForgotten = false;

  constructor(kept: readonly KeptLetter[] = []) {
    for (const letter of kept) this.letters.set(`${letter[0]}:${letter[1]}`, letter);
  }

  get count(): number {
    return this.letters.size;
  }

  /** False if there were more than can be told apart. */
  get isComplete(): boolean {
    return !this.hasForgotten;
  }

  get kept(): readonly KeptLetter[] {
    return [...this.letters.values()];
  }

  /** Takes outcomes in the order of their topic: the last word on a position counts. */
  take({ outcome, position, code = NO_CODE, event, type, at }: Outcome): void {
    const { partition, offset } = position;
    const key = `${partition}:${offset}`;
    this.letters.delete(key);
    if (outcome !== 'dead-lettered') return;
    this.letters.set(key, [partition, offset, code, event ?? type, at]);
    if (this.letters.size <= MAX_LETTERS) return;
    for (const oldest of this.letters.keys()) {
      this.letters.delete(oldest);
      this.hasForgotten = true;
      return;
    }
  }

  /** What is older than outcomes are kept: its outcome is gone from the topic, too. */
  forgetBefore(time: string): void {
    for (const [key, letter] of this.letters) if (letter[4] < time) this.letters.delete(key);
  }

  /** The most frequent first. */
  get groups(): LetterGroup[] {
    const groups = new Map<string, { -readonly [K in keyof LetterGroup]: LetterGroup[K] }>();
    for (const [partition, offset, code, event, at] of this.letters.values()) {
      const key = JSON.stringify([code, event]);
      const group = groups.get(key) ?? { code, event, count: 0, first: at, last: at, examples: [] };
      groups.set(key, group);
      group.count++;
      if (at < group.first) group.first = at;
      if (at > group.last) group.last = at;
      group.examples = [{ partition, offset: toOffset(offset) }, ...group.examples].slice(0, EXAMPLES);
    }
    return [...groups.values()].sort((a, b) => b.count - a.count || b.last.localeCompare(a.last));
  }
}
