import { createRequire } from 'node:module';
import type { Cluster } from 'kafkajs';
import type { Operation, Right } from '../topics/rights.ts';
import type { ConnectedBroker } from './cluster-connection.ts';
import { isHidden } from './errors-of-kafka.ts';

/** What is used here of kafkajs 2.2.4's decoder. */
interface Decoder {
  readInt16(): number;
  readInt32(): number;
  readString(): string;
  readBytes(): Buffer;
  readBoolean(): boolean;
  readArray<T>(read: (decoder: Decoder) => T): T[];
}

interface Encoder {
  writeArray(values: readonly string[]): Encoder;
  writeBoolean(value: boolean): Encoder;
}

/** What the authorizer lets the asker do with a topic or a group: bits, by Kafka's numbers of the operations. */
interface Granted {
  readonly name: string;
  readonly errorCode: number;
  readonly operations: number;
}

/** What kafkajs's types leave out. */
type Versioned = ConnectedBroker & {
  readonly versions: Readonly<Record<number, { readonly maxVersion: number }>>;
};

/** The first versions that tell what the asker may do [KIP-430]; kafkajs knows only older ones. */
const METADATA = { apiKey: 3, apiName: 'Metadata', apiVersion: 8 } as const;
const DESCRIBE_GROUPS = { apiKey: 15, apiName: 'DescribeGroups', apiVersion: 3 } as const;
/** The broker does not tell. */
const UNTOLD = -(2 ** 31);
/** org.apache.kafka.common.acl.AclOperation. */
const BITS: Readonly<Record<Operation, number>> = {
  READ: 1 << 3,
  WRITE: 1 << 4,
  CREATE: 1 << 5,
  DESCRIBE: 1 << 8,
  DESCRIBE_CONFIGS: 1 << 10,
  ALTER_CONFIGS: 1 << 11,
};

const require = createRequire(import.meta.url);
const DecoderOf = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => Decoder;
const EncoderOf = require('kafkajs/src/protocol/encoder') as new () => Encoder;

/** Those of `rights` that the cluster does not grant to whoever asks. What a cluster keeps to itself, or is too old to tell, counts as granted: the work itself will say. */
export async function missingAmong(cluster: Cluster, rights: readonly Right[]): Promise<Right[]> {
  const missing: Right[] = [];
  const topics = rights.filter(({ resource }) => resource === 'topic');
  if (topics.length > 0) {
    const names = [...new Set(topics.map(({ name }) => name))];
    await cluster.addMultipleTargetTopics(names);
    const broker = (await cluster.findControllerBroker()) as Versioned;
    const granted = await ask(broker, METADATA, topicsRequest(names), readTopics);
    missing.push(...topics.filter((right) => lacks(granted, right)));
  }
  for (const right of rights.filter(({ resource }) => resource === 'group')) {
    if (await lacksGroup(cluster, right)) missing.push(right);
  }
  return missing;
}

async function lacksGroup(cluster: Cluster, right: Right): Promise<boolean> {
  try {
    const coordinator = (await cluster.findGroupCoordinator({ groupId: right.name })) as Versioned;
    const body = new EncoderOf().writeArray([right.name]).writeBoolean(true);
    return lacks(await ask(coordinator, DESCRIBE_GROUPS, body, readGroups), right);
  } catch (error) {
    if (error instanceof Error && 'type' in error && error.type === 'GROUP_AUTHORIZATION_FAILED') return true;
    throw error;
  }
}

function lacks(granted: readonly Granted[], { operation, name }: Right): boolean {
  const own = granted.find((one) => one.name === name);
  if (own === undefined) return false;
  if (isHidden(own.errorCode)) return true;
  return own.operations !== UNTOLD && own.errorCode === 0 && (own.operations & BITS[operation]) === 0;
}

async function ask(
  broker: Versioned,
  api: typeof METADATA | typeof DESCRIBE_GROUPS,
  body: Encoder,
  read: (decoder: Decoder) => Granted[],
): Promise<Granted[]> {
  if ((broker.versions[api.apiKey]?.maxVersion ?? 0) < api.apiVersion) return [];
  return broker.connectionPool.send({
    request: { ...api, encode: () => Promise.resolve(body) },
    response: {
      decode: (bytes) => Promise.resolve(read(new DecoderOf(bytes))),
      parse: (answer) => Promise.resolve(answer),
    },
  });
}

function topicsRequest(names: readonly string[]): Encoder {
  // Not to be created, nothing about the cluster, but what may be done with the topics.
  return new EncoderOf().writeArray(names).writeBoolean(false).writeBoolean(false).writeBoolean(true);
}

function readTopics(decoder: Decoder): Granted[] {
  decoder.readInt32();
  decoder.readArray((broker) => [broker.readInt32(), broker.readString(), broker.readInt32(), broker.readString()]);
  decoder.readString();
  decoder.readInt32();
  return decoder.readArray((topic) => {
    const errorCode = topic.readInt16();
    const name = topic.readString();
    topic.readBoolean();
    topic.readArray((partition) => {
      const head = [partition.readInt16(), partition.readInt32(), partition.readInt32(), partition.readInt32()];
      return [head, ...[1, 2, 3].map(() => partition.readArray((replica) => replica.readInt32()))];
    });
    return { name, errorCode, operations: topic.readInt32() };
  });
}

function readGroups(decoder: Decoder): Granted[] {
  decoder.readInt32();
  return decoder.readArray((group) => {
    const errorCode = group.readInt16();
    const name = group.readString();
    // State, protocol type, protocol; then the members.
    for (let left = 3; left > 0; left--) group.readString();
    group.readArray((member) => {
      for (let left = 3; left > 0; left--) member.readString();
      return [member.readBytes(), member.readBytes()];
    });
    return { name, errorCode, operations: group.readInt32() };
  });
}
