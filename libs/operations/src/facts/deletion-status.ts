import type { DeletionNotice, Outcome } from '#delivery';
import type { Position } from '#segment';

/**
 * Where a deletion stands, as the log tells it.
 *
 * - `accepted`: in the log, and since then no earlier event of the user is sent; Extole has not taken the erasure yet.
 * - `sent`: Extole has taken it.
 * - `failed`: it ended in another way. A forwarder never gives an erasure up, so something else wrote that.
 */
export interface DeletionStatus {
  readonly deletionId: string;
  readonly status: 'accepted' | 'sent' | 'failed';
  /** The tombstone's. */
  readonly position: Position;
  /** ISO 8601; absent if the log does not hold the notice any more. */
  readonly requestedAt?: string;
  /** ISO 8601; absent while it is accepted. */
  readonly endedAt?: string;
}

export function deletionStatusOf(
  { deletionId, position, requestedAt }: Pick<DeletionStatus, 'deletionId' | 'position' | 'requestedAt'>,
  outcome: Outcome | undefined,
): DeletionStatus {
  const known = { deletionId, position, ...(requestedAt !== undefined && { requestedAt }) };
  if (outcome === undefined) return { ...known, status: 'accepted' };
  return { ...known, status: outcome.outcome === 'delivered' ? 'sent' : 'failed', endedAt: outcome.at };
}

/**
 * The deletions of which no outcome says that Extole has taken them; the longest waiting first.
 *
 * @param committed of the forwarders' group, by partition: what lies below has ended (P8), though its outcome may be older than the outcomes
 *   topic reaches back.
 */
export function openDeletions(
  notices: readonly DeletionNotice[],
  outcomes: ReadonlyMap<string, Outcome>,
  committed: ReadonlyMap<number, number> = new Map(),
): DeletionStatus[] {
  // One that both ingest and a forwarder have announced stands in the topic twice.
  const byPosition = new Map(notices.map((notice) => [`${notice.partition}:${notice.offset}`, notice]));
  return [...byPosition.values()]
    .map(({ deletionId, partition, offset, requestedAt }) =>
      deletionStatusOf({ deletionId, position: { partition, offset }, requestedAt }, outcomes.get(`${partition}:${offset}`)),
    )
    .filter(({ status, position: { partition, offset } }) =>
      status === 'accepted' ? offset >= (committed.get(partition) ?? 0) : status === 'failed',
    )
    .sort((a, b) => (a.requestedAt ?? '').localeCompare(b.requestedAt ?? ''));
}

/** Those of the deletions that were asked for longer than `forMs` ago; one that no longer says when is among them. */
export function waitingLongerThan(forMs: number, deletions: readonly DeletionStatus[], nowMs: number): DeletionStatus[] {
  return deletions.filter(({ requestedAt }) => {
    const requested = Date.parse(requestedAt ?? '');
    return Number.isNaN(requested) || nowMs - requested >= forMs;
  });
}
