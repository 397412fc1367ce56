import type { ReplayRequest } from '#delivery';
import type { LogAccess } from '../log-access.ts';
import { newRequest } from '../replay/replay-wish.ts';
import { scanOutcomes } from '../scan-outcomes.ts';
import { DeadLetterIndex, type DeadLetterFilter } from './dead-letter-index.ts';

/** The dead letters of a source that match, out of all of its outcomes. */
export async function findDeadLetters(log: LogAccess, filter: DeadLetterFilter): Promise<DeadLetterIndex> {
  const index = new DeadLetterIndex(log.source.id, filter);
  await scanOutcomes(log, (outcome) => index.add(outcome));
  return index;
}

/** The replay that has them sent again. */
export function redriveRequest(
  { ranges }: DeadLetterIndex,
  filter: DeadLetterFilter,
  options: { readonly rate?: number },
): ReplayRequest {
  const { since, ...restricting } = filter;
  return newRequest(
    ranges,
    { outcome: 'dead-lettered', ...restricting, ...(since !== undefined && { endedSince: since }) },
    options,
  );
}
