import { readTopic, type TopicRecord } from './read-topic.ts';
import type { TestStack } from './test-stack.ts';

const SHOWN_FAULTS = 10;

/** Where a record of the events topic stands, as text. */
export function placeOf({ partition, offset }: { readonly partition: number; readonly offset: string | number }): string {
  return `${partition}:${offset}`;
}

/** The records of the outcomes topic and of the events topic as they stand now. */
export async function readBothTopics({ topics, env }: TestStack): Promise<{ events: TopicRecord[]; outcomes: TopicRecord[] }> {
  const brokers = env['KAFKA_BROKERS'];
  return { events: await readTopic(topics.events, brokers), outcomes: await readTopic(topics.outcomes, brokers) };
}

/**
 * What is wrong with P2: records without an outcome of their own, or with two. Outcomes are keyed by the record's offset, in its partition.
 *
 * @param restated an outcome may be there more than once, as long as it says the same: an append whose acknowledgement was lost is made again.
 */
export function outcomeFaults(
  { events, outcomes }: { readonly events: readonly TopicRecord[]; readonly outcomes: readonly TopicRecord[] },
  { restated = false }: { readonly restated?: boolean } = {},
): string[] {
  const named = new Map<string, string[]>();
  for (const { partition, key, value } of outcomes) {
    const place = placeOf({ partition, offset: key ?? 'none' });
    const names = named.get(place) ?? [];
    const { outcome } = JSON.parse(value ?? '{}') as { outcome: string };
    if (!restated || !names.includes(outcome)) names.push(outcome);
    named.set(place, names);
  }
  const faults = events.map(placeOf).flatMap((place) => {
    const names = named.get(place) ?? [];
    named.delete(place);
    return names.length === 1 ? [] : [`${place} has ${names.length} outcomes: ${names.join(', ')}`];
  });
  return [...faults, ...[...named.keys()].map((place) => `an outcome is for ${place}, where there is no record`)].slice(
    0,
    SHOWN_FAULTS,
  );
}

/** How many records ended in which way. */
export function countByOutcome(outcomes: readonly TopicRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { value } of outcomes) {
    const { outcome } = JSON.parse(value ?? '{}') as { outcome: string };
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}
