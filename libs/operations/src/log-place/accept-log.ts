import { LogBreaks, type DeletionNotice, type KnownRecords, type LogAcceptance } from '#delivery';
import {
  decodeLogRecord,
  encodeDeletionNotice,
  encodeLogAcceptance,
  groupCommits,
  isUndecodable,
  readDeletions,
  type ReplayRecord,
} from '#event-log';
import { deletionIdOf, toOffset, type Offset } from '#segment';
import { recordAction, type Actor } from '../audit.ts';
import type { LogAccess } from '../log-access.ts';
import { OperationError } from '../operation-error.ts';
import { readReplayRecords } from '../replay/replay-topic.ts';
import { REPLAYS_PARTITION } from '../replay/replays-partition.ts';
import { compareLog, readKnownRecords } from './compare-log.ts';

/** What an operator accepts of the log of a partition. */
export interface AcceptedLog {
  readonly partition: number;
  /** It is another log from here on: what was said of the offsets from here on is not about its records. */
  readonly anotherFrom?: Offset;
  /** Records that are gone: from here up to, not including, there; so many of them without an outcome. */
  readonly lost?: { readonly from: Offset; readonly to: Offset; readonly missing: number };
  /** Deletions whose tombstones are gone and that Extole has not taken: they have to be asked for again. */
  readonly lostDeletions: readonly string[];
}

/**
 * Finds out what has become of a partition's log, and has its owners go on with it as it is: every record that stands there and was not delivered is (docs/adr/0017).
 *
 * @param actor who accepts it; undefined: nobody does, it is only found out
 * @throws OperationError if the log is the one that is known, or there is no such partition
 */
export async function acceptLog(log: LogAccess, partition: number, actor: Actor | undefined): Promise<AcceptedLog> {
  const { kafka, reader, settings, topics, source } = log;
  if (partition >= settings.topics.partitions)
    throw new OperationError(
      `source ${source.id} has no partition ${partition}: there are ${settings.topics.partitions}, from 0 on`,
    );
  const before = await lastAcceptance(log, partition);
  const breaks = new LogBreaks(before?.breaks ?? []);
  const bounds = await reader.bounds(topics.events, partition);
  const commit = (await groupCommits(kafka, settings.groupId, topics.events)).get(partition);
  const committed = breaks.committedHere(commit);
  const known = await readKnownRecords(log, partition, breaks);
  const compared = await compareLog(log, partition, bounds, known);
  const { agreed } = compared;
  const isAnother = compared.isAnother(committed);
  const lost = compared.lost(committed);
  if (!isAnother && lost === undefined)
    throw new OperationError(
      `partition ${partition} of source ${source.id} is the log that its outcomes speak of, and nothing that is not done is gone: there is nothing to accept`,
    );
  const deletions = isAnother ? await sortDeletions(log, partition, agreed, breaks, known) : NO_DELETIONS;
  if (actor !== undefined) {
    const at = await recordAction(log, actor, 'accept-log', { partition });
    for (const notice of deletions.present) await log.writer.append(topics.deletions, encodeDeletionNotice(notice), partition);
    const { all } = isAnother ? breaks.with(agreed, deletions.end) : breaks;
    const acceptance: LogAcceptance = {
      partition,
      breaks: all,
      ...(lost !== undefined && { lost: { from: lost.from, to: lost.to } }),
      at,
      by: actor.by,
    };
    await log.writer.append(topics.replays, encodeLogAcceptance(acceptance), REPLAYS_PARTITION);
  }
  return {
    partition,
    ...(isAnother && { anotherFrom: agreed }),
    ...(lost !== undefined && { lost }),
    lostDeletions: deletions.lost,
  };
}

async function lastAcceptance(log: LogAccess, partition: number): Promise<LogAcceptance | undefined> {
  let last: LogAcceptance | undefined;
  const take = (record: ReplayRecord): void => {
    if (record.type === 'log' && record.acceptance.partition === partition) last = record.acceptance;
  };
  await readReplayRecords(log, { take });
  return last;
}

interface SortedDeletions {
  /** The end of the deletions partition when they were sorted. */
  readonly end: Offset;
  /** Of tombstones that stand in the log behind the break: announced again, so that they stand behind what speaks of the log before. */
  readonly present: readonly DeletionNotice[];
  readonly lost: readonly string[];
}

const NO_DELETIONS: SortedDeletions = { end: toOffset(0), present: [], lost: [] };

/** Tells the deletions of the log behind the break from those of the log before it. */
async function sortDeletions(
  log: LogAccess,
  partition: number,
  from: Offset,
  breaks: LogBreaks,
  { erased }: KnownRecords,
): Promise<SortedDeletions> {
  const { reader, topics, source, by, hasher } = log;
  const notices = new Map<string, DeletionNotice>();
  const end = await reader.endOffset(topics.deletions, partition);
  await readDeletions(by, { topic: topics.deletions, partition }, toOffset(0), (notice, _, place) => {
    if (breaks.noticeHere(notice, place).offset >= from && notice.offset >= from)
      notices.set(`${notice.subject} ${notice.offset}`, notice);
  });
  // Asked after the notices: a tombstone stands before its notice does.
  const eventsEnd = await reader.endOffset(topics.events, partition);
  const present: DeletionNotice[] = [];
  const lost: string[] = [];
  for (const notice of notices.values()) {
    if (await stands(notice)) present.push(notice);
    else if (!erased.has(notice.offset)) lost.push(deletionIdOf({ source: source.id, position: notice }));
  }
  return { end, present, lost };

  async function stands({ subject, offset }: DeletionNotice): Promise<boolean> {
    if (offset >= eventsEnd) return false;
    const [record] = (await reader.fetch(topics.events, partition, offset)).records;
    const decoded = record && decodeLogRecord(record);
    if (decoded === undefined || isUndecodable(decoded)) return false;
    return decoded.offset === offset && decoded.type === 'delete' && hasher.subject(decoded.subject) === subject;
  }
}
