/** A record as it stands in a partition, whoever wrote it: nothing of it is decoded. */
export interface RawRecord {
  /** In decimal. */
  readonly offset: string;
  readonly key: Buffer | null;
  /** null is a tombstone. */
  readonly value: Buffer | null;
  /** Milliseconds since the epoch, in decimal. */
  readonly timestamp: string;
  /** The term of the leader that appended it; absent where Kafka does not say. */
  readonly leaderEpoch?: number;
  /** A name that stands there more than once has an array. */
  readonly headers?: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>;
}
