import type { DeletionNotice, Millis, Outcome } from '#delivery';
import { toOffset, type Offset } from '#segment';
import type { TopicPartition } from '../group/topic-partition.ts';
import { decodeDeletionNotice } from '../records/deletion-records.ts';
import { decodeOutcome } from '../records/outcome-records.ts';
import type { RawRecord } from '../records/raw-record.ts';
import { isUndecodable, undecodable, type Undecodable } from '../records/record-headers.ts';
import type { SourceTopics } from '../topics/topic-names.ts';
import type { PartitionReader } from './partition-reader.ts';
import type { UndecodableRecords } from './undecodable-records.ts';

export interface FactReader {
  readonly reader: PartitionReader;
  readonly undecodable: UndecodableRecords;
  readonly signal?: AbortSignal;
}

/** Where reading has come to, and how many facts there were. */
export interface FactsRead {
  readonly next: Offset;
  readonly count: number;
}

/** Where the outcomes of one partition stand, and the events that they are about. */
export interface OutcomesPlace {
  readonly topics: Pick<SourceTopics, 'events' | 'outcomes'>;
  readonly partition: number;
  /** How far beyond the end of the events an outcome may be about one that was there: for who asks whether the log has become shorter. Default 0. */
  readonly beyondEnd?: number;
}

/**
 * Reads an outcomes partition from `from` to the end that it has when the reading begins; `take` is told when each was appended, too.
 *
 * An outcome that is about no event of the partition is left out: its position is another partition's, or lies beyond the end of the events.
 */
export async function readOutcomes(
  by: FactReader,
  { topics, partition, beyondEnd = 0 }: OutcomesPlace,
  from: Offset,
  take: (outcome: Outcome, appendedAt: Millis) => void,
): Promise<FactsRead> {
  const place = { topic: topics.outcomes, partition };
  const end = await by.reader.endOffset(place.topic, partition);
  // Asked after the other: whatever an outcome below that end is about was in the log by then.
  const eventsEnd = from < end ? await by.reader.endOffset(topics.events, partition) : 0;
  const decode = (message: RawRecord): Outcome | Undecodable => {
    const outcome = decodeOutcomeOf(partition, message);
    if (isUndecodable(outcome)) return outcome;
    return outcome.position.offset < eventsEnd + beyondEnd
      ? outcome
      : undecodable(message, 'its position lies beyond the end of the events');
  };
  return readTo(end, by, place, from, decode, take);
}

/** Reads a deletions partition likewise. */
export async function readDeletions(
  by: FactReader,
  place: TopicPartition,
  from: Offset,
  take: (notice: DeletionNotice, appendedAt: Millis, place: Offset) => void,
): Promise<FactsRead> {
  const decode = (message: RawRecord) => decodeNoticeOf(place.partition, message);
  return readTo(await by.reader.endOffset(place.topic, place.partition), by, place, from, decode, take);
}

/** A record of one partition of `extole.outcomes.<source>`, which tells of that partition's events only. Never throws. */
export function decodeOutcomeOf(partition: number, message: RawRecord): Outcome | Undecodable {
  const outcome = decodeOutcome(message);
  if (isUndecodable(outcome) || outcome.position.partition === partition) return outcome;
  return undecodable(message, 'its position is of another partition');
}

/** A record of one partition of `segment.deletions.<source>`, which tells of that partition's tombstones only. Never throws. */
export function decodeNoticeOf(partition: number, message: RawRecord): DeletionNotice | Undecodable {
  const notice = decodeDeletionNotice(message);
  if (isUndecodable(notice) || notice.partition === partition) return notice;
  return undecodable(message, 'its position is of another partition');
}

async function readTo<Fact extends object>(
  end: Offset,
  { reader, undecodable: foreign, signal }: FactReader,
  { topic, partition }: TopicPartition,
  from: Offset,
  decode: (message: RawRecord) => Fact | Undecodable,
  take: (fact: Fact, appendedAt: Millis, place: Offset) => void,
): Promise<FactsRead> {
  let next = from < end ? toOffset(Math.max(from, await reader.startOffset(topic, partition))) : from;
  let count = 0;
  while (next < end) {
    signal?.throwIfAborted();
    const batch = await reader.fetch(topic, partition, next, signal);
    for (const message of batch.records) {
      const fact = decode(message);
      if (isUndecodable(fact)) foreign.met({ topic, partition }, fact);
      else take(fact, Number(message.timestamp), toOffset(message.offset));
    }
    count += batch.records.length;
    next = batch.nextOffset;
  }
  return { next, count };
}
