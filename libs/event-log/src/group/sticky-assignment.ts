import type { TopicPartition } from './topic-partition.ts';

/** A member of the group, as the leader sees it. */
export interface GroupMember {
  /** Kafka's id of this run of the process; another one after each restart. */
  readonly memberId: string;
  /** Ours; the same after a restart, so that a process gets its partitions, and with them its checkpoints, back. */
  readonly name: string;
  /** The topics that it knows: it is given partitions of no other. */
  readonly topics: readonly string[];
  /** What it owns, or owned before it was restarted. */
  readonly owned: readonly TopicPartition[];
}

/** Which partitions each member gets, by member id. */
export type Assignment = ReadonlyMap<string, readonly TopicPartition[]>;

/**
 * Shares out partitions evenly per topic among the members that subscribe to it (counts differ by at most one) and moves as few as that allows. A topic that
 * nobody subscribes to is nobody's.
 *
 * A pure function of its arguments: whichever member is the leader comes to the same result. Per topic, because a topic is a source,
 * and each source's account limit is divided by its partitions.
 */
export function assignSticky(members: readonly GroupMember[], topics: ReadonlyMap<string, number>): Assignment {
  const assigned = new Map<string, TopicPartition[]>(members.map(({ memberId }) => [memberId, []]));
  // Sorted by our own name, so that a restart does not change the order in which ties are decided.
  const ordered = [...members].sort((a, b) => compare(a.name, b.name) || compare(a.memberId, b.memberId));
  for (const [topic, partitionCount] of [...topics].sort(([a], [b]) => compare(a, b))) {
    const subscribers = ordered.filter((member) => member.topics.includes(topic));
    for (const [memberId, partitions] of shareOut(topic, partitionCount, subscribers, assigned)) {
      assigned.get(memberId)?.push(...[...partitions].sort((a, b) => a - b).map((partition) => ({ topic, partition })));
    }
  }
  return assigned;
}

/**
 * Claims first that nobody else has, then the others: a member that was away claims what it had, which the ones that took its place
 * meanwhile claim, too. They keep what was theirs before, and it gets its own back.
 */
function shareOut(
  topic: string,
  partitionCount: number,
  members: readonly GroupMember[],
  assigned: Assignment,
): Map<string, number[]> {
  const shares = new Map<string, number[]>(members.map(({ memberId }) => [memberId, []]));
  if (members.length === 0) return shares;
  const claims = claimsOf(topic, partitionCount, members);
  const quotas = quotasOf(partitionCount, claims, assigned);
  const free = new Set(Array.from({ length: partitionCount }, (_, partition) => partition));
  const fill = ({ memberId }: GroupMember, wanted: Iterable<number>): void => {
    const share = shares.get(memberId) ?? [];
    const quota = quotas.get(memberId) ?? 0;
    for (const partition of wanted) {
      if (share.length >= quota) return;
      if (free.delete(partition)) share.push(partition);
    }
  };
  for (const { member, undisputed } of claims) fill(member, undisputed);
  for (const { member, disputed } of claims) fill(member, disputed);
  for (const member of members) fill(member, free);
  return shares;
}

interface Claims {
  readonly member: GroupMember;
  /** Partitions that it alone claims. */
  readonly undisputed: readonly number[];
  /** Partitions that others claim as well. */
  readonly disputed: readonly number[];
}

function claimsOf(topic: string, partitionCount: number, members: readonly GroupMember[]): Claims[] {
  const claimed = members.map(({ owned }) => {
    const own = owned.filter((place) => place.topic === topic && place.partition < partitionCount);
    return new Set(own.map(({ partition }) => partition));
  });
  const claimants = new Map<number, number>();
  for (const partition of claimed.flatMap((own) => [...own])) claimants.set(partition, (claimants.get(partition) ?? 0) + 1);
  return members.map((member, index) => {
    const own = [...(claimed[index] ?? [])];
    const isDisputed = (partition: number): boolean => (claimants.get(partition) ?? 0) > 1;
    return { member, undisputed: own.filter((partition) => !isDisputed(partition)), disputed: own.filter(isDisputed) };
  });
}

/**
 * How many partitions each member gets, by member id. One of the extra ones goes first to who would otherwise lose one, then to who comes back (most
 * disputed claims, fewest others), then to who has least in all.
 */
function quotasOf(partitionCount: number, claims: readonly Claims[], assigned: Assignment): Map<string, number> {
  const base = Math.floor(partitionCount / claims.length);
  const extras = partitionCount % claims.length;
  const load = ({ member }: Claims): number => assigned.get(member.memberId)?.length ?? 0;
  const byNeed = [...claims].sort(
    (a, b) =>
      Number(b.undisputed.length > base) - Number(a.undisputed.length > base) ||
      b.disputed.length - a.disputed.length ||
      (a.disputed.length > 0 ? a.undisputed.length - b.undisputed.length : 0) ||
      load(a) - load(b),
  );
  return new Map(byNeed.map(({ member }, place) => [member.memberId, base + (place < extras ? 1 : 0)]));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
