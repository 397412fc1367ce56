import { SettingsRefusedError } from '../errors.ts';
import type { LogClient } from '../log-client.ts';
import type { LogSink } from '../log-sink.ts';
import { withAdmin } from './ask-cluster.ts';
import type { ClusterAdmin } from './cluster-admin.ts';
import { createTopic } from './create-topic.ts';
import {
  compareTopics,
  describeMismatch,
  TopicMismatchError,
  weightOf,
  type TopicMismatch,
  type TopicState,
} from './topic-mismatch.ts';
import type { TopicSpec } from './topic-specs.ts';

/** How long a topic that was just created may take to be known to the whole cluster. */
const PROPAGATION_MS = 5_000;

/** How the topics differ from their specs; empty if they do not. */
export async function checkTopics(kafka: LogClient, specs: readonly TopicSpec[]): Promise<TopicMismatch[]> {
  return withAdmin(kafka, (admin) => mismatchesOf(admin, specs));
}

/** The topics of the specs as the cluster has them; missing ones are left out. */
export async function readTopics(kafka: LogClient, specs: readonly TopicSpec[]): Promise<TopicState[]> {
  return withAdmin(kafka, (admin) => admin.describeTopics(namesOf(specs)));
}

/**
 * Creates the topics that are missing, then checks all of them. Safe to run in several processes at once. Never changes a topic that exists.
 *
 * @throws TopicMismatchError if a topic is not as a promise needs it; nothing is created next to a topic with another partition count
 */
export async function ensureTopics(kafka: LogClient, specs: readonly TopicSpec[], log: LogSink): Promise<void> {
  await withAdmin(kafka, async (admin) => {
    const before = await mismatchesOf(admin, specs);
    if (before.some(({ kind }) => kind === 'partitions')) throw new TopicMismatchError(before);
    const missing = specs.filter(({ topic }) =>
      before.some((mismatch) => mismatch.kind === 'missing' && mismatch.topic === topic),
    );
    for (const spec of missing) {
      const { isCreated, refused } = await createTopic(admin, spec);
      if (isCreated) log.info('topic_created', { topic: spec.topic });
      for (const { topic, setting, reason } of refused)
        log.warn('topic_setting_refused', { topic, setting: setting.name, kind: weightOf(setting), reason });
    }
    const after = await checkUntilKnown(admin, specs);
    if (after.some(({ fatal }) => fatal)) throw new TopicMismatchError(after);
    after.forEach((mismatch) => log.warn('topic_differs', { topic: mismatch.topic, reason: describeMismatch(mismatch) }));
  });
}

/**
 * Sets the configuration of existing topics to what their specs say; keeps every other entry that someone set. What the cluster refuses is told, and left.
 *
 * @returns the mismatches that it mended
 */
export async function repairTopicConfigs(kafka: LogClient, specs: readonly TopicSpec[], log: LogSink): Promise<TopicMismatch[]> {
  return withAdmin(kafka, async (admin) => {
    const mismatches = (await mismatchesOf(admin, specs)).filter((mismatch) => mismatch.kind === 'config');
    const mended: TopicMismatch[] = [];
    for (const topic of new Set(mismatches.map((mismatch) => mismatch.topic))) {
      const own = mismatches.filter((mismatch) => mismatch.topic === topic);
      const set = await setAsTaken(admin, topic, own, log);
      if (set.length > 0) log.info('topic_repaired', { topic });
      mended.push(...set);
    }
    return mended;
  });
}

type ConfigMismatch = Extract<TopicMismatch, { kind: 'config' }>;

/** All of them at once; where that is refused one after the other, so that one which is forbidden holds up no other. */
async function setAsTaken(
  admin: ClusterAdmin,
  topic: string,
  wanted: readonly ConfigMismatch[],
  log: LogSink,
): Promise<readonly ConfigMismatch[]> {
  try {
    await admin.setTopicConfig(topic, new Map(wanted.map(({ name, expected }) => [name, expected])));
    return wanted;
  } catch (error) {
    if (!(error instanceof SettingsRefusedError)) throw error;
    const [only, ...others] = wanted;
    if (only !== undefined && others.length === 0) {
      log.warn('topic_setting_refused', { topic, setting: only.name, kind: weightOf(only), reason: error.reason });
      return [];
    }
  }
  const taken: ConfigMismatch[] = [];
  for (const one of wanted) taken.push(...(await setAsTaken(admin, topic, [one], log)));
  return taken;
}

async function checkUntilKnown(admin: ClusterAdmin, specs: readonly TopicSpec[]): Promise<TopicMismatch[]> {
  const giveUpAt = performance.now() + PROPAGATION_MS;
  for (;;) {
    const mismatches = await mismatchesOf(admin, specs);
    if (mismatches.every(({ kind }) => kind !== 'missing') || performance.now() > giveUpAt) return mismatches;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function mismatchesOf(admin: ClusterAdmin, specs: readonly TopicSpec[]): Promise<TopicMismatch[]> {
  return compareTopics(specs, await admin.describeTopics(namesOf(specs)));
}

function namesOf(specs: readonly TopicSpec[]): string[] {
  return specs.map(({ topic }) => topic);
}
