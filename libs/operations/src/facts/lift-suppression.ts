import type { DeletionNotice } from '#delivery';
import { encodeDeletionNotice, partitionFor, readDeletions, topicBounds } from '#event-log';
import { toOffset, type Offset, type SubjectKey } from '#segment';
import { recordAction, type Actor } from '../audit.ts';
import type { LogAccess } from '../log-access.ts';
import { OperationError } from '../operation-error.ts';

/**
 * Ends the suppression of a deleted user: events that come in from now on are delivered again.
 *
 * @returns from which offset of which partition on.
 * @throws OperationError if the source does not suppress, or the user has no deletion.
 */
export async function liftSuppression(
  log: LogAccess,
  actor: Actor,
  user: SubjectKey,
): Promise<{ readonly partition: number; readonly liftedFrom: Offset }> {
  const { source, topics, hasher, kafka, reader, writer, by } = log;
  if (source.afterDeletion !== 'suppress')
    throw new OperationError(`source ${source.id} does not suppress deleted users: there is nothing to lift`);
  const partition = partitionFor(user, (await topicBounds(kafka, topics.events)).length);
  const notice = await latestNotice();
  if (notice === undefined) throw new OperationError(`source ${source.id} holds no deletion of that user`);
  await recordAction(log, actor, 'lift', { partition, subject: notice.subject });
  const liftedFrom = await reader.endOffset(topics.events, partition);
  await writer.append(topics.deletions, encodeDeletionNotice({ ...notice, liftedFrom, liftedBy: actor.by }), partition);
  return { partition, liftedFrom };

  async function latestNotice(): Promise<DeletionNotice | undefined> {
    const subject = hasher.subject(user);
    let latest: DeletionNotice | undefined;
    await readDeletions(by, { topic: topics.deletions, partition }, toOffset(0), (found) => {
      if (found.subject === subject && found.offset >= (latest?.offset ?? 0)) latest = found;
    });
    return latest;
  }
}
