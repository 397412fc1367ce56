import type { LogRecord, Outcome } from '#delivery';
import { decodeLogRecord, decodeOutcomeOf, isUndecodable, standInFor, type RawRecord } from '#event-log';
import { toOffset, type HashedSubject, type Offset, type Position } from '#segment';
import type { ConsoleSource } from '../console-source.ts';
import { readRecords } from './read-records.ts';

/** Reads what stands at positions of a source's topics: many at once, each partition's in as few fetches as they lie together. */
export class LogView {
  constructor(private readonly source: ConsoleSource) {}

  /** The last outcomes of these records, by {@link keyOf}. */
  async outcomesOf(positions: readonly Position[]): Promise<Map<string, Outcome>> {
    const { index, log, records } = this.source;
    const places = positions.flatMap((position) => {
      const place = index.outcomeOf(position);
      return place === undefined ? [] : [{ partition: position.partition, offset: place.at }];
    });
    const found = new Map<string, Outcome>();
    await eachPartition(places, async (partition, offsets) => {
      for (const message of (await readRecords(records, log.topics.outcomes, partition, offsets)).values()) {
        const outcome = decodeOutcomeOf(partition, message);
        if (!isUndecodable(outcome)) found.set(keyOf(outcome.position), outcome);
      }
    });
    return found;
  }

  /** These records of the events topic, as far as it still holds them. */
  async eventsAt(positions: readonly Position[]): Promise<Map<string, LogRecord>> {
    const { log, records } = this.source;
    const found = new Map<string, LogRecord>();
    await eachPartition(positions, async (partition, offsets) => {
      for (const [offset, message] of await readRecords(records, log.topics.events, partition, offsets))
        found.set(keyOf({ partition, offset }), recordOf(message));
    });
    return found;
  }

  /**
   * Records of a part of an events partition for which `match` holds.
   *
   * @param maxRecords where the search ends at the latest; `isComplete` is false then
   */
  async search(
    partition: number,
    from: Offset,
    to: Offset,
    maxRecords: number,
    match: (record: LogRecord) => boolean,
  ): Promise<{ readonly positions: Position[]; readonly isComplete: boolean }> {
    const { log } = this.source;
    const positions: Position[] = [];
    let [next, seen] = [from, 0];
    while (next < to && seen < maxRecords) {
      const batch = await log.reader.fetch(log.topics.events, partition, next);
      for (const message of batch.records) {
        const record = recordOf(message);
        if (match(record)) positions.push({ partition, offset: record.offset });
      }
      seen += batch.records.length;
      if (batch.nextOffset <= next) break;
      next = batch.nextOffset;
    }
    return { positions, isComplete: next >= to };
  }

  /** The user of a record, as outcomes name them. */
  subjectOf(record: LogRecord): HashedSubject {
    return this.source.log.hasher.subject(record.subject);
  }
}

export function keyOf({ partition, offset }: Position): string {
  return `${partition}:${offset}`;
}

function recordOf(message: RawRecord): LogRecord {
  const record = decodeLogRecord(message);
  return isUndecodable(record) ? standInFor(message) : record;
}

async function eachPartition(
  positions: readonly Position[],
  read: (partition: number, offsets: readonly Offset[]) => Promise<void>,
): Promise<void> {
  const offsets = new Map<number, Offset[]>();
  for (const { partition, offset } of positions) offsets.set(partition, [...(offsets.get(partition) ?? []), toOffset(offset)]);
  await Promise.all([...offsets].map(([partition, own]) => read(partition, own)));
}
