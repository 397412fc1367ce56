import {
  AssignerProtocol,
  type Assigner,
  type Cluster,
  type GroupMember as KafkaGroupMember,
  type PartitionAssigner,
} from 'kafkajs';
import { encodeFacts, parseFacts, type MemberFacts } from '../group/member-facts.ts';
import { assignSticky, type GroupMember } from '../group/sticky-assignment.ts';
import type { TopicPartition } from '../group/topic-partition.ts';

const NAME = 'bridge-sticky';
const VERSION = 1;

/** The kafkajs assigner around {@link assignSticky}. `facts` is asked at each join. */
export function createStickyAssigner(facts: () => MemberFacts): PartitionAssigner {
  return ({ cluster }): Assigner => ({
    name: NAME,
    version: VERSION,
    protocol: ({ topics }) => ({
      name: NAME,
      metadata: AssignerProtocol.MemberMetadata.encode({
        version: VERSION,
        topics,
        userData: encodeFacts(facts()),
      }),
    }),
    assign: async ({ members: said }) => {
      const members = said.map(readMember);
      const counts = await partitionCounts(cluster, [...new Set(members.flatMap(({ topics }) => topics))]);
      const assignment = assignSticky(members, counts);
      return [...assignment].map(([memberId, partitions]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version: VERSION,
          assignment: byTopic(partitions),
          userData: Buffer.alloc(0),
        }),
      }));
    },
  });
}

function readMember({ memberId, memberMetadata }: KafkaGroupMember): GroupMember {
  const metadata = AssignerProtocol.MemberMetadata.decode(memberMetadata);
  const facts = parseFacts(metadata?.userData);
  return { memberId, name: facts?.name ?? memberId, topics: metadata?.topics ?? [], owned: facts?.owned ?? [] };
}

/**
 * How many partitions the topics of all members have: in a rolling restart that adds a source, the leader may be one that does not know it yet. A topic that
 * cannot be asked about has none for now; others are not held up by it (P6).
 */
async function partitionCounts(cluster: Cluster, topics: readonly string[]): Promise<Map<string, number>> {
  for (const topic of topics) await cluster.addTargetTopic(topic).catch(() => undefined);
  return new Map(topics.map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).length]));
}

function byTopic(partitions: readonly TopicPartition[]): Record<string, number[]> {
  const topics: Record<string, number[]> = {};
  for (const { topic, partition } of partitions) (topics[topic] ??= []).push(partition);
  return topics;
}
