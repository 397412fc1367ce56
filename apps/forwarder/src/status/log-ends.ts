import { setTimeout as delay } from 'node:timers/promises';
import { topicPartitionKey, type PartitionReader, type TopicPartition } from '#event-log';
import { errorFields, type Logger } from '#observability';
import type { Offset } from '#segment';
import { readClock } from '../clock.ts';

/** Kafka is asked at most this often, however many ask us. */
const FRESH_FOR_MS = 2_000;
/** A scrape must not hang because Kafka does: it gets what was known before. */
const PATIENCE_MS = 1_000;

/** The end offsets of partitions, asked of Kafka when somebody wants to know: a paused partition's fetches would not tell. */
export class LogEnds {
  private ends = new Map<string, Offset>();
  private askedAt = -Infinity;
  private asking: Promise<void> | undefined;

  constructor(
    private readonly reader: Pick<PartitionReader, 'endOffset'>,
    private readonly log: Logger,
  ) {}

  /** By {@link topicPartitionKey}; a partition whose end is not known is absent. */
  async of(places: readonly TopicPartition[]): Promise<ReadonlyMap<string, Offset>> {
    if (readClock().monotonicMs - this.askedAt > FRESH_FOR_MS) this.asking ??= this.ask(places);
    if (this.asking !== undefined) await Promise.race([this.asking, delay(PATIENCE_MS, undefined, { ref: false })]);
    return this.ends;
  }

  private async ask(places: readonly TopicPartition[]): Promise<void> {
    try {
      const known = places.map(
        async (place) => [topicPartitionKey(place), await this.reader.endOffset(place.topic, place.partition)] as const,
      );
      this.ends = new Map(await Promise.all(known));
    } catch (error) {
      // An end from before would make a backlog look smaller than it is.
      this.ends = new Map();
      this.log.debug('log_ends_unknown', errorFields(error));
    }
    this.askedAt = readClock().monotonicMs;
    this.asking = undefined;
  }
}
