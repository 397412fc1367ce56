import { partitionFor } from '#event-log';
import type { LedgerEntry } from '../../support/simulator-client.ts';
import { largest } from './statistics.ts';
import type { SteadyLoad } from './steady-load.ts';

/** The longest time that a partition stood still, in seconds: from the last before to the first after. */
export interface PartitionStop {
  readonly partition: number;
  /** Between two acknowledgements of its events to their senders. */
  readonly acknowledgement: number;
  /** Between two calls to Extole that took effect. */
  readonly delivery: number;
}

/** `count` users whose events all lie in `partition`. */
export function usersOnPartition(
  prefix: string,
  { partition, partitions, count }: { readonly partition: number; readonly partitions: number; readonly count: number },
): string[] {
  const users: string[] = [];
  for (let number = 0; users.length < count; number++) {
    const user = `${prefix}-${number}`;
    if (partitionFor(user, partitions) === partition) users.push(user);
  }
  return users;
}

/** How long each partition stood still between `from` and `until` (wall clock, milliseconds). */
export function partitionStops(
  { taken, takenAt }: SteadyLoad,
  ledger: readonly LedgerEntry[],
  { from, until, partitions }: { readonly from: number; readonly until: number; readonly partitions: number },
): PartitionStop[] {
  const acknowledged = Array.from({ length: partitions }, (): number[] => []);
  const delivered = Array.from({ length: partitions }, (): number[] => []);
  for (const { userId, messageId } of taken) {
    acknowledged[partitionFor(userId, partitions)]?.push(takenAt.get(messageId) ?? until);
  }
  for (const { applied, at, partnerUserId } of ledger) {
    if (applied && partnerUserId !== null) delivered[partitionFor(partnerUserId, partitions)]?.push(at);
  }
  return acknowledged.map((times, partition) => ({
    partition,
    acknowledgement: longestPause(times, from, until) / 1_000,
    delivery: longestPause(delivered[partition] ?? [], from, until) / 1_000,
  }));
}

/** Milliseconds between two neighbours of `times` that are not both outside of `from` to `until`; up to `until` where nothing came any more. */
function longestPause(times: readonly number[], from: number, until: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  const around = [sorted.findLast((at) => at < from) ?? from, ...sorted.filter((at) => at >= from && at < until), until];
  return largest(around.slice(1).map((at, index) => at - (around[index] ?? at)));
}
