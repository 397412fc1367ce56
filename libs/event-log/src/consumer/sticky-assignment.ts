import { topicPartitionKey, type TopicPartition } from './topic-partition.ts';

/** A member of the group, as the leader sees it. */
export interface GroupMember {
  /** Kafka's id of this run of the process; another one after each restart. */
  readonly memberId: string;
  /** Ours; the same after a restart, so that a process gets its partitions, and with them its checkpoints, back. */
  readonly name: string;
  /** What it owns, or owned before it was restarted. */
  readonly owned: readonly TopicPartition[];
}

/** Which partitions each member gets, by member id. */
export type Assignment = ReadonlyMap<string, readonly TopicPartition[]>;

/**
 * Shares out partitions evenly per topic (counts differ by at most one) and moves as few as that allows.
 *
 * A pure function of its arguments: whichever member is the leader comes to the same result. Per topic, because a topic is a source,
 * and each source's account limit is divided by its partitions.
 */
export function assignSticky(members: readonly GroupMember[], topics: ReadonlyMap<string, number>): Assignment {
  const assigned = new Map<string, TopicPartition[]>(members.map(({ memberId }) => [memberId, []]));
  // Sorted by our own name, so that a restart does not change the order in which ties are decided.
  const ordered = [...members].sort((a, b) => compare(a.name, b.name) || compare(a.memberId, b.memberId));
  for (const [topic, partitionCount] of [...topics].sort(([a], [b]) => compare(a, b))) {
    for (const [memberId, partitions] of shareOut(topic, partitionCount, ordered, assigned)) {
      assigned.get(memberId)?.push(...[...partitions].sort((a, b) => a - b).map((partition) => ({ topic, partition })));
    }
  }
  return assigned;
}

function shareOut(
  topic: string,
  partitionCount: number,
  members: readonly GroupMember[],
  assigned: Assignment,
): Map<string, number[]> {
  const shares = new Map<string, number[]>(members.map(({ memberId }) => [memberId, []]));
  if (members.length === 0) return shares;
  const claims = claimsOf(topic, partitionCount, members);
  const base = Math.floor(partitionCount / members.length);
  let extras = partitionCount % members.length;

  // An extra partition goes first to who would otherwise lose one, then to who has least in all.
  const load = (member: GroupMember) => assigned.get(member.memberId)?.length ?? 0;
  const claim = (member: GroupMember) => claims.get(member.memberId) ?? [];
  const byNeed = [...members].sort(
    (a, b) => Number(claim(b).length > base) - Number(claim(a).length > base) || load(a) - load(b),
  );
  const free = new Set(Array.from({ length: partitionCount }, (_, partition) => partition));
  const quota = new Map<string, number>();
  for (const member of byNeed) {
    quota.set(member.memberId, base + (extras > 0 ? 1 : 0));
    extras--;
    const kept = claim(member).slice(0, quota.get(member.memberId));
    shares.get(member.memberId)?.push(...kept);
    for (const partition of kept) free.delete(partition);
  }
  for (const member of members) {
    const share = shares.get(member.memberId) ?? [];
    for (const partition of free) {
      if (share.length >= (quota.get(member.memberId) ?? 0)) break;
      share.push(partition);
      free.delete(partition);
    }
  }
  return shares;
}

/** Which partitions each member may keep; where two claim one (a zombie and its successor), the first in order does. */
function claimsOf(topic: string, partitionCount: number, members: readonly GroupMember[]): Map<string, number[]> {
  const claimed = new Set<string>();
  const claims = new Map<string, number[]>();
  for (const member of members) {
    const mine = member.owned.filter((owned) => owned.topic === topic && owned.partition < partitionCount);
    const granted: number[] = [];
    for (const owned of mine) {
      const key = topicPartitionKey(owned);
      if (claimed.has(key)) continue;
      claimed.add(key);
      granted.push(owned.partition);
    }
    claims.set(member.memberId, granted);
  }
  return claims;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
