import type { Offset, SubjectKey } from '#segment';

/** What was read of an events partition in one go. */
export interface ReadRecords {
  /** The offset that was asked for. */
  readonly from: Offset;
  /** Ascending. */
  readonly records: readonly LogRecord[];
  /** The first offset behind all that was read. What stands in between beside the records is no consumer's: the ends of transactions, and what they took back. */
  readonly next: Offset;
}

/** A record of `segment.events.<source>`, decoded no further than its key and headers: the value is parsed when its turn comes. */
export interface LogRecord {
  readonly offset: Offset;
  readonly subject: SubjectKey;
  /** From the header `type`; `delete` is a tombstone. */
  readonly type: 'identify' | 'track' | 'delete';
  /** The event's JSON, UTF-8; null for a tombstone. */
  readonly value: Buffer | null;
  readonly messageId: string;
  /** ISO 8601, from the header `receivedAt`. */
  readonly receivedAt: string;
  /** W3C trace context of the request that brought it. */
  readonly traceparent?: string;
}
