import { AssignerProtocol, type Assigner, type GroupMember as KafkaGroupMember, type PartitionAssigner } from 'kafkajs';
import { assignSticky, type GroupMember } from './sticky-assignment.ts';
import type { TopicPartition } from './topic-partition.ts';

const NAME = 'bridge-sticky';
const VERSION = 1;

/** What a member tells the leader about itself, in the group protocol's user data. */
export interface MemberFacts {
  readonly name: string;
  readonly owned: readonly TopicPartition[];
  /** Where its admin port is, for the console; absent from older versions. */
  readonly url?: string;
}

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
        userData: Buffer.from(JSON.stringify(facts())),
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

/** Another version of this program may say something else here; it then simply owns nothing yet. */
export function parseFacts(userData: Buffer | undefined): MemberFacts | undefined {
  if (userData === undefined || userData.length === 0) return undefined;
  try {
    const facts = JSON.parse(userData.toString()) as Partial<MemberFacts>;
    const { name, owned, url } = facts;
    if (typeof name !== 'string' || !Array.isArray(owned)) return undefined;
    return { name, owned, ...(typeof url === 'string' && { url }) };
  } catch {
    return undefined;
  }
}

function byTopic(partitions: readonly TopicPartition[]): Record<string, number[]> {
  const topics: Record<string, number[]> = {};
  for (const { topic, partition } of partitions) (topics[topic] ??= []).push(partition);
  return topics;
}
