import { setTimeout as delay } from 'node:timers/promises';
import type { TopicPartition } from '../group/topic-partition.ts';
import { NothingDecided } from '../errors.ts';
import { failureOf, isOutOfRange } from '../kafka-errors.ts';
import { aroundGroup, type Around, type ConsumedBatch, type ConsumerGroup } from './around-group.ts';
import { takeFailures } from './decode-fetches-here.ts';
import { errorOf } from './errors-of-kafka.ts';
import { isLimited } from './fetch-quota.ts';
import { namingRights, onTopic } from './missing-right.ts';
import { addressOf, mustAnswer, noteSilence } from './silent-brokers.ts';

interface FetchListener {
  /** The partition could not be read on: the log does not hold the asked offset, we may not, its leader or topic is away, or a transaction is open. */
  partitionFailed(partition: TopicPartition, failure: Error): void;
  /** All that a fetch brought of a partition is no consumer's. */
  passedOver(batch: ConsumedBatch): void;
}

const RETRY_MS = 250;
/** So often is looked for topics that are away. */
const LOOK_MS = 1_000;
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
/** When topics that are away were looked for last. */
const lookedAt = new WeakMap<ConsumerGroup, number>();

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
  tellAway(group);
  const broker = group.cluster.brokerPool.brokers[String(nodeId)];
  try {
    await mustAnswer(broker);
    const batches = (await fetch()) as readonly ConsumedBatch[];
    const failures = takeFailures(broker);
    const hasRoom =
      broker === undefined || !isLimited(addressOf(broker)) || batches.every(({ rawMessages }) => rawMessages.length === 0);
    for (const batch of batches) tellEmpty(batch, listeners.get(group.groupId), hasRoom);
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
  for (const { topic, partition, failure: said } of failures) {
    const failure = namingRights(said, onTopic('READ', topic));
    if (isOutOfRange(failure)) group.pause([{ topic, partitions: [partition] }]);
    listeners.get(group.groupId)?.partitionFailed({ topic, partition }, failure);
  }
  if (failures.some(({ failure }) => !isOutOfRange(failure))) await lookForLeaders(group);
}

/** @param hasRoom false where a quota leaves little of it: then one partition's records leave none for another's */
function tellEmpty(batch: ConsumedBatch, listener: FetchListener | undefined, hasRoom: boolean): void {
  const { topic, partition, fetchedOffset, rawMessages, highWatermark } = batch;
  if (batch.isEmptyDueToFiltering()) listener?.passedOver(batch);
  else if (hasRoom && rawMessages.length === 0 && Number(highWatermark) > Number(fetchedOffset))
    listener?.partitionFailed({ topic, partition }, new NothingDecided(fetchedOffset));
}

/** A topic that is gone or hidden from us is fetched no more, so that no answer would tell; it is looked for again, beside the fetches of the others. */
function tellAway(group: ConsumerGroup): void {
  const known = group.cluster.brokerPool.metadata?.topicMetadata ?? [];
  const away = new Map(
    known.filter(({ topicErrorCode }) => topicErrorCode !== 0).map((entry) => [entry.topic, entry.topicErrorCode]),
  );
  if (away.size === 0) return;
  for (const { topic, partitions } of group.assigned()) {
    const code = away.get(topic);
    if (code === undefined) continue;
    const failure = namingRights(errorOf(code), onTopic('READ', topic));
    for (const partition of partitions) listeners.get(group.groupId)?.partitionFailed({ topic, partition }, failure);
  }
  const now = performance.now();
  if (now - (lookedAt.get(group) ?? -Infinity) < LOOK_MS) return;
  lookedAt.set(group, now);
  void group.cluster.refreshMetadata().catch(() => undefined);
}

/** Where Kafka is away, the next fetch will say so. */
async function lookForLeaders(group: ConsumerGroup): Promise<void> {
  await group.cluster.refreshMetadata().catch(() => undefined);
  await delay(RETRY_MS);
}
