/**
 * A record batch, as producers send it and brokers keep it [Kafka protocol, implementation notes: record batch]: the size of its header up to its count of
 * records, and where its parts stand, in bytes from its first one, which begins its offset.
 */
export const BATCH = {
  headerSize: 61,
  length: 8,
  /** Where what `length` counts begins. */
  lengthFrom: 12,
  leaderEpoch: 12,
  magic: 16,
  checksum: 17,
  /** Where what `checksum` covers begins. */
  covered: 21,
  attributes: 21,
  lastOffsetDelta: 23,
  firstTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  firstSequence: 53,
  count: 57,
} as const;

/** The format's number, of every batch since Kafka 0.11. */
export const MAGIC = 2;
