import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel, type Admin, type ITopicMetadata } from 'kafkajs';
import { startLocalKafkaCluster, type LocalKafkaNode } from '../../tools/local-kafka/local-kafka.mjs';
import { freePort } from '../../tools/stack/lib/ports.mjs';
import { atTestEnd } from './test-end.ts';
import { waitFor } from './wait-for.ts';

const NODES = 3;
const GROUP_OFFSETS = '__consumer_offsets';

export interface TestClusterOptions {
  /** Of each node. Default 256. */
  readonly heapMb?: number;
  /** On top of what the brokers of all tests have. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A cluster of one test's own: three nodes, each of them broker and controller, every record on all of them. Nodes are named by their ids, 1 to 3. */
export interface TestCluster {
  /** What KAFKA_BROKERS takes. Its topics want TOPIC_REPLICATION=3. */
  readonly brokers: string;
  readonly nodeIds: readonly number[];
  /** Where a node listens. */
  addressOf(nodeId: number): string;
  /** A power cut (`kill -9`). */
  kill9(nodeId: number): Promise<void>;
  /** A clean stop: its partitions have other leaders before it ends. */
  stop(nodeId: number): Promise<void>;
  /** Starts it again on what it has on disk; resolves when it answers, for which a majority must run. */
  start(nodeId: number): Promise<void>;
  /** Stops its clock (SIGSTOP): its connections stay open, and nobody answers. */
  freeze(nodeId: number): void;
  thaw(nodeId: number): void;
  /** The leader of each partition of `topic`, in their order; -1 where there is none. */
  leadersOf(topic: string): Promise<number[]>;
  leaderOf(topic: string, partition: number): Promise<number>;
  /** The node that coordinates a consumer group. */
  coordinatorOf(groupId: string): Promise<number>;
  /** The node that is the active controller. */
  controller(): number;
  /** Waits until Kafka itself goes on without a node that has died or is frozen: it leads no partition of `topic`, and no acknowledgement waits for it. */
  untilMovedFrom(nodeId: number, topic: string): Promise<void>;
  /** Waits until every replica of every partition is in sync again. */
  untilInSync(): Promise<void>;
}

/** Starts a cluster that belongs to the test alone; it ends with the test (or file), and its data goes. */
export async function startCluster({ heapMb = 256, settings = {} }: TestClusterOptions = {}): Promise<TestCluster> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bridge-cluster-'));
  const nodes: LocalKafkaNode[] = [];
  const frozen = new Set<number>();
  const nodeOf = (nodeId: number): LocalKafkaNode => {
    const node = nodes[nodeId - 1];
    if (node === undefined) throw new Error(`The cluster has no node ${nodeId}.`);
    return node;
  };
  const signal = (nodeId: number, name: NodeJS.Signals): void => {
    const { pid } = nodeOf(nodeId);
    if (pid !== undefined) process.kill(pid, name);
  };
  atTestEnd(async () => {
    // Its data goes, so nobody has to close its logs; a clean stop of the last node would wait for a majority in vain.
    await Promise.all(nodes.map((node) => node.kill()));
    rmSync(dataDir, { recursive: true, force: true });
  });

  const ports: number[] = [];
  while (ports.length < NODES) ports.push(await freePort());
  const started = await startLocalKafkaCluster({ ports, dataDir, heapMb, settings });
  nodes.push(...started.nodes);

  const awake = (): LocalKafkaNode[] => nodes.filter(({ nodeId, pid }) => pid !== undefined && !frozen.has(nodeId));
  const topicsOf = async (...topics: string[]): Promise<ITopicMetadata[]> =>
    askAny(
      awake(),
      async (admin) => (await admin.fetchTopicMetadata({ topics: topics.length > 0 ? topics : await admin.listTopics() })).topics,
    );
  const leadersOf = async (topic: string): Promise<number[]> => {
    const [metadata] = await topicsOf(topic);
    return (metadata?.partitions ?? []).toSorted((a, b) => a.partitionId - b.partitionId).map(({ leader }) => leader);
  };
  return {
    brokers: started.brokers,
    nodeIds: nodes.map(({ nodeId }) => nodeId),
    addressOf: (nodeId) => nodeOf(nodeId).address,
    kill9: (nodeId) => nodeOf(nodeId).kill(),
    stop: (nodeId) => nodeOf(nodeId).stop(),
    start: (nodeId) => nodeOf(nodeId).start(),
    freeze(nodeId) {
      frozen.add(nodeId);
      signal(nodeId, 'SIGSTOP');
    },
    thaw(nodeId) {
      frozen.delete(nodeId);
      signal(nodeId, 'SIGCONT');
    },
    leadersOf,
    leaderOf: async (topic, partition) => (await leadersOf(topic))[partition] ?? -1,
    async coordinatorOf(groupId) {
      const leaders = await leadersOf(GROUP_OFFSETS);
      return leaders[(javaHash(groupId) & 0x7fffffff) % leaders.length] ?? -1;
    },
    controller() {
      // Kafka answers clients with any broker for the controller; which one it is, the voters have on disk.
      const states = awake().map(quorumState);
      return states.reduce((latest, state) => (state.leaderEpoch > latest.leaderEpoch ? state : latest)).leaderId;
    },
    async untilMovedFrom(nodeId, topic) {
      await waitFor(
        async () => {
          const [metadata] = await topicsOf(topic);
          return metadata?.partitions.every(({ leader, isr }) => leader >= 0 && leader !== nodeId && !isr.includes(nodeId));
        },
        { intervalMs: 100, describe: `the partitions of ${topic} to be moved from node ${nodeId}` },
      );
    },
    async untilInSync() {
      let behind = 'unknown';
      await waitFor(
        async () => {
          const partitions = (await topicsOf()).flatMap(({ name, partitions: all }) =>
            all.map((partition) => ({ name, ...partition })),
          );
          const lacking = partitions.filter(({ isr }) => isr.length < NODES);
          behind = lacking.map(({ name, partitionId, isr }) => `${name}:${partitionId} (in sync: ${isr.join('+')})`).join(', ');
          return lacking.length === 0;
        },
        { timeoutMs: 60_000, describe: () => `all replicas to be in sync (behind: ${behind})` },
      );
    },
  };
}

/**
 * The first answer of `nodes`, all of which are asked. A client learns of the other nodes too and may ask one of these that is dead or frozen, hence
 * the short patience and the further goes.
 */
async function askAny<T>(nodes: readonly LocalKafkaNode[], ask: (admin: Admin) => Promise<T>): Promise<T> {
  const answer = await waitFor(() => Promise.any(nodes.map(({ address }) => askOnce(address, ask))), {
    timeoutMs: 20_000,
    describe: 'an answer of the cluster',
  });
  return answer.value;
}

async function askOnce<T>(address: string, ask: (admin: Admin) => Promise<T>): Promise<{ readonly value: T }> {
  const admin = new Kafka({
    clientId: 'test',
    brokers: [address],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 1_000,
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    return { value: await ask(admin) };
  } finally {
    await admin.disconnect();
  }
}

function quorumState({ dataDir }: LocalKafkaNode): { readonly leaderId: number; readonly leaderEpoch: number } {
  const path = join(dataDir, 'logs', '__cluster_metadata-0', 'quorum-state');
  return JSON.parse(readFileSync(path, 'utf8')) as { leaderId: number; leaderEpoch: number };
}

/** `String.hashCode` of Java, by which Kafka assigns groups to partitions of its offsets topic. */
function javaHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0;
  return hash;
}
