import { KnownRecords, LogComparison, MAX_LEAD, type LogBounds, type LogBreaks } from '#delivery';
import { readOutcomes, witnessOf } from '#event-log';
import { toOffset } from '#segment';
import type { LogAccess } from '../log-access.ts';

/** Reads the outcomes of the present log. */
export async function readKnownRecords({ topics, by }: LogAccess, partition: number, breaks: LogBreaks): Promise<KnownRecords> {
  const known = new KnownRecords(breaks);
  await readOutcomes(by, { topics, partition, beyondEnd: MAX_LEAD }, toOffset(0), (outcome) => known.take(outcome));
  return known;
}

/** Reads the log as far as it is the one that its outcomes are about. */
export async function compareLog(
  { topics, reader }: LogAccess,
  partition: number,
  bounds: LogBounds,
  known: KnownRecords,
): Promise<LogComparison> {
  const comparison = new LogComparison(bounds, known);
  for (let next = bounds.start; next < bounds.end && comparison.broken === undefined;) {
    const batch = await reader.fetch(topics.events, partition, next);
    batch.records.every((record) => comparison.take(witnessOf(record)));
    next = batch.nextOffset;
  }
  return comparison;
}
