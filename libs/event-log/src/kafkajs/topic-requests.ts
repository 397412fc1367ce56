import { createRequire } from 'node:module';
import kafkajs, { type Cluster } from 'kafkajs';
import { SettingsRefusedError } from '../errors.ts';
import { failureOf } from '../kafka-errors.ts';
import type { TopicSpec } from '../topics/topic-specs.ts';
import type { ConnectedBroker } from './cluster-connection.ts';
import { errorOf } from './errors-of-kafka.ts';
import { namingRights, onTopic } from './missing-right.ts';

/** What kafkajs makes of an answer: for each topic whether it was done, and in Kafka's own words why not. */
interface TopicAnswer {
  readonly errorCode: number;
  readonly errorMessage: string | null;
}
interface Protocol<Answer> {
  readonly request: (question: object) => object;
  readonly response: { readonly decode: (bytes: Buffer) => Promise<Answer> };
}

const CREATION_TIMEOUT_MS = 10_000;
/** What is wrong with the settings, by Kafka's names: not to be had here, or not allowed by whoever runs the cluster. */
const OF_SETTINGS = new Set(['INVALID_CONFIG', 'POLICY_VIOLATION', 'INVALID_REQUEST']);

const require = createRequire(import.meta.url);
const protocolOf = <Answer>(path: string): Protocol<Answer> => ({
  request: require(`kafkajs/src/protocol/requests/${path}/request`) as Protocol<Answer>['request'],
  response: require(`kafkajs/src/protocol/requests/${path}/response`) as Protocol<Answer>['response'],
});
const CREATE_TOPICS = protocolOf<{ readonly topicErrors: readonly TopicAnswer[] }>('createTopics/v3');
const ALTER_CONFIGS = protocolOf<{ readonly resources: readonly TopicAnswer[] }>('alterConfigs/v1');

/**
 * Creates one topic, or asks whether it could be. kafkajs's own throws away what Kafka says about why not.
 *
 * @returns false where it is there already
 * @throws SettingsRefusedError
 */
export async function createTopic(cluster: Cluster, spec: TopicSpec, validateOnly: boolean): Promise<boolean> {
  const { topic, partitions, replication, config } = spec;
  const configEntries = config.map(({ name, value }) => ({ name, value }));
  const topics = [{ topic, numPartitions: partitions, replicationFactor: replication, replicaAssignment: [], configEntries }];
  const { topicErrors } = await ask(cluster, CREATE_TOPICS, { topics, validateOnly, timeout: CREATION_TIMEOUT_MS });
  const error = errorIn(topicErrors, topic);
  if (error === undefined) return true;
  if (failureOf(error).type === 'TOPIC_ALREADY_EXISTS') return false;
  throw namingRights(error, onTopic('CREATE', topic));
}

/** Replaces all settings that a topic has of its own. @throws SettingsRefusedError */
export async function replaceSettings(
  cluster: Cluster,
  topic: string,
  configEntries: readonly { readonly name: string; readonly value: string }[],
): Promise<void> {
  const resources = [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries }];
  const answer = await ask(cluster, ALTER_CONFIGS, { validateOnly: false, resources });
  const error = errorIn(answer.resources, topic);
  if (error !== undefined) throw namingRights(error, onTopic('ALTER_CONFIGS', topic));
}

/** Any broker takes it, and takes it to the controller; with an older Kafka the controller does it itself. */
async function ask<Answer>(cluster: Cluster, { request, response }: Protocol<Answer>, question: object): Promise<Answer> {
  await cluster.refreshMetadata();
  const controller = (await cluster.findControllerBroker()) as ConnectedBroker;
  return controller.connectionPool.send({
    request: request(question),
    response: { decode: response.decode, parse: (answer) => Promise.resolve(answer) },
  });
}

function errorIn([answer]: readonly TopicAnswer[], topic: string): Error | undefined {
  if (answer === undefined) return new Error(`Kafka left ${topic} unanswered`);
  if (answer.errorCode === 0) return undefined;
  const error = errorOf(answer.errorCode);
  const { type, message } = failureOf(error);
  return type !== undefined && OF_SETTINGS.has(type) ? new SettingsRefusedError(topic, answer.errorMessage ?? message) : error;
}
