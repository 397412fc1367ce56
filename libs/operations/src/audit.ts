import { randomUUID } from 'node:crypto';
import { encodeAuditRecord, type AuditedAction, type AuditRecord } from '#event-log';
import type { LogAccess } from './log-access.ts';
import { REPLAYS_PARTITION } from './replay/replays-partition.ts';

/** Who does something, and by which of our programs. */
export type Actor = Pick<AuditRecord, 'by' | 'via'>;

/** What the action is about, where it is about something. */
export type AuditedObject = Omit<AuditRecord, 'action' | 'at' | keyof Actor>;

/**
 * Records what somebody is about to do. Called before it takes effect, so that nothing is done that is not recorded; what fails afterwards
 * is recorded as well.
 *
 * @returns when, ISO 8601. @throws if the log does not take the record: then it must not be done
 */
export async function recordAction(
  { writer, topics }: Pick<LogAccess, 'writer' | 'topics'>,
  { by, via }: Actor,
  action: AuditedAction,
  about: AuditedObject = {},
): Promise<string> {
  const at = new Date().toISOString();
  await writer.append(topics.replays, encodeAuditRecord({ action, at, by, via, ...about }, randomUUID()), REPLAYS_PARTITION);
  return at;
}
