import { topicsOf } from '#event-log';
import type { Metrics } from '#observability';

/** Counts records that nobody of ours wrote, by source and by which of its topics they stand in; from 0, so that the first one is an increase. */
export function countUndecodable(metrics: Metrics, prefix: string, sources: readonly string[]): (topic: string) => void {
  const counter = metrics.counter({
    name: 'bridge_undecodable_records_total',
    help: 'Records of a topic of the source (events, deletions, outcomes or replays) that hold what no program of ours writes, each time that they are read; an event of them is dead-lettered, the others are passed over',
    labelNames: ['source', 'topic'],
  });
  const labels = new Map(
    sources.flatMap((source) =>
      Object.entries(topicsOf(prefix, source)).map(([topic, name]) => [name as string, { source, topic }]),
    ),
  );
  for (const each of labels.values()) counter.inc(each, 0);
  return (topic) => {
    const known = labels.get(topic);
    if (known !== undefined) counter.inc(known);
  };
}
