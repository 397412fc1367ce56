import kafkajs, { type Admin, type ITopicConfig, type Kafka } from 'kafkajs';
import { withAdmin } from './admin.ts';
import type { LogSink } from './log-sink.ts';
import { compareTopics, describeMismatch, TopicMismatchError, type TopicMismatch, type TopicState } from './topic-mismatch.ts';
import type { TopicSpec } from './topic-specs.ts';

const { ConfigResourceTypes } = kafkajs;
const CREATION_TIMEOUT_MS = 10_000;
/** How long a topic that was just created may take to be known to the whole cluster. */
const PROPAGATION_MS = 5_000;
const TOPIC_CONFIG_SOURCE = 1;

/** How the topics differ from their specs; empty if they do not. */
export async function checkTopics(kafka: Kafka, specs: readonly TopicSpec[]): Promise<TopicMismatch[]> {
  return withAdmin(kafka, async (admin) => compareTopics(specs, await describeTopics(admin, specs)));
}

/** The topics of the specs as the cluster has them; missing ones are left out. */
export async function readTopics(kafka: Kafka, specs: readonly TopicSpec[]): Promise<TopicState[]> {
  return withAdmin(kafka, (admin) => describeTopics(admin, specs));
}

/**
 * Creates the topics that are missing, then checks all of them. Safe to run in several processes at once. Never changes a topic that exists.
 *
 * @throws TopicMismatchError if a topic is not as a promise needs it; nothing is created next to a topic with another partition count
 */
export async function ensureTopics(kafka: Kafka, specs: readonly TopicSpec[], log: LogSink): Promise<void> {
  await withAdmin(kafka, async (admin) => {
    const before = compareTopics(specs, await describeTopics(admin, specs));
    if (before.some(({ kind }) => kind === 'partitions')) throw new TopicMismatchError(before);
    const missing = specs.filter(({ topic }) =>
      before.some((mismatch) => mismatch.kind === 'missing' && mismatch.topic === topic),
    );
    if (missing.length > 0) await createTopics(admin, missing, log);
    const after = await checkUntilKnown(admin, specs);
    if (after.some(({ fatal }) => fatal)) throw new TopicMismatchError(after);
    after.forEach((mismatch) => log.warn('topic_differs', { topic: mismatch.topic, reason: describeMismatch(mismatch) }));
  });
}

/**
 * Sets the configuration of existing topics to what their specs say; keeps every other entry that someone set.
 *
 * @returns the mismatches that it mended
 */
export async function repairTopicConfigs(kafka: Kafka, specs: readonly TopicSpec[], log: LogSink): Promise<TopicMismatch[]> {
  return withAdmin(kafka, async (admin) => {
    const mismatches = compareTopics(specs, await describeTopics(admin, specs)).filter(({ kind }) => kind === 'config');
    for (const spec of specs.filter(({ topic }) => mismatches.some((mismatch) => mismatch.topic === topic))) {
      await repairTopic(admin, spec, mismatches);
      log.info('topic_repaired', { topic: spec.topic });
    }
    return mismatches;
  });
}

async function repairTopic(admin: Admin, { topic }: TopicSpec, mismatches: readonly TopicMismatch[]): Promise<void> {
  // AlterConfigs replaces all entries of a topic at once, so that the ones set by others have to be sent along.
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
  });
  const own = (resources[0]?.configEntries ?? []).filter(({ configSource }) => Number(configSource) === TOPIC_CONFIG_SOURCE);
  const entries = new Map(own.map(({ configName, configValue }) => [configName, configValue]));
  for (const mismatch of mismatches) {
    if (mismatch.kind === 'config' && mismatch.topic === topic) entries.set(mismatch.name, mismatch.expected);
  }
  const configEntries = [...entries].map(([name, value]) => ({ name, value }));
  await admin.alterConfigs({ validateOnly: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }] });
}

async function createTopics(admin: Admin, specs: readonly TopicSpec[], log: LogSink): Promise<void> {
  const topics = specs.map((spec): ITopicConfig => ({
    topic: spec.topic,
    numPartitions: spec.partitions,
    replicationFactor: spec.replication,
    configEntries: spec.config.map(({ name, value }) => ({ name, value })),
  }));
  // False means that another process was first, which is as good.
  const created = await admin.createTopics({ topics, waitForLeaders: true, timeout: CREATION_TIMEOUT_MS });
  if (created) specs.forEach(({ topic }) => log.info('topic_created', { topic }));
}

async function checkUntilKnown(admin: Admin, specs: readonly TopicSpec[]): Promise<TopicMismatch[]> {
  const giveUpAt = performance.now() + PROPAGATION_MS;
  for (;;) {
    const mismatches = compareTopics(specs, await describeTopics(admin, specs));
    if (mismatches.every(({ kind }) => kind !== 'missing') || performance.now() > giveUpAt) return mismatches;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function describeTopics(admin: Admin, specs: readonly TopicSpec[]): Promise<TopicState[]> {
  // Asking for the metadata of a topic that does not exist is an error; the list tells which ones do.
  const existing = new Set(await admin.listTopics());
  const topics = specs.map(({ topic }) => topic).filter((topic) => existing.has(topic));
  if (topics.length === 0) return [];
  const { topics: metadata } = await admin.fetchTopicMetadata({ topics });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
  });
  return metadata.map(({ name, partitions }) => {
    const entries = resources.find(({ resourceName }) => resourceName === name)?.configEntries ?? [];
    return {
      topic: name,
      partitions: partitions.length,
      replication: Math.min(...partitions.map(({ replicas }) => replicas.length)),
      config: new Map(entries.map(({ configName, configValue }) => [configName, configValue])),
    };
  });
}
