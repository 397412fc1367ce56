import { topicSpecs, topicsOf, type SourceTopics, type TopicSpec } from '#event-log';
import { jsonDocument, type GeneratedDocument } from './document.ts';
import type { JsonSchema } from './json-schema/schema-of-type.ts';
import type { TopicSchemas } from './topic-schemas.ts';

const DAY_MS = 86_400_000;
/** The defaults, as the topics are made with three brokers. */
const DEFAULTS = {
  prefix: '',
  partitions: 12,
  replication: 3,
  eventsRetentionMs: 30 * DAY_MS,
  dedupWindowMs: 30 * DAY_MS,
} as const;
const DRAFT_7 = 'application/schema+json;version=draft-07';
const HEX_128 = '^[0-9a-f]{32}$';

/** The headers of a record that says a fact or a wish. */
const headersOf = (type: string): JsonSchema => ({
  type: 'object',
  required: ['type', 'schema'],
  properties: { type: { const: type }, schema: { const: '1' } },
});

interface Message {
  readonly title: string;
  readonly summary: string;
  readonly headers: JsonSchema;
  readonly key: JsonSchema;
  readonly payload: JsonSchema;
}

/** docs/interfaces/asyncapi.json: the topics of a source, AsyncAPI 3, with the schemas of {@link TopicSchemas}. */
export function asyncApi({ schemas }: TopicSchemas): GeneratedDocument {
  const messages: Readonly<Record<string, Message>> = {
    event: {
      title: 'A Segment event',
      summary: 'Validated and complete, independent of the door by which it came in.',
      headers: schemas['event-headers'],
      key: {
        type: 'string',
        minLength: 1,
        description: 'The subject: userId, else partner_user_id, else anonymousId. The scope of order, dedup and deletion.',
      },
      payload: schemas.event,
    },
    tombstone: {
      title: 'A deletion in its place in the order of its user',
      summary: 'A true tombstone: its value is null, its facts are in the headers.',
      headers: schemas['event-headers'],
      key: { type: 'string', minLength: 1, description: 'The subject that is deleted.' },
      payload: { type: 'null' },
    },
    deletion: {
      title: 'Where the tombstone of a deleted user stands',
      summary: 'Everything of the subject below `offset` in the same partition of the events topic is erased.',
      headers: headersOf('deletion'),
      key: {
        type: 'string',
        pattern: HEX_128,
        description: 'The hashed subject: HMAC-SHA-256 of source and subject under SUBJECT_HASH_KEY, first 16 bytes.',
      },
      payload: schemas.deletion,
    },
    outcome: {
      title: 'How one record of the events topic ended',
      summary: 'The last record of a key and partition counts. A fact may be written twice after a crash; it says the same.',
      headers: headersOf('outcome'),
      key: { type: 'string', pattern: '^[0-9]+$', description: "The event record's offset; it stands in the same partition." },
      payload: schemas.outcome,
    },
    replayRequest: {
      title: 'A replay, or a change of its state',
      summary: 'The last record of a run counts.',
      headers: headersOf('request'),
      key: { type: 'string', description: 'The run id.' },
      payload: schemas['replay-request'],
    },
    sourceControl: {
      title: "An operator's word on the source",
      summary: 'Stop or resume its delivery, or probe now. The last record of a key counts.',
      headers: headersOf('control'),
      key: { type: 'string', enum: ['control/delivery', 'control/probe'] },
      payload: schemas['source-control'],
    },
    auditRecord: {
      title: 'What an operator has done',
      summary: 'Written before it takes effect, under a key of its own, so that compaction keeps it.',
      headers: headersOf('audit'),
      key: { type: 'string', pattern: '^audit/', description: 'Unique.' },
      payload: schemas['audit-record'],
    },
    replayProgress: {
      title: 'How far one partition of a replay has come',
      summary: 'Written by the owner of the partition.',
      headers: headersOf('progress'),
      key: { type: 'string', description: 'Run id and partition, joined by a slash.' },
      payload: schemas['replay-progress'],
    },
  };
  return jsonDocument('docs/interfaces/asyncapi.json', {
    asyncapi: '3.0.0',
    info: {
      title: 'Segment to Extole: topics',
      version: '1',
      description:
        'One set of topics per source. Partition n of events, deletions and outcomes tells the whole story of the same users. Only the outcomes are meant to be read by other teams; they hold nothing personal. Ignore fields that you do not know.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    channels: {
      events: channel('events', 'Segment events and deletions, in the order of each user.', ['event', 'tombstone']),
      deletions: channel('deletions', 'Where deletions stand, so that they overtake any backlog.', ['deletion']),
      outcomes: channel('outcomes', 'How every record of the events topic ended.', ['outcome']),
      replays: channel('replays', 'Replays and their progress, what operators say about the source, and what they have done.', [
        'replayRequest',
        'replayProgress',
        'sourceControl',
        'auditRecord',
      ]),
    },
    operations: {
      ingestWritesEvents: operation('send', 'events', 'Ingest appends what the doors accept.'),
      forwarderReadsEvents: operation('receive', 'events', 'The owner of a partition delivers its records to Extole.'),
      deletionsAreAnnounced: operation(
        'send',
        'deletions',
        'Ingest writes the notice before it answers; the forwarder one that is missing.',
      ),
      forwarderFollowsDeletions: operation(
        'receive',
        'deletions',
        'The owner of a partition follows the deletions of its users.',
      ),
      forwarderWritesOutcomes: operation('send', 'outcomes', 'The owner of a partition records how each of its records ended.'),
      warehouseReadsOutcomes: operation('receive', 'outcomes', 'The data platform loads the outcomes: docs/warehouse.md.'),
      operatorsAskForReplays: operation(
        'send',
        'replays',
        'The CLI and the console write requests and words on the source, the owners of the partitions their progress.',
      ),
      ownersCarryOutReplays: operation('receive', 'replays', 'Every forwarder follows the requests.'),
    },
    components: {
      messages: Object.fromEntries(Object.entries(messages).map(([name, message]) => [name, messageOf(name, message)])),
    },
  });
}

function channel(name: keyof SourceTopics, description: string, messages: readonly string[]) {
  return {
    address: topicsOf('{prefix}', '{source}')[name],
    title: name,
    description,
    parameters: {
      prefix: { description: 'TOPIC_PREFIX, usually empty.', default: '' },
      source: { description: 'The id of the source.', default: 'default' },
    },
    messages: Object.fromEntries(messages.map((message) => [message, { $ref: `#/components/messages/${message}` }])),
    bindings: { kafka: kafkaBinding(specOf(name)) },
  };
}

function specOf(name: keyof SourceTopics): TopicSpec {
  const topic = topicsOf('', 'default')[name];
  const spec = topicSpecs(DEFAULTS, { id: 'default', afterDeletion: 'accept' }).find((candidate) => candidate.topic === topic);
  if (spec === undefined) throw new Error(`there is no specification of ${topic}`);
  return spec;
}

function kafkaBinding({ partitions, replication, config }: TopicSpec) {
  const value = (name: string): string | undefined => config.find((entry) => entry.name === name)?.value;
  const retention = value('retention.ms');
  return {
    bindingVersion: '0.5.0',
    partitions,
    replicas: replication,
    topicConfiguration: {
      'cleanup.policy': value('cleanup.policy')?.split(','),
      ...(retention !== undefined && { 'retention.ms': Number(retention) }),
      'max.message.bytes': Number(value('max.message.bytes')),
    },
  };
}

function operation(action: 'send' | 'receive', channelName: string, summary: string) {
  return { action, channel: { $ref: `#/channels/${channelName}` }, summary };
}

function messageOf(name: string, { title, summary, headers, key, payload }: Message) {
  return {
    name,
    title,
    summary,
    contentType: 'application/json',
    headers: { schemaFormat: DRAFT_7, schema: headers },
    payload: { schemaFormat: DRAFT_7, schema: payload },
    bindings: { kafka: { bindingVersion: '0.5.0', key } },
  };
}
