import { randomBytes } from 'node:crypto';
import kafkajs, { type AclEntry } from 'kafkajs';
import { startOwnBroker, withAdmin } from './test-kafka.ts';
import { freePort } from './wait-for.ts';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

/** A broker that asks who comes (SASL) and lets nobody do what no ACL allows (StandardAuthorizer). */
export interface GuardedBroker {
  /** Without SASL, for who may do everything: the test itself. */
  readonly brokers: string;
  /** The environment of an app that comes as `user`. */
  envOf(user: string): Readonly<Record<string, string>>;
  /** Gives what lines of `kafka-acls --add …` give. Kafka's tool is not among the broker's jars. */
  allow(lines: readonly string[]): Promise<void>;
  /** Takes one right away. */
  takeAway(right: TakenRight): Promise<void>;
  /** Gives it back. */
  giveBack(right: TakenRight): Promise<void>;
}

export interface TakenRight {
  readonly user: string;
  readonly operation: keyof typeof AclOperationTypes;
  readonly on: 'topic' | 'group';
  readonly name: string;
}

/** Starts one that belongs to the test (or file) alone, with these users. */
export async function startGuardedBroker(users: readonly string[]): Promise<GuardedBroker> {
  const port = await freePort();
  const passwords = new Map(users.map((user) => [user, randomBytes(12).toString('hex')]));
  const known = [...passwords].map(([user, password]) => `user_${user}="${password}"`).join(' ');
  const { brokers } = await startOwnBroker({
    listeners: { GUARDED: { protocol: 'SASL_PLAINTEXT', port } },
    settings: {
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      // Who comes without SASL: the broker itself, and the test.
      'super.users': 'User:ANONYMOUS',
      'listener.name.guarded.sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.guarded.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required ${known};`,
    },
  });
  const change = async (right: TakenRight, allowed: boolean): Promise<void> => {
    const acl = entryOf(`User:${right.user}`, right.operation, right.on, right.name);
    await withAdmin(
      async (admin) => (allowed ? admin.createAcls({ acl: [acl] }) : admin.deleteAcls({ filters: [acl] })) as Promise<unknown>,
      brokers,
    );
  };
  return {
    brokers,
    envOf: (user) => ({
      KAFKA_BROKERS: `127.0.0.1:${port}`,
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_SASL_USERNAME: user,
      KAFKA_SASL_PASSWORD: passwords.get(user) ?? '',
    }),
    allow: (lines) => withAdmin(async (admin) => void (await admin.createAcls({ acl: lines.flatMap(entriesOf) })), brokers),
    takeAway: (right) => change(right, false),
    giveBack: (right) => change(right, true),
  };
}

function entriesOf(line: string): AclEntry[] {
  const words = line.split(' ');
  const values = (option: string): string[] => words.flatMap((word, at) => (word === option ? [words[at + 1] ?? ''] : []));
  const [on] = ['topic', 'group'].filter((resource) => words.includes(`--${resource}`)) as TakenRight['on'][];
  const [principal] = values('--allow-principal');
  if (words[0] !== 'kafka-acls' || !words.includes('--add') || on === undefined || principal === undefined)
    throw new Error(`no line of kafka-acls: ${line}`);
  return values('--operation').map((operation) => entryOf(principal, nameOf(operation), on, values(`--${on}`)[0] ?? ''));
}

/** `DESCRIBE_CONFIGS` of `DescribeConfigs`. */
function nameOf(operation: string): TakenRight['operation'] {
  const name = operation.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
  if (!(name in AclOperationTypes)) throw new Error(`no operation of kafka-acls: ${operation}`);
  return name as TakenRight['operation'];
}

function entryOf(principal: string, operation: TakenRight['operation'], on: TakenRight['on'], name: string): AclEntry {
  return {
    principal,
    host: '*',
    operation: AclOperationTypes[operation],
    permissionType: AclPermissionTypes.ALLOW,
    resourceType: on === 'topic' ? AclResourceTypes.TOPIC : AclResourceTypes.GROUP,
    resourceName: name,
    resourcePatternType: ResourcePatternTypes.LITERAL,
  };
}
