import type { Outcome, ReplayRange } from '#delivery';
import { nextOffset, type HashedSubject, type Offset } from '#segment';

/** Which dead letters are meant; what is absent does not restrict. */
export interface DeadLetterFilter {
  readonly code?: string;
  /** The mapped event name. */
  readonly event?: string;
  readonly subject?: HashedSubject;
  /** ISO 8601, UTC: of then or later. */
  readonly since?: string;
}

/** Dead letters that have code and event in common. */
export interface DeadLetterGroup {
  readonly source: string;
  readonly code: string;
  /** The mapped event name, or the type where the event could not be read. */
  readonly event: string;
  readonly count: number;
  /** ISO 8601. */
  readonly first: string;
  readonly last: string;
  /** The position of the latest one, `partition:offset`. */
  readonly example: string;
}

interface DeadLetter {
  readonly code: string;
  readonly event: string;
  readonly at: string;
}

const NO_CODE = '-';

/** The records of one source whose last outcome is a dead letter. */
export class DeadLetterIndex {
  private readonly partitions = new Map<number, Map<Offset, DeadLetter>>();

  constructor(
    private readonly source: string,
    private readonly filter: DeadLetterFilter = {},
  ) {}

  /** Takes outcomes in the order of their topic: the last word on a position counts. */
  add(outcome: Outcome): void {
    const { partition, offset } = outcome.position;
    const letters = this.partitions.get(partition) ?? new Map<Offset, DeadLetter>();
    this.partitions.set(partition, letters);
    letters.delete(offset);
    if (!this.isMeant(outcome)) return;
    const { code = NO_CODE, event = outcome.type, at } = outcome;
    letters.set(offset, { code, event, at });
  }

  get count(): number {
    return [...this.partitions.values()].reduce((sum, letters) => sum + letters.size, 0);
  }

  /** The most frequent first. */
  get groups(): DeadLetterGroup[] {
    const groups = new Map<string, DeadLetterGroup>();
    for (const [partition, letters] of this.partitions) {
      for (const [offset, { code, event, at }] of letters) {
        const key = JSON.stringify([code, event]);
        const known = groups.get(key);
        const isLatest = known === undefined || at >= known.last;
        groups.set(key, {
          source: this.source,
          code,
          event,
          count: (known?.count ?? 0) + 1,
          first: known === undefined || at < known.first ? at : known.first,
          last: isLatest ? at : known.last,
          example: isLatest ? `${partition}:${offset}` : known.example,
        });
      }
    }
    return [...groups.values()].sort((a, b) => b.count - a.count || b.last.localeCompare(a.last));
  }

  /** Where they lie, per partition. */
  get ranges(): ReplayRange[] {
    return [...this.partitions]
      .filter(([, letters]) => letters.size > 0)
      .map(([partition, letters]) => {
        // Not by Math.min(...): there may be more than a call takes arguments.
        let [from, last] = [Infinity, -Infinity];
        for (const offset of letters.keys()) [from, last] = [Math.min(from, offset), Math.max(last, offset)];
        return { partition, from: from as Offset, to: nextOffset(last as Offset) };
      })
      .sort((a, b) => a.partition - b.partition);
  }

  private isMeant({ outcome, code, event, subject, at }: Outcome): boolean {
    const { filter } = this;
    if (outcome !== 'dead-lettered') return false;
    if (filter.code !== undefined && filter.code !== code) return false;
    if (filter.event !== undefined && filter.event !== event) return false;
    if (filter.subject !== undefined && filter.subject !== subject) return false;
    return filter.since === undefined || at >= filter.since;
  }
}
