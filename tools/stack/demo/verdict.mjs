import { isDeepStrictEqual } from 'node:util';

/**
 * What did not come out as documented in a case, as sentences; empty when all did. Pure.
 *
 * `results` has `{step, outcome}` of every step in order (`outcome` is undefined when none was seen); `received` is what Extole got of this user, in order.
 */
export function faultsOf({ results, received }) {
  const expected = results.filter(({ step }) => step.received !== undefined).map(({ step }) => step);
  return [...results.flatMap(outcomeFault), ...receivedFaults(expected, received)];
}

function outcomeFault({ step, outcome }) {
  if (outcome === undefined) return [`${nameOf(step)} has no outcome: the forwarder has not got to it`];
  if (outcome.outcome === step.outcome) return [];
  const why = [outcome.status, outcome.code, outcome.detail].filter((part) => part !== undefined).join(' ');
  return [`${nameOf(step)} ended as ${outcome.outcome}, not ${step.outcome}${why && ` (${why})`}`];
}

function receivedFaults(expected, received) {
  if (received.length !== expected.length)
    return [`Extole got ${listOf(received)} instead of ${listOf(expected.map((step) => step.received))}`];
  return expected.flatMap((step, index) => differences(step, received[index]));
}

function differences(step, got) {
  const wanted = step.received;
  if (wanted.erasure === true || got.erasure === true)
    return wanted.erasure === got.erasure ? [] : [`Extole got ${labelOf(got)} where ${labelOf(wanted)} was due`];
  if (got.eventName !== wanted.eventName) return [nameFault(step, got)];
  return Object.entries(wanted.data)
    .filter(([field, value]) => !isDeepStrictEqual(got.data[field], value))
    .map(
      ([field, value]) =>
        `Extole got ${field} ${JSON.stringify(got.data[field])} in ${got.eventName}, not ${JSON.stringify(value)}`,
    );
}

function nameFault({ event, received: wanted }, got) {
  if (event === undefined || event === wanted.eventName || got.eventName !== event)
    return `Extole got ${got.eventName} where ${wanted.eventName} was due`;
  return `${event} arrived under its own name: the mapping of this stack does not rename it. Start it with MAPPING_FILE=examples/mapping.yaml, or say "${event}: ${wanted.eventName}" in yours`;
}

/** How a step is called in a sentence. */
export function nameOf({ call, event }) {
  return call === 'track' ? event : call === 'delete' ? 'the deletion' : 'identify';
}

function listOf(received) {
  return received.length === 0 ? 'nothing' : received.map(labelOf).join(', ');
}

function labelOf({ erasure, eventName }) {
  return erasure === true ? 'an erasure' : eventName;
}
