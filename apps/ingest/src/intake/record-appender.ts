import type { EncodedRecord } from '#event-log';
import type { Position } from '#segment';

/** The part of the log's writer that the doors need. */
export interface RecordAppender {
  /**
   * Resolves with the record's place once all in-sync replicas have it.
   *
   * @throws LogUnavailableError if that does not come about in time; whether the record was written is unknown then.
   */
  append(topic: string, record: EncodedRecord, partition?: number): Promise<Position>;
}
