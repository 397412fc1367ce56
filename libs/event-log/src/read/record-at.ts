import type { Witness } from '#delivery';
import { toOffset, type Offset } from '#segment';
import type { TopicPartition } from '../group/topic-partition.ts';
import { decodeLogRecord } from '../records/event-records.ts';
import type { RawRecord } from '../records/raw-record.ts';
import { isUndecodable } from '../records/record-headers.ts';
import type { PartitionReader } from './partition-reader.ts';

/** A record of an events partition as what its log can be known by. */
export function witnessOf(record: RawRecord): Witness {
  const decoded = decodeLogRecord(record);
  return { offset: toOffset(record.offset), messageId: isUndecodable(decoded) ? '' : decoded.messageId };
}

/** What stands at `offset` of an events partition, or behind it; undefined if nothing does. @throws OffsetOutOfRangeError */
export async function recordAt(
  reader: PartitionReader,
  { topic, partition }: TopicPartition,
  offset: Offset,
  signal?: AbortSignal,
): Promise<Witness | undefined> {
  const [record] = (await reader.fetch(topic, partition, offset, signal)).records;
  return record && witnessOf(record);
}
