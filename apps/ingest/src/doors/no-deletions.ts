import type { ParsedMessage } from '#segment';
import { Refusal } from '../http/refusal.ts';
import type { EventMessage } from '../intake/intake.service.ts';

/** A message at a door whose keys may not delete: `mayDelete` is false there, so that a deletion is never parsed. */
export function asEvent(message: ParsedMessage): EventMessage {
  return message.kind === 'deletion' ? { kind: 'rejected', reason: 'deletion_not_allowed' } : message;
}

/**
 * A deletion must not vanish behind a 200: its sender would believe that somebody is erased. Asked once the rest of the request is in
 * the log, because no sender repeats it after `status`.
 *
 * @throws Refusal with `status` if one of `messages` was a deletion
 */
export function refuseDeletions(messages: readonly EventMessage[], status: 400 | 501): void {
  const hasDeletion = messages.some((message) => message.kind === 'rejected' && message.reason === 'deletion_not_allowed');
  if (hasDeletion) throw new Refusal(status, 'deletions are not taken here: send them to /v1/delete with a deletion key');
}
