import { OffsetOutOfRangeError, type PartitionReader, type RawRecord } from '#event-log';
import { toOffset, type Offset } from '#segment';

/**
 * The records of a partition at these offsets, as far as the log still holds them. Neighbours come in one fetch.
 *
 * @throws LogUnavailableError if Kafka does not answer
 */
export async function readRecords(
  reader: PartitionReader,
  topic: string,
  partition: number,
  offsets: readonly Offset[],
): Promise<Map<Offset, RawRecord>> {
  const wanted = [...new Set(offsets)].sort((a, b) => a - b);
  const found = new Map<Offset, RawRecord>();
  let from = 0;
  while (from < wanted.length) {
    const offset = wanted[from] ?? toOffset(0);
    const { records, nextOffset } = await fetchAt(reader, topic, partition, offset);
    for (const record of records) {
      const at = toOffset(record.offset);
      if (wanted.includes(at)) found.set(at, record);
    }
    // Whatever lies below and was not there is gone; one step at least, or a gap would be asked for for ever.
    from++;
    while (from < wanted.length && (wanted[from] ?? 0) < nextOffset) from++;
  }
  return found;
}

async function fetchAt(
  reader: PartitionReader,
  topic: string,
  partition: number,
  offset: Offset,
): Promise<{ readonly records: readonly RawRecord[]; readonly nextOffset: Offset }> {
  try {
    return await reader.fetch(topic, partition, offset);
  } catch (error) {
    if (!(error instanceof OffsetOutOfRangeError)) throw error;
    return { records: [], nextOffset: error.offset < error.start ? error.start : toOffset(Number.MAX_SAFE_INTEGER) };
  }
}
