import { nextOffset } from '#segment';
import type { PartitionState } from '../state/partition-state.ts';
import { placeOf, type LogBounds, type LogPlace, type Witness } from './log-place.ts';

/**
 * Where a restored state stands in the log.
 *
 * @param standing what stands at the offset of the state's witness now
 * @param hasBegun whether the group has committed anything here; else what the outcomes say is the beginning
 */
export function placeOfState(
  { frontier, witness }: PartitionState,
  bounds: LogBounds,
  standing: Witness | undefined,
  hasBegun: boolean,
): LogPlace {
  const isUnsaid = !hasBegun && witness !== undefined && witness.offset < frontier.committable;
  const next = isUnsaid ? nextOffset(witness.offset) : frontier.committable;
  const missing = isUnsaid ? Math.max(0, bounds.start - next) : frontier.unfinishedBelow(bounds.start);
  return placeOf({ bounds, next, missing, witness, standing });
}
