import { setTimeout as delay } from 'node:timers/promises';
import type { TopicPartition } from '../group/topic-partition.ts';
import { failureOf, isOutOfRange } from '../kafka-errors.ts';
import { aroundGroup, type Around, type ConsumedBatch, type ConsumerGroup } from './around-group.ts';
import { takeFailures } from './decode-fetches-here.ts';
import { mustAnswer, noteSilence } from './silent-brokers.ts';

interface FetchListener {
  /** The log does not hold the partition at the asked offset. */
  partitionFailed(partition: TopicPartition, failure: Error): void;
  /** All that a fetch brought of a partition is no consumer's. */
  passedOver(batch: ConsumedBatch): void;
}

const RETRY_MS = 250;
/** What kafkajs throws where a broker is away, by its name. What the group says is not among it. */
const AWAY = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSBrokerNotFound',
  'KafkaJSLockTimeout',
  'SilentBroker',
]);

const listeners = new Map<string, FetchListener>();

/**
 * Has a kafkajs 2.2.4 consumer go on fetching whatever becomes of one broker or one partition.
 *
 * kafkajs ends all fetches where one broker is away, joins its group anew at each change of a leader, which has every partition drained, and sets a position
 * that the log does not hold back to the log's beginning, without a word, and commits a -2 for it. Here the leaders are asked for anew and the others' fetches go on; a
 * partition that is out of range is not fetched any more, and its owner is told. So it is of what holds no record for a consumer: `eachBatch` does not run for it, and at the
 * log's end nothing else would say that it is done with.
 *
 * @returns takes the listener away again.
 */
export function keepFetching(groupId: string, listener: FetchListener): () => void {
  aroundGroup('fetch', steady);
  listeners.set(groupId, listener);
  return () => {
    if (listeners.get(groupId) === listener) listeners.delete(groupId);
  };
}

const steady: Around = async (group, fetch, [nodeId]) => {
  const broker = group.cluster.brokerPool.brokers[String(nodeId)];
  try {
    await mustAnswer(broker);
    const batches = (await fetch()) as readonly ConsumedBatch[];
    const failures = takeFailures(broker);
    for (const batch of batches) if (batch.isEmptyDueToFiltering()) listeners.get(group.groupId)?.passedOver(batch);
    if (failures.length > 0) await afterFailures(group, failures);
    return batches;
  } catch (error) {
    noteSilence(broker, error);
    if (!AWAY.has(failureOf(error).name)) throw error;
    await lookForLeaders(group);
    return [];
  }
};

async function afterFailures(
  group: ConsumerGroup,
  failures: readonly (TopicPartition & { readonly failure: Error })[],
): Promise<void> {
  for (const { topic, partition, failure } of failures) {
    if (!isOutOfRange(failure)) continue;
    group.pause([{ topic, partitions: [partition] }]);
    listeners.get(group.groupId)?.partitionFailed({ topic, partition }, failure);
  }
  if (failures.some(({ failure }) => !isOutOfRange(failure))) await lookForLeaders(group);
}

/** Where Kafka is away, the next fetch will say so. */
async function lookForLeaders(group: ConsumerGroup): Promise<void> {
  await group.cluster.refreshMetadata().catch(() => undefined);
  await delay(RETRY_MS);
}
