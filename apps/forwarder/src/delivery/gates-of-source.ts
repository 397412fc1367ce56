import type { SourceSettings } from '#config';
import type { SourceDeliveryOptions } from '#delivery';
import type { Mapping } from '#mapping';

/** Erasures have a pace of their own (wire.md 2.2: 100 a minute) and are few: they never slow the events. */
const ERASURE_RATE = { count: 100, perMs: 60_000 };
const ERASURE_CONCURRENCY = 4;
/** Those 100 a minute are for all calls but asynchronous events (wire.md 2.1): where identifies set parameters on persons, the two share them. */
const ERASURE_RATE_BESIDE_PERSONS = { count: 20, perMs: 60_000 };
const PERSON_RATE = { count: 60, perMs: 60_000, burst: 20 };
const PERSON_CONCURRENCY = 4;

/** What each kind of a source's calls may ask of Extole: how many at once, and how many in what time. */
export function gatesOf(
  { extole }: SourceSettings,
  { identify }: Mapping,
): Pick<SourceDeliveryOptions, 'events' | 'erasures' | 'persons'> {
  return {
    events: {
      maxConcurrency: extole.maxConcurrency,
      ...(extole.rateLimit !== undefined && { rateLimit: extole.rateLimit }),
    },
    erasures: {
      maxConcurrency: ERASURE_CONCURRENCY,
      rateLimit: identify.onPerson ? ERASURE_RATE_BESIDE_PERSONS : ERASURE_RATE,
    },
    ...(identify.onPerson && {
      persons: {
        maxConcurrency: PERSON_CONCURRENCY,
        rateLimit: extole.personRateLimit ?? PERSON_RATE,
        severalCalls: true,
      },
    }),
  };
}
