import type { ReplayRequest } from '#delivery';
import { offsetsOf, rehearse, type LogAccess, type Rehearsal } from '#operations';
import { Refusal } from '../http/refusal.ts';

/** Browsers and proxies give up on an answer not much later. */
const TIME_LIMIT_MS = 25_000;

/** Rehearses a replay, for as long as somebody waits for an answer. @throws Refusal if it takes longer */
export async function rehearseInTime(log: LogAccess, request: ReplayRequest): Promise<Rehearsal> {
  const signal = AbortSignal.timeout(TIME_LIMIT_MS);
  try {
    return await rehearse(log, request, undefined, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    const records = offsetsOf(request).toLocaleString('en-US');
    throw new Refusal(
      409,
      `a preview of ${records} records takes longer than ${TIME_LIMIT_MS / 1_000} s: narrow the range, or use bridge replay --dry-run`,
    );
  }
}
