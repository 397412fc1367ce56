import fc from 'fast-check';
import { assignSticky, type Assignment, type GroupMember } from './sticky-assignment.ts';
import { topicPartitionKey, type TopicPartition } from './topic-partition.ts';

/** A group as the leader may find it: members that own disjoint partitions, some of topics that have shrunk or gone. */
const group = fc
  .record({
    names: fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom(...'abcdef') }), {
      minLength: 1,
      maxLength: 7,
    }),
    counts: fc.array(fc.integer({ min: 1, max: 13 }), { minLength: 1, maxLength: 4 }),
    owners: fc.array(fc.nat(9), { minLength: 60, maxLength: 60 }),
  })
  .map(({ names, counts, owners }) => {
    const topics = new Map(counts.map((count, i) => [`events.${i}`, count]));
    const owned = new Map<string, TopicPartition[]>(names.map((name) => [name, []]));
    let at = 0;
    for (const [topic, count] of topics) {
      // Beyond the count: partitions that are remembered and no longer there. Beyond the names: nobody's.
      for (let partition = 0; partition < count + 1; partition++) {
        const name = names[owners[at++ % owners.length] ?? 0];
        if (name !== undefined) owned.get(name)?.push({ topic, partition });
      }
    }
    return { members: names.map((name) => memberOf(name, owned.get(name) ?? [])), topics };
  });

const ALL = ['events', 'events.0', 'events.1', 'events.2', 'events.3', 'events.a', 'events.b', 'events.c'];

function memberOf(name: string, owned: readonly TopicPartition[] = [], run = 1, topics: readonly string[] = ALL): GroupMember {
  return { memberId: `${name}-run-${run}`, name, topics, owned };
}

function keysOf(partitions: readonly TopicPartition[] = []): string[] {
  return partitions.map(topicPartitionKey).sort();
}

function countsOf(assignment: Assignment, topic: string): number[] {
  return [...assignment.values()].map((partitions) => partitions.filter((partition) => partition.topic === topic).length);
}

/** The group after it has taken up what it was assigned. */
function settled(members: readonly GroupMember[], assignment: Assignment): GroupMember[] {
  return members.map((member) => ({ ...member, owned: assignment.get(member.memberId) ?? [] }));
}

describe('the sticky assignment', () => {
  it('gives each partition to exactly one member', () => {
    fc.assert(
      fc.property(group, ({ members, topics }) => {
        const all = [...topics].flatMap(([topic, count]) =>
          Array.from({ length: count }, (_, partition) => ({ topic, partition })),
        );
        expect(keysOf([...assignSticky(members, topics).values()].flat())).toEqual(keysOf(all));
      }),
    );
  });

  it('shares every topic out evenly: counts differ by one at most', () => {
    fc.assert(
      fc.property(group, ({ members, topics }) => {
        const assignment = assignSticky(members, topics);
        for (const topic of topics.keys()) {
          const counts = countsOf(assignment, topic);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('moves as few partitions as an even share allows', () => {
    fc.assert(
      fc.property(group, ({ members, topics }) => {
        const assignment = assignSticky(members, topics);
        for (const [topic, count] of topics) {
          const claims = members.map(({ owned }) => owned.filter((o) => o.topic === topic && o.partition < count).length);
          const base = Math.floor(count / members.length);
          const extras = count % members.length;
          // Whoever has more than the base may keep one more, while extras last.
          const keepable =
            claims.reduce((sum, claim) => sum + Math.min(claim, base), 0) +
            Math.min(extras, claims.filter((claim) => claim > base).length);
          const kept = members.flatMap(({ memberId, owned }) => {
            const mine = new Set(keysOf(owned));
            return (assignment.get(memberId) ?? []).filter((o) => o.topic === topic && mine.has(topicPartitionKey(o)));
          });
          expect(kept).toHaveLength(keepable);
        }
      }),
    );
  });

  it('moves nothing when a process is restarted', () => {
    fc.assert(
      fc.property(group, fc.nat(6), ({ members, topics }, index) => {
        const before = assignSticky(members, topics);
        const group = settled(members, before);
        const restarted = group.map((member, i) =>
          i === index % group.length ? memberOf(member.name, member.owned, 2) : member,
        );
        const after = assignSticky(restarted, topics);
        restarted.forEach(({ memberId }, i) => {
          expect(keysOf(after.get(memberId))).toEqual(keysOf(before.get(members[i]?.memberId ?? '')));
        });
      }),
    );
  });

  it('gives a process its partitions back that comes again after the others took them over', () => {
    fc.assert(
      fc.property(group, fc.nat(6), ({ members, topics: all }, index) => {
        // Where there are fewer partitions than members the one who took over may as well keep it.
        const topics = new Map([...all].filter(([, count]) => count >= members.length));
        const before = settled(members, assignSticky(members, topics));
        const away = before[index % before.length];
        if (away === undefined || before.length === 1) return;
        const others = before.filter((member) => member !== away);
        const meanwhile = settled(others, assignSticky(others, topics));
        const again = memberOf(away.name, away.owned, 2);
        const after = assignSticky([...meanwhile, again], topics);
        for (const { memberId, name, owned } of before) {
          expect([name, keysOf(after.get(memberId === away.memberId ? again.memberId : memberId))]).toEqual([
            name,
            keysOf(owned),
          ]);
        }
      }),
    );
  });

  it('comes to the same result in whatever order the leader lists members and topics', () => {
    fc.assert(
      fc.property(group, ({ members, topics }) => {
        const one = assignSticky(members, topics);
        const other = assignSticky([...members].reverse(), new Map([...topics].reverse()));
        for (const { memberId } of members) expect(keysOf(other.get(memberId))).toEqual(keysOf(one.get(memberId)));
      }),
    );
  });

  it('takes from each only what a newcomer needs', () => {
    const topics = new Map([['events', 6]]);
    const two = [memberOf('a'), memberOf('b')];
    const three = [...settled(two, assignSticky(two, topics)), memberOf('c')];
    const assignment = assignSticky(three, topics);
    expect(assignment.get('c-run-1')).toHaveLength(2);
    for (const { memberId, owned } of three) {
      const lost = owned.filter((o) => !keysOf(assignment.get(memberId)).includes(topicPartitionKey(o)));
      expect(lost.length).toBeLessThanOrEqual(1);
    }
  });

  it('gives the extra partitions of several topics to those that have least', () => {
    const topics = new Map([
      ['events.a', 1],
      ['events.b', 1],
      ['events.c', 1],
    ]);
    const assignment = assignSticky([memberOf('a'), memberOf('b'), memberOf('c')], topics);
    expect([...assignment.values()].map((partitions) => partitions.length)).toEqual([1, 1, 1]);
  });

  it('gives a partition that two claim to one of them: a zombie and its successor', () => {
    const owned = [{ topic: 'events', partition: 0 }];
    const assignment = assignSticky([memberOf('a', owned), memberOf('b', owned)], new Map([['events', 2]]));
    expect([...assignment.values()].map((partitions) => partitions.length)).toEqual([1, 1]);
  });

  it('lets a member be idle when there are more members than partitions', () => {
    const assignment = assignSticky([memberOf('a'), memberOf('b')], new Map([['events', 1]]));
    expect([...assignment.values()].map((partitions) => partitions.length).sort()).toEqual([0, 1]);
  });

  describe('among members that do not all know the same sources, as in a rolling restart that adds one', () => {
    /** Each member subscribes to some of the topics. */
    const mixed = fc.tuple(group, fc.array(fc.nat(15), { minLength: 7, maxLength: 7 })).map(([{ members, topics }, masks]) => ({
      topics,
      members: members.map((member, i) => ({
        ...member,
        topics: [...topics.keys()].filter((_, bit) => ((masks[i] ?? 0) >> bit) & 1),
      })),
    }));

    it('gives every partition of a topic to one of those that know it, evenly, and to nobody if none does', () => {
      fc.assert(
        fc.property(mixed, ({ members, topics }) => {
          const assignment = assignSticky(members, topics);
          for (const [topic, count] of topics) {
            const knowing = members.filter((member) => member.topics.includes(topic));
            const shares = members.map(
              ({ memberId }) => (assignment.get(memberId) ?? []).filter((own) => own.topic === topic).length,
            );
            const theirs = members.flatMap((member, i) => (knowing.includes(member) ? [shares[i] ?? 0] : []));
            const given = shares.reduce((sum, share) => sum + share, 0);
            expect(given).toBe(knowing.length === 0 ? 0 : count);
            expect(theirs.reduce((sum, share) => sum + share, 0)).toBe(given);
            if (theirs.length > 0) expect(Math.max(...theirs) - Math.min(...theirs)).toBeLessThanOrEqual(1);
          }
        }),
      );
    });

    it('moves nothing of a group that has settled', () => {
      fc.assert(
        fc.property(mixed, ({ members, topics }) => {
          const before = assignSticky(members, topics);
          const after = assignSticky(
            members.map((member) => ({ ...member, owned: before.get(member.memberId) ?? [] })),
            topics,
          );
          for (const { memberId } of members) expect(keysOf(after.get(memberId))).toEqual(keysOf(before.get(memberId)));
        }),
      );
    });
  });

  it('assigns nothing in a group without members', () => {
    expect(assignSticky([], new Map([['events', 3]])).size).toBe(0);
  });
});
