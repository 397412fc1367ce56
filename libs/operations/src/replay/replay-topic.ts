import type { ReplayRequest, ReplayState } from '#delivery';
import { decodeReplayRecord, encodeReplayRequest, isUndecodable, type AuditedAction, type ReplayRecord } from '#event-log';
import type { Offset } from '#segment';
import { recordAction, type Actor } from '../audit.ts';
import type { LogAccess } from '../log-access.ts';
import { OperationError } from '../operation-error.ts';
import { REPLAYS_PARTITION } from './replays-partition.ts';
import { figuresOf, ReplayBook, type KnownReplay } from './replay-book.ts';

/** What is done about a replay. */
type ReplayAction = Extract<AuditedAction, 'replay' | 'redrive' | 'pause' | 'continue' | 'cancel'>;

const CHANGES = { running: 'continue', paused: 'pause', cancelled: 'cancel' } as const;

/**
 * Writes a replay's request, or its new state, in the name of whoever wants it; from then on its owners act on it.
 *
 * @returns the request as it was written
 */
export async function writeRequest(
  log: LogAccess,
  actor: Actor,
  action: ReplayAction,
  wanted: ReplayRequest,
): Promise<ReplayRequest> {
  const request = { ...wanted, by: actor.by };
  await recordAction(log, actor, action, { run: request.run });
  await log.writer.append(log.topics.replays, encodeReplayRequest(request), REPLAYS_PARTITION);
  return request;
}

/** Told of each record of the topic, in order. */
interface ReplayRecords {
  take(record: ReplayRecord): void;
}

/** What the topic says of replays up to the end that it has now. */
export async function readReplays(log: LogAccess): Promise<ReplayBook> {
  return readReplayRecords(log, new ReplayBook());
}

/** Tells `records` all that the topic says up to the end that it has now. */
export async function readReplayRecords<Records extends ReplayRecords>(log: LogAccess, records: Records): Promise<Records> {
  const { start, end } = await log.reader.bounds(log.topics.replays, REPLAYS_PARTITION);
  for (let next = start; next < end;) next = await readReplaysOn(log, next, records);
  return records;
}

/** Reads on from `from`, waiting a moment if there is nothing; returns where it goes on. */
export async function readReplaysOn(
  { reader, topics }: Pick<LogAccess, 'reader' | 'topics'>,
  from: Offset,
  records: ReplayRecords,
  signal?: AbortSignal,
): Promise<Offset> {
  const batch = await reader.fetch(topics.replays, REPLAYS_PARTITION, from, signal);
  for (const message of batch.records) {
    const record = decodeReplayRecord(message);
    if (!isUndecodable(record)) records.take(record);
  }
  return batch.nextOffset;
}

/** The one replay of that id. @throws OperationError if there is none */
export async function findReplay(log: LogAccess, run: string): Promise<KnownReplay> {
  const replay = (await readReplays(log)).replay(run);
  if (replay === undefined)
    throw new OperationError(`source ${log.source.id} has no replay ${run}: see bridge replay list --source ${log.source.id}`);
  return replay;
}

/**
 * Has the owners of the partitions do something else about a replay.
 *
 * @returns the replay as it is from now on. @throws OperationError if there is none, or it has ended
 */
export async function changeReplay(log: LogAccess, actor: Actor, run: string, state: ReplayState): Promise<KnownReplay> {
  const replay = await findReplay(log, run);
  const { state: present } = figuresOf(replay);
  // What is cancelled may be half done: a new replay says what is to become of the rest.
  if (present === 'done' || present === 'cancelled') throw new OperationError(`replay ${run} is ${present} already`);
  const request = await writeRequest(log, actor, CHANGES[state], { ...replay.request, state });
  return { request, progress: replay.progress };
}
