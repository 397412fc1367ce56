import type { DescribedMember } from '#event-log';
import type { ForwarderPartition } from '#operations';
import type { PartitionOverview } from '../api/index.ts';
import type { TopicFacts } from './cluster-facts.ts';

/** What one forwarder says about its partitions of a source. */
export interface SaidPartitions {
  readonly forwarder: string;
  readonly partitions: readonly ForwarderPartition[];
}

export interface PartitionFacts {
  readonly topic: string;
  readonly facts: TopicFacts;
  readonly members: readonly DescribedMember[];
  readonly said: readonly SaidPartitions[];
  /** How old the record at an offset is, in milliseconds; null if it is not known. */
  readonly ageOf: (partition: number, frontier: number, end: number) => number | null;
}

/** The partitions of a source, of what Kafka knows about them and what their owners say. */
export function partitionRows({ topic, facts, members, said, ageOf }: PartitionFacts): PartitionOverview[] {
  return facts.bounds.map(({ partition, start, end }) => {
    const owner = members.find(({ partitions }) => partitions.some((own) => own.topic === topic && own.partition === partition));
    const own = said.flatMap(({ forwarder, partitions }) =>
      partitions.filter((row) => row.partition === partition).map((row) => ({ forwarder, row })),
    );
    // While a partition changes hands two may speak of it: the one that Kafka names is right.
    const { row, forwarder } = own.find((one) => one.forwarder === owner?.name) ?? own[0] ?? {};
    // The owner knows more than it has committed, and Kafka knows more than an owner that does not answer.
    const frontier = Math.min(end, Math.max(start, facts.committed.get(partition) ?? 0, row?.frontier ?? 0));
    return {
      partition,
      owner: owner?.name ?? forwarder ?? null,
      phase: row?.phase ?? null,
      end,
      frontier,
      lag: end - frontier,
      lead: row?.lead ?? 0,
      heldBytes: row?.heldBytes ?? 0,
      inFlight: row?.inFlight ?? 0,
      waiting: row?.waiting ?? 0,
      lanes: row?.lanes ?? 0,
      paused: row?.paused ?? false,
      knowsItsDeletions: row?.knowsItsDeletions ?? false,
      oldestUndeliveredMs: ageOf(partition, frontier, end),
    };
  });
}

/** The oldest of all; null if one of them has an age that is not known. */
export function oldestOf(rows: readonly PartitionOverview[]): number | null {
  let oldest = 0;
  for (const { oldestUndeliveredMs } of rows) {
    if (oldestUndeliveredMs === null) return null;
    oldest = Math.max(oldest, oldestUndeliveredMs);
  }
  return oldest;
}
