import type { HashedSubject, Position } from '#segment';
import { deletionIdOf, toOffset } from '#segment';
import type { DeletionBefore } from '../api/index.ts';
import type { ConsoleSource } from '../console-source.ts';
import type { LogView } from './log-view.ts';

/** Records of the user among which the deletion is looked for. */
const LOOKED_AT = 500;

/** The first deletion of a user after a position: what overtook the event there. Undefined if the index no longer knows it. */
export async function deletionAfter(
  source: ConsoleSource,
  view: LogView,
  subject: HashedSubject,
  { partition, offset }: Position,
): Promise<DeletionBefore | undefined> {
  const later = source.index.ofSubject(subject, LOOKED_AT).filter((one) => one.partition === partition && one.offset > offset);
  const outcomes = await view.outcomesOf(later);
  const ended = [...outcomes.values()].filter((outcome) => outcome.type === 'delete' && outcome.subject === subject);
  const open = source.index.deletions.deletions.filter(
    (deletion) => deletion.subject === subject && deletion.position.partition === partition && deletion.position.offset > offset,
  );
  const offsets = [...ended, ...open].map(({ position }) => position.offset);
  if (offsets.length === 0) return undefined;
  const position = { partition, offset: toOffset(Math.min(...offsets)) };
  const known = source.index.deletions.at(position);
  const outcome = ended.find((one) => one.position.offset === position.offset);
  const accepted = outcome && outcome.latencyMs > 0 ? Date.parse(outcome.at) - outcome.latencyMs : undefined;
  return {
    deletionId: deletionIdOf({ source: source.id, position }),
    position,
    requestedAt: known?.requestedAt ?? (accepted === undefined ? null : new Date(accepted).toISOString()),
  };
}
