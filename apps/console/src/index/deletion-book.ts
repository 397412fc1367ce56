import type { DeletionNotice, Outcome } from '#delivery';
import { deletionIdOf, type HashedSubject, type Position } from '#segment';

/** Deletions that were carried out and are still listed; older ones are found by user or by id. */
const MAX_ENDED = 500;

export interface KnownDeletion {
  readonly deletionId: string;
  readonly subject: HashedSubject;
  readonly position: Position;
  /** ISO 8601; absent where the notice is gone. */
  readonly requestedAt?: string;
  readonly ended?: { readonly at: string; readonly taken: boolean; readonly attempts: number };
}

/** The deletions of a source: all that are open, and the last ones that ended. */
export class DeletionBook {
  private readonly open = new Map<string, KnownDeletion>();
  private readonly ended: KnownDeletion[];

  constructor(
    private readonly source: string,
    kept: { readonly open: readonly KnownDeletion[]; readonly ended: readonly KnownDeletion[] } = { open: [], ended: [] },
  ) {
    for (const deletion of kept.open) this.open.set(keyOf(deletion.position), deletion);
    this.ended = [...kept.ended];
  }

  get kept(): { readonly open: readonly KnownDeletion[]; readonly ended: readonly KnownDeletion[] } {
    return { open: [...this.open.values()], ended: this.ended };
  }

  get openCount(): number {
    return this.open.size;
  }

  /** @param hasEnded whether an outcome says so already: the two topics are read side by side. */
  announced({ deletionId, subject, partition, offset, requestedAt }: DeletionNotice, hasEnded: boolean): void {
    const position = { partition, offset };
    if (hasEnded) return;
    this.open.set(keyOf(position), { deletionId, subject, position, requestedAt });
  }

  /** The outcome of a tombstone. */
  takeOutcome({ outcome, position, subject, attempts, at, latencyMs }: Outcome): void {
    const key = keyOf(position);
    const known = this.open.get(key);
    const taken = outcome === 'delivered';
    const requestedAt = known?.requestedAt ?? (latencyMs > 0 ? new Date(Date.parse(at) - latencyMs).toISOString() : undefined);
    const deletion: KnownDeletion = {
      deletionId: known?.deletionId ?? deletionIdOf({ source: this.source, position }),
      subject,
      position,
      ...(requestedAt !== undefined && { requestedAt }),
      ended: { at, taken, attempts },
    };
    this.open.delete(key);
    const before = this.ended.findIndex(({ position: other }) => keyOf(other) === key);
    if (before >= 0) this.ended.splice(before, 1);
    this.ended.push(deletion);
    if (this.ended.length > MAX_ENDED) this.ended.shift();
  }

  /** Open ones first, the longest waiting first; then those that ended, the latest first. */
  get deletions(): KnownDeletion[] {
    const waiting = [...this.open.values()].sort((a, b) => (a.requestedAt ?? '').localeCompare(b.requestedAt ?? ''));
    return [...waiting, ...this.ended.toReversed()];
  }

  at(position: Position): KnownDeletion | undefined {
    const key = keyOf(position);
    return this.open.get(key) ?? this.ended.find(({ position: other }) => keyOf(other) === key);
  }
}

function keyOf({ partition, offset }: Position): string {
  return `${partition}:${offset}`;
}
