import type { ReplayRange } from '#delivery';
import type { PartitionBounds } from '#event-log';
import { toOffset, type Offset, type Position } from '#segment';

/** Offsets by partition. */
export type OffsetTable = ReadonlyMap<number, Offset>;

/** Which part of the log an operator names; what is absent does not restrict. */
export interface NamedPart {
  /** A position restricts to its partition. */
  readonly fromOffsets?: readonly Position[];
  /** Not included. */
  readonly toOffsets?: readonly Position[];
  /** The offset of the first record of the named time or later, by partition. */
  readonly fromTime?: OffsetTable;
  readonly toTime?: OffsetTable;
  readonly partitions?: readonly number[];
}

export interface ResolvedRanges {
  /** Those that hold anything, by partition. */
  readonly ranges: readonly ReplayRange[];
  /** Partitions whose named end lies beyond what the live log has finished. */
  readonly cut: readonly number[];
}

/**
 * What a replay reads: from the log's start to the group's committed offset, as far as the operator does not restrict it. Never more:
 * what lies beyond is in the hands of the live log.
 */
export function resolveRanges(bounds: readonly PartitionBounds[], committed: OffsetTable, named: NamedPart): ResolvedRanges {
  const ranges: ReplayRange[] = [];
  const cut: number[] = [];
  for (const { partition, start, end } of bounds) {
    if (!isNamed(partition, named)) continue;
    const finished = Math.min(committed.get(partition) ?? start, end);
    const wantedTo = offsetIn(named.toOffsets, partition) ?? named.toTime?.get(partition);
    if (wantedTo !== undefined && wantedTo > finished) cut.push(partition);
    const from = Math.max(start, offsetIn(named.fromOffsets, partition) ?? named.fromTime?.get(partition) ?? start);
    const to = Math.min(wantedTo ?? finished, finished);
    if (from < to) ranges.push({ partition, from: toOffset(from), to: toOffset(to) });
  }
  return { ranges, cut };
}

/** Partitions that are named and that the topic does not have. */
export function unknownPartitions(bounds: readonly PartitionBounds[], named: NamedPart): number[] {
  const known = new Set(bounds.map(({ partition }) => partition));
  return [...namedPartitions(named)].filter((partition) => !known.has(partition));
}

function isNamed(partition: number, named: NamedPart): boolean {
  if (named.partitions !== undefined && !named.partitions.includes(partition)) return false;
  const positions = [...(named.fromOffsets ?? []), ...(named.toOffsets ?? [])];
  return positions.length === 0 || positions.some((position) => position.partition === partition);
}

function namedPartitions({ partitions = [], fromOffsets = [], toOffsets = [] }: NamedPart): Set<number> {
  return new Set([...partitions, ...[...fromOffsets, ...toOffsets].map(({ partition }) => partition)]);
}

function offsetIn(positions: readonly Position[] | undefined, partition: number): Offset | undefined {
  return positions?.find((position) => position.partition === partition)?.offset;
}
