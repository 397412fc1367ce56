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
  /** The end of what can be read when the broker answered: with `nextOffset` at it, everything was read. */
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

export interface FetchBounds {
  /** How long a broker waits for a record when there is none. */
  readonly maxWaitMs: number;
  /** Of one partition; a batch that is larger comes whole all the same. */
  readonly maxBytes: number;
}

/** Reads partitions by position, one question at a time; no retries. A connection that has failed asks for leaders and brokers anew at its next question. */
export interface ReadConnection {
  /** Connects, so that whoever starts knows. */
  connect(): Promise<void>;
  /** One request to each leader. A broker that is held back by a quota may leave partitions unanswered. */
  fetch(positions: readonly FetchPosition[], bounds: FetchBounds): Promise<readonly FetchedFrom[]>;
  /** The first offset that is still there, or the one that the next record will get. @throws UnknownPartition */
  listOffset(topic: string, partition: number, which: 'start' | 'end'): Promise<Offset>;
  close(): Promise<void>;
}
