import { AssignerProtocol, type Assigner, type GroupMember as KafkaGroupMember, type PartitionAssigner } from 'kafkajs';
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
    assign: async ({ members, topics }) => {
      const counts = new Map(topics.map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).length]));
      const assignment = assignSticky(members.map(readMember), counts);
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
  const userData = AssignerProtocol.MemberMetadata.decode(memberMetadata)?.userData;
  const facts = parseFacts(userData);
  return { memberId, name: facts?.name ?? memberId, owned: facts?.owned ?? [] };
}

function byTopic(partitions: readonly TopicPartition[]): Record<string, number[]> {
  const topics: Record<string, number[]> = {};
  for (const { topic, partition } of partitions) (topics[topic] ??= []).push(partition);
  return topics;
}
