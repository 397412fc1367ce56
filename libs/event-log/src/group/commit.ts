import type { Offset } from '#segment';
import type { TopicPartition } from './topic-partition.ts';

/** How far a group is done with a partition: the first offset that it is not done with. */
export interface Commit {
  readonly offset: Offset;
  /** The number of the log that the offset is in; 0 for a partition that has always been one (docs/adr/0017). */
  readonly log: number;
}

export type PartitionCommit = TopicPartition & { readonly offset: Offset; readonly log?: number };

const LOG = /^log=(\d{1,9})$/;

/** What stands beside a committed offset: Kafka keeps it and makes nothing of it. */
export function metadataOf({ log = 0 }: PartitionCommit): string | null {
  return log === 0 ? null : `log=${log}`;
}

/** The log that it names; 0 where it says nothing, as what other tools commit. */
export function logNamedBy(metadata: string | null | undefined): number {
  return Number(LOG.exec(metadata ?? '')?.[1] ?? 0);
}
