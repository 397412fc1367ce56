import { createRequire } from 'node:module';
import type { Broker } from 'kafkajs';
import { failureOf } from '../kafka-errors.ts';

/** What kafkajs's types leave out of a cluster: the brokers that it knows, by node. */
export interface WithBrokers {
  readonly brokerPool: BrokerPool;
}

interface BrokerPool {
  /** What is known of topics; null before anything was asked. */
  readonly metadata: { readonly topicMetadata: readonly { readonly topic: string; readonly topicErrorCode: number }[] } | null;
  readonly brokers: Readonly<Record<string, Broker>>;
  /** One of the configured ones, by which the others are found. */
  seedBroker: Broker | undefined;
  hasConnectedBrokers(): boolean;
  /** Turns to the next of the configured ones. */
  createSeedBroker(): Promise<void>;
  connect(): Promise<void>;
  findBroker(question: { readonly nodeId: string }): Promise<Broker>;
  findConnectedBroker(): Promise<Broker>;
  withBroker(ask: (one: { readonly nodeId: string; readonly broker: Broker }) => Promise<unknown>): Promise<unknown>;
}

/** What kafkajs's types leave out of a broker: where it is. */
interface WithAddress {
  readonly connectionPool: { readonly host: string; readonly port: number };
}

/** A broker that has let a request run out of its time has so long to say a word before the next one is put to it. */
const PATIENCE_MS = 1_000;
/** So long a configured one has, which is to be connected with and to be told who we are. */
const SEED_PATIENCE_MS = 3_000;
/** So many of the configured brokers are tried in one go where they say nothing, as kafkajs does where they refuse. */
const SEEDS = 4;

/** By address, of all connections of this process: each would otherwise find out by itself, for as long as a request may take. */
const suspects = new Set<string>();
let done = false;

/** A broker that has answered. */
interface Answering {
  readonly nodeId: string;
  readonly broker: Broker;
}

/** A broker is connected with, and says nothing: frozen, or cut off. */
class SilentBroker extends Error {
  override readonly name = 'SilentBroker';

  constructor() {
    super('the broker does not answer');
  }
}

/** Remembers a broker whose request has run out of its time. */
export function noteSilence(broker: object | undefined, error: unknown): void {
  if (broker !== undefined && failureOf(error).name === 'KafkaJSRequestTimeoutError') suspects.add(addressOf(broker));
}

/**
 * Asks a broker that was silent before for a word. To connect with a frozen one takes no time, since its kernel does that, and each request to it takes
 * all of its time; meanwhile another may lead or coordinate what it is asked about.
 *
 * @throws SilentBroker if it says nothing
 */
export async function mustAnswer(broker: object | undefined): Promise<void> {
  if (broker === undefined || !suspects.has(addressOf(broker))) return;
  if (!(await answersSoon(broker as Broker))) throw new SilentBroker();
  suspects.delete(addressOf(broker));
}

/** Where a broker is: what is known of it by this holds for all connections with it. */
export function addressOf(broker: object): string {
  const { host, port } = (broker as WithAddress).connectionPool;
  return `${host}:${port}`;
}

/**
 * Has kafkajs 2.2.4 put its questions about leaders and coordinators to the broker that answers first. It puts them to any that it is connected with, a frozen one
 * as well, for as long as a request may take, again and again; and so it begins with
 * the configured brokers: at one that is frozen it stayed, so that nothing started.
 */
export function askWhoAnswers(): void {
  if (done) return;
  done = true;
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/cluster/brokerPool') as { prototype: BrokerPool };
  /* eslint-disable @typescript-eslint/unbound-method -- called with their instance below */
  const { connect, findConnectedBroker, withBroker } = prototype;
  /* eslint-enable @typescript-eslint/unbound-method */
  prototype.connect = async function () {
    if (!this.hasConnectedBrokers()) await findAnsweringSeed(this);
    return connect.call(this);
  };
  prototype.findConnectedBroker = async function () {
    const first = await firstToAnswer(this);
    return first?.broker ?? findConnectedBroker.call(this);
  };
  prototype.withBroker = async function (ask) {
    const first = await firstToAnswer(this);
    if (first === undefined) return withBroker.call(this, ask);
    try {
      return await ask(first);
    } catch (error) {
      // The others would say the same, and kafkajs would keep it to itself.
      if (failureOf(error).type?.endsWith('_AUTHORIZATION_FAILED') === true) throw error;
      return withBroker.call(this, ask);
    }
  };
}

/** kafkajs turns to the next of the configured brokers only where no connection comes about, and takes one that was silent once for connected. */
async function findAnsweringSeed(pool: BrokerPool): Promise<void> {
  for (let tried = 0; tried < SEEDS; tried++) {
    if (pool.seedBroker === undefined) await pool.createSeedBroker();
    const seed = pool.seedBroker;
    if (seed === undefined) return;
    // One that was silent to another connection is passed over, unless nobody else is left.
    const isSuspect = suspects.has(addressOf(seed));
    if (!isSuspect || tried === SEEDS - 1) {
      if (await answersSoon(seed, SEED_PATIENCE_MS)) return void suspects.delete(addressOf(seed));
      suspects.add(addressOf(seed));
    }
    pool.seedBroker = undefined;
    // It waits for what was asked; nobody waits for it.
    void seed.disconnect().catch(() => undefined);
  }
}

/** Those that are connected with are asked first: a large cluster has many more, and one answer is enough. */
async function firstToAnswer(pool: BrokerPool): Promise<Answering | undefined> {
  const known = Object.entries(pool.brokers);
  const near = known.filter(([, broker]) => broker.isConnected() && !suspects.has(addressOf(broker)));
  return (await inTime(firstOf(pool, near), PATIENCE_MS)) ?? firstOf(pool, known);
}

async function firstOf(pool: BrokerPool, brokers: readonly (readonly [string, Broker])[]): Promise<Answering | undefined> {
  try {
    return await Promise.any(
      brokers.map(async ([nodeId]) => {
        const broker = await pool.findBroker({ nodeId });
        await broker.apiVersions();
        return { nodeId, broker };
      }),
    );
  } catch {
    // Nobody does, or nobody is known yet: kafkajs begins with the configured brokers.
    return undefined;
  }
}

async function answersSoon(broker: Broker, patienceMs = PATIENCE_MS): Promise<boolean> {
  // Any answer will do, a refusal as well; what is wrong with a connection, the request itself will meet.
  const word = askForWord(broker).then(
    () => true,
    () => true,
  );
  return (await inTime(word, patienceMs)) ?? false;
}

async function askForWord(broker: Broker): Promise<void> {
  // To connect says nothing yet: the kernel of a frozen one does that.
  if (!broker.isConnected()) await broker.connect();
  await broker.apiVersions();
}

/** Undefined where patience ends first. */
async function inTime<T>(answer: Promise<T>, patienceMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), patienceMs)));
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}
