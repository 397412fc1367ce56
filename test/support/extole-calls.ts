import type { NumberedEvent } from './numbered-events.ts';
import type { LedgerEntry } from './simulator-client.ts';

const SHOWN_FAULTS = 10;

/** The calls that were for one of `events`, in order of arrival. */
export function callsFor(events: readonly { readonly messageId: string }[], ledger: readonly LedgerEntry[]): LedgerEntry[] {
  const ids = new Set<string | null>(events.map(({ messageId }) => messageId));
  return ledger.filter(({ partnerEventId }) => ids.has(partnerEventId));
}

/** The calls of an event that had been called before. */
export function repeatsAmong(calls: readonly LedgerEntry[]): LedgerEntry[] {
  const called = new Set<string | null>();
  return calls.filter(({ partnerEventId }) => called.has(partnerEventId) || !called.add(partnerEventId));
}

/**
 * What is wrong with the delivery of `events`, given in the order of their sending: one that took no effect, a user's that first took
 * effect out of order, two calls of one user at once. The first few, in words; empty if nothing is.
 */
export function deliveryFaults(events: readonly NumberedEvent[], ledger: readonly LedgerEntry[]): string[] {
  const calls = callsFor(events, ledger);
  const sent = orderByUser(events.map(({ userId, messageId }) => [userId, messageId]));
  const arrived = orderByUser(
    calls
      .filter(({ applied }) => applied)
      .map(({ partnerUserId, partnerEventId }) => [partnerUserId ?? '', partnerEventId ?? '']),
  );
  const faults = calls
    .filter(({ overlap }) => overlap)
    .map(({ seq }) => `call ${seq} began while another of its user was in flight`);
  for (const [user, ids] of sent) {
    const got = arrived.get(user) ?? new Set();
    const missing = [...ids].filter((id) => !got.has(id)).length;
    if (missing > 0) faults.push(`${missing} of ${ids.size} events of ${user} never arrived`);
    else if ([...ids].join() !== [...got].join()) faults.push(`the events of ${user} arrived out of order`);
  }
  return faults.slice(0, SHOWN_FAULTS);
}

/** The message ids per user, each where it came first. */
function orderByUser(pairs: readonly (readonly [user: string, messageId: string])[]): Map<string, Set<string>> {
  const byUser = new Map<string, Set<string>>();
  for (const [user, messageId] of pairs) {
    const ids = byUser.get(user) ?? new Set();
    byUser.set(user, ids.add(messageId));
  }
  return byUser;
}
