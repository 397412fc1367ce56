import { setTimeout as delay } from 'node:timers/promises';
import type { Verdict } from '#delivery';
import type { EventStep, ExtoleClient } from '#extole';
import type { SyntheticEvent } from './synthetic-event.ts';

/** How long Extole may take until an event shows in its person's steps. */
const STEPS_WITHIN_MS = 5_000;
const ASK_AGAIN_MS = 500;

type Failure = Exclude<Verdict, { kind: 'delivered' }>;

/**
 * How a synthetic event fared.
 *
 * - `matched`: Extole has taken it, and a programme has taken note of it.
 * - `unmatched`: Extole has taken it (2xx), and nothing came of it.
 * - `unclear`: Extole has taken it, and does not tell what came of it.
 * - `refused`: it was not taken.
 */
export type Verification =
  | { readonly kind: 'refused'; readonly failure: Failure; readonly tookMs: number }
  | (Taken & { readonly kind: 'matched' | 'unmatched'; readonly steps: readonly EventStep[] })
  | (Taken & { readonly kind: 'unclear'; readonly failure: Failure });

interface Taken {
  readonly personId: string;
  readonly eventId: string;
  readonly status: number;
  readonly tookMs: number;
}

/** Sends the event to the synchronous endpoint and asks what came of it, for a few seconds. */
export async function verifyAccount(
  client: Pick<ExtoleClient, 'sendEventNow' | 'stepsOf'>,
  { body }: SyntheticEvent,
  stepsWithinMs = STEPS_WITHIN_MS,
): Promise<Verification> {
  const sentAt = performance.now();
  const verdict = await client.sendEventNow(body);
  const tookMs = Math.round(performance.now() - sentAt);
  if (verdict.kind !== 'delivered') return { kind: 'refused', failure: verdict, tookMs };
  const { personId = '', extoleId: eventId = '', status } = verdict;
  const taken = { personId, eventId, status, tookMs };
  const until = performance.now() + stepsWithinMs;
  for (;;) {
    const asked = await client.stepsOf(personId, eventId);
    if (asked.steps.length > 0) return { kind: 'matched', ...taken, steps: asked.steps };
    if (performance.now() >= until) {
      const { verdict: last } = asked;
      return last.kind === 'delivered'
        ? { kind: 'unmatched', ...taken, steps: [] }
        : { kind: 'unclear', ...taken, failure: last };
    }
    await delay(ASK_AGAIN_MS);
  }
}
