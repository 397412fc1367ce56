import type { KnownReplay } from './replay-book.ts';

/** What a replay is about, in one line. */
export function describeReplay({ request }: KnownReplay): string {
  const { filter, redeliver, rate, ranges } = request;
  const { subject, event, type, outcome, code, endedSince } = filter;
  return [
    redeliver ? 'redeliver' : 'fill gaps',
    ...(outcome === undefined ? [] : [`outcome ${outcome}`]),
    ...(code === undefined ? [] : [`code ${code}`]),
    ...(event === undefined ? [] : [`event ${event}`]),
    ...(type === undefined ? [] : [`type ${type}`]),
    ...(subject === undefined ? [] : [`user ${subject}`]),
    ...(endedSince === undefined ? [] : [`since ${endedSince}`]),
    ...(rate === undefined ? [] : [`at ${rate}/s`]),
    `in ${ranges.length} partition${ranges.length === 1 ? '' : 's'}`,
  ].join(', ');
}
