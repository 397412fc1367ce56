import { AssignerProtocol, type Admin } from 'kafkajs';
import { parseFacts } from './sticky-assigner.ts';
import type { TopicPartition } from './topic-partition.ts';

/** A forwarder, as the group's coordinator knows it. */
export interface DescribedMember {
  /** Stable over restarts; Kafka's member id for a member that does not say its own. */
  readonly name: string;
  /** The address that it has connected from. */
  readonly host: string;
  /** Where its admin port is, if it says so. */
  readonly url?: string;
  readonly partitions: readonly TopicPartition[];
}

/** The members of a consumer group, by name, with what each says about itself when it joins and with the partitions that it has. */
export async function describeGroup(admin: Admin, groupId: string): Promise<DescribedMember[]> {
  const { groups } = await admin.describeGroups([groupId]);
  const members = groups.flatMap((group) => group.members);
  return members
    .map(({ memberId, clientHost, memberMetadata, memberAssignment }) => {
      const facts = parseFacts(orUndefined(() => AssignerProtocol.MemberMetadata.decode(memberMetadata))?.userData);
      const assignment = orUndefined(() => AssignerProtocol.MemberAssignment.decode(memberAssignment))?.assignment ?? {};
      return {
        name: facts?.name ?? memberId,
        host: clientHost.replace(/^\//, ''),
        ...(facts?.url !== undefined && { url: facts.url }),
        partitions: Object.entries(assignment).flatMap(([topic, partitions]) =>
          partitions.map((partition) => ({ topic, partition })),
        ),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What a member of another program sends (or one that is about to be assigned: nothing) may not be decodable. */
function orUndefined<T>(decode: () => T | null): T | undefined {
  try {
    return decode() ?? undefined;
  } catch {
    return undefined;
  }
}
