import { aroundGroup, type Around } from './around-group.ts';

/** By group: Kafka's id of this process as a member that has not left. */
const memberIds = new Map<string, string>();

/**
 * Has a kafkajs 2.2.4 consumer that starts anew after a crash join its group as the member that it was.
 *
 * A crash, such as an outage of the broker, has kafkajs begin with a new membership, while the coordinator still waits for the former one: it keeps the group
 * from settling until that one's session is over, so that each outage would be followed by ten seconds in which nobody delivers. A coordinator that has given
 * the former member up says so, and kafkajs joins as a new one: then others may have owned its partitions meanwhile (P8), and the new id tells.
 */
export function keepMemberIdOverRestarts(): void {
  aroundGroup('joinAndSync', joinAsFormerMember);
  aroundGroup('leave', forgetMember);
}

const joinAsFormerMember: Around = async (group, join) => {
  // Only at its first join: an instance that has lost its id since was told so by the coordinator.
  if (group.generationId === null) group.memberId ??= memberIds.get(group.groupId) ?? null;
  await join();
  if (group.memberId !== null) memberIds.set(group.groupId, group.memberId);
};

const forgetMember: Around = async ({ groupId }, leave) => {
  // Not if it fails: then the coordinator still counts on us.
  await leave();
  memberIds.delete(groupId);
};
