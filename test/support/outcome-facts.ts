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

/** What is wrong with P2: records without an outcome of their own, or with two. Outcomes are keyed by the record's offset, in its partition. */
export function outcomeFaults({
  events,
  outcomes,
}: {
  events: readonly TopicRecord[];
  outcomes: readonly TopicRecord[];
}): string[] {
  const counts = new Map<string, number>();
  for (const { partition, key } of outcomes) {
    const place = placeOf({ partition, offset: key ?? 'none' });
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  const faults = events.map(placeOf).flatMap((place) => {
    const count = counts.get(place) ?? 0;
    counts.delete(place);
    return count === 1 ? [] : [`${place} has ${count} outcomes`];
  });
  return [...faults, ...[...counts.keys()].map((place) => `an outcome is for ${place}, where there is no record`)].slice(
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
