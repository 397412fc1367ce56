import type { SourceControl } from '#delivery';
import { encodeSourceControl } from '#event-log';
import { recordAction, type Actor } from './audit.ts';
import type { LogAccess } from './log-access.ts';
import { OperationError } from './operation-error.ts';
import { REPLAYS_PARTITION } from './replay/replays-partition.ts';

/** What an operator may ask about a source. */
export type ControlVerb = 'stop' | 'resume' | 'probe';

const MAX_NOTE_LENGTH = 200;

/**
 * Writes an operator's word on a source; the forwarders follow it within about a second, and those that start later find it.
 *
 * @param note why it is stopped, for colleagues; nothing personal, since it is kept and shown.
 * @throws OperationError if the note is too long
 */
export async function controlSource(log: LogAccess, actor: Actor, verb: ControlVerb, note?: string): Promise<SourceControl> {
  if (note !== undefined && note.length > MAX_NOTE_LENGTH)
    throw new OperationError(`the note has ${note.length} characters: give ${MAX_NOTE_LENGTH} at most`);
  const why = verb === 'stop' && note !== undefined && note !== '' ? { note } : {};
  const at = await recordAction(log, actor, verb, why);
  const control = controlOf(verb, { at, by: actor.by }, why);
  await log.writer.append(log.topics.replays, encodeSourceControl(control), REPLAYS_PARTITION);
  return control;
}

function controlOf(
  verb: ControlVerb,
  said: { readonly at: string; readonly by: string },
  why: { readonly note?: string },
): SourceControl {
  switch (verb) {
    case 'probe':
      return { kind: 'probe', ...said };
    case 'resume':
      return { kind: 'delivery', wanted: 'running', ...said };
    case 'stop':
      return { kind: 'delivery', wanted: 'stopped', ...said, ...why };
  }
}
