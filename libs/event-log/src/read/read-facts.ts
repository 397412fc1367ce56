import type { DeletionNotice, Millis, Outcome } from '#delivery';
import { toOffset, type Offset } from '#segment';
import type { TopicPartition } from '../group/topic-partition.ts';
import { decodeDeletionNotice } from '../records/deletion-records.ts';
import type { LogSink } from '../log-sink.ts';
import { decodeOutcome } from '../records/outcome-records.ts';
import type { PartitionReader } from './partition-reader.ts';
import type { RawRecord } from '../records/raw-record.ts';
import { isUndecodable, type Undecodable } from '../records/record-headers.ts';

export interface FactReader {
  readonly reader: PartitionReader;
  readonly log: LogSink;
  readonly signal?: AbortSignal;
}

/** Where reading has come to, and how many facts there were. */
export interface FactsRead {
  readonly next: Offset;
  readonly count: number;
}

/** Reads an outcomes partition from `from` to the end that it has when the reading begins; `take` is told when each was appended, too. */
export function readOutcomes(
  by: FactReader,
  place: TopicPartition,
  from: Offset,
  take: (outcome: Outcome, appendedAt: Millis) => void,
): Promise<FactsRead> {
  return readToEnd(by, place, from, decodeOutcome, take);
}

/** Reads a deletions partition likewise. */
export function readDeletions(
  by: FactReader,
  place: TopicPartition,
  from: Offset,
  take: (notice: DeletionNotice, appendedAt: Millis) => void,
): Promise<FactsRead> {
  return readToEnd(by, place, from, decodeDeletionNotice, take);
}

async function readToEnd<Fact extends object>(
  { reader, log, signal }: FactReader,
  { topic, partition }: TopicPartition,
  from: Offset,
  decode: (message: RawRecord) => Fact | Undecodable,
  take: (fact: Fact, appendedAt: Millis) => void,
): Promise<FactsRead> {
  const end = await reader.endOffset(topic, partition);
  let next = from < end ? toOffset(Math.max(from, await reader.startOffset(topic, partition))) : from;
  let count = 0;
  while (next < end) {
    signal?.throwIfAborted();
    const batch = await reader.fetch(topic, partition, next, signal);
    for (const message of batch.records) {
      const fact = decode(message);
      if (isUndecodable(fact)) log.warn('record_undecodable', { topic, partition, reason: fact.reason });
      else take(fact, Number(message.timestamp));
    }
    count += batch.records.length;
    next = batch.nextOffset;
  }
  return { next, count };
}
