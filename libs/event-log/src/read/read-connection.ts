import type { Offset } from '#segment';
import type { RawRecord } from '../records/raw-record.ts';

/** A partition and where to read on. */
export interface FetchPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: Offset;
}

/** What one fetch brought from one partition. */
export interface FetchedBatch {
  /** From the asked offset on; may be empty although `nextOffset` has moved (compacted records, control records). */
  readonly records: readonly RawRecord[];
  /** Where the next fetch goes on. */
  readonly nextOffset: Offset;
  /** The end of what can be read (of events: without what stands behind an open transaction) when the broker answered: with `nextOffset` at it, everything was read. */
  readonly highWatermark: Offset;
  readonly logStartOffset: Offset;
  /** `performance.now()` before the request left: what the answer says was true at this time or later. */
  readonly sentAt: number;
}

/** What a fetch of many partitions brought from one of them. */
export interface FetchedFrom {
  readonly topic: string;
  readonly partition: number;
  readonly batch: FetchedBatch;
}

/** A partition that could not be read, and why. The others of the same fetch say nothing about it. */
export interface FetchFailure {
  readonly topic: string;
  readonly partition: number;
  readonly failure: Error;
}

export interface FetchBounds {
  /** How long a broker waits for a record when there is none. */
  readonly maxWaitMs: number;
  /** Of one partition; a batch that is larger comes whole all the same. */
  readonly maxBytes: number;
}

/** Reads partitions by position. Each broker is asked one thing at a time; several may be asked side by side. No retries. */
export interface ReadConnection {
  /** Connects, so that whoever starts knows. */
  connect(): Promise<void>;
  /** Learns who leads the partitions of these topics, where it is not known. Rejects if no broker answers. */
  know(topics: readonly string[]): Promise<void>;
  /** Asks for the leaders anew, after a failure. Rejects if no broker answers. */
  refresh(): Promise<void>;
  /** Which broker leads a partition, by a name that means nothing else; undefined while nobody does, or nobody knows. */
  leaderOf(topic: string, partition: number): string | undefined;
  /** Why there is none: nobody leads it, or we may not know. */
  withoutLeader(topic: string, partition: number): Error;
  /**
   * One fetch from the leader of all these partitions. One that the answer does not mention was left out for a quota. Rejects where there was no answer: that
   * is about all of them.
   */
  fetch(
    leader: string,
    positions: readonly FetchPosition[],
    bounds: FetchBounds,
  ): Promise<readonly (FetchedFrom | FetchFailure)[]>;
  /** The first offset that is still there, or the one that the next record will get. @throws UnknownPartition */
  listOffset(topic: string, partition: number, which: 'start' | 'end'): Promise<Offset>;
  close(): Promise<void>;
}
