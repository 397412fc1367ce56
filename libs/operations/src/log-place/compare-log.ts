import { MAX_LEAD, type LogBounds, type LogBreaks, type Outcome } from '#delivery';
import { readOutcomes, witnessOf } from '#event-log';
import { nextOffset, toOffset, type Offset } from '#segment';
import type { LogAccess } from '../log-access.ts';

/** What the outcomes of a partition say of the records of its log, as it is now. */
export interface KnownRecords {
  /** The message of each offset that has an outcome. */
  readonly messageIds: ReadonlyMap<Offset, string>;
  /** Tombstones that Extole has taken. */
  readonly erased: ReadonlySet<Offset>;
  /** The first offset behind the one furthest ahead. */
  readonly next: Offset;
}

/** Reads the outcomes of the present log. */
export async function readKnownRecords({ topics, by }: LogAccess, partition: number, breaks: LogBreaks): Promise<KnownRecords> {
  const messageIds = new Map<Offset, string>();
  const erased = new Set<Offset>();
  let next = toOffset(0);
  const take = ({ position: { offset }, log = 0, messageId, type, outcome }: Outcome): void => {
    if (offset >= breaks.endOf(log)) return;
    messageIds.set(offset, messageId);
    if (type === 'delete' && outcome === 'delivered') erased.add(offset);
    if (offset >= next) next = nextOffset(offset);
  };
  await readOutcomes(by, { topics, partition, beyondEnd: MAX_LEAD }, toOffset(0), take);
  return { messageIds, erased, next };
}

/**
 * Compares the whole log with its outcomes.
 *
 * One by one from the beginning and not by bisection: behind a break a record may be the same by chance, where a sender has repeated itself.
 *
 * @returns `broken`: the first offset at which another record stands, undefined if there is none. `agreed`: the first offset behind the last one before it
 *   that was the same.
 */
export async function compareLog(
  { topics, reader }: LogAccess,
  partition: number,
  { start, end }: LogBounds,
  { messageIds }: KnownRecords,
): Promise<{ readonly agreed: Offset; readonly broken: Offset | undefined }> {
  let agreed = start;
  let next = start;
  while (next < end) {
    const batch = await reader.fetch(topics.events, partition, next);
    for (const record of batch.records) {
      const { offset, messageId } = witnessOf(record);
      const known = messageIds.get(offset);
      if (known === undefined || known === '' || messageId === '') continue;
      if (known !== messageId) return { agreed, broken: offset };
      agreed = nextOffset(offset);
    }
    next = batch.nextOffset;
  }
  return { agreed, broken: undefined };
}
