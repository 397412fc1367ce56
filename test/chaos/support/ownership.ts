import type { AppProcess } from '../../support/app-process.ts';
import { waitFor } from '../../support/wait-for.ts';

interface StatusPage {
  readonly sources: readonly {
    readonly partitions: readonly { readonly partition: number; readonly phase: string }[];
  }[];
}

/** The partitions that a forwarder says it delivers. */
export async function deliveredBy(forwarder: AppProcess): Promise<number[]> {
  const { sources } = JSON.parse((await forwarder.ask('/status')).text) as StatusPage;
  return sources.flatMap(({ partitions }) =>
    partitions.filter(({ phase }) => phase === 'delivering').map(({ partition }) => partition),
  );
}

/** Waits until the forwarders share all partitions, each delivered by exactly one; returns the owner's place in the list by partition. */
export async function settledOwnership(forwarders: readonly AppProcess[], partitions: number): Promise<number[]> {
  let seen = '';
  return waitFor(
    async () => {
      const lists = await Promise.all(forwarders.map(deliveredBy));
      seen = JSON.stringify(lists);
      const owners = Array.from({ length: partitions }, (_, partition) =>
        lists.flatMap((list, index) => (list.includes(partition) ? [index] : [])),
      );
      const everybodyHasSome = lists.every((list) => list.length > 0);
      return everybodyHasSome && owners.every(({ length }) => length === 1) && owners.flat();
    },
    { timeoutMs: 60_000, intervalMs: 50, describe: () => `${partitions} partitions to have one owner each (${seen})` },
  );
}

/** How many partitions have another owner in `after`. */
export function movedPartitions(before: readonly number[], after: readonly number[]): number {
  return after.filter((owner, partition) => owner !== before[partition]).length;
}
