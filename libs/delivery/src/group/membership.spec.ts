import { Membership } from './membership.ts';

const SESSION_TIMEOUT_MS = 10_000;
const STARTED_AT = 500;

/** The assignment to `memberId` in the generation that follows the one before. */
let generation = 0;
function to(memberId: string, missed = 0) {
  generation += 1 + missed;
  return { memberId, generation };
}

function member() {
  const leases: number[] = [];
  const kept: number[] = [];
  const holder = { renewLease: (until: number) => void leases.push(until), keepUntil: (until: number) => void kept.push(until) };
  return { leases, kept, membership: new Membership([holder], SESSION_TIMEOUT_MS, STARTED_AT) };
}

describe('a member of the consumer group', () => {
  it('has a lease that ends before the coordinator could give its partitions away (P8)', () => {
    const { membership, leases } = member();
    membership.assigned(to('a'));
    membership.confirmed(5_000);
    expect(leases).toHaveLength(1);
    expect(leases[0]).toBeLessThan(5_000 + SESSION_TIMEOUT_MS);
  });

  it('has none between a change of the group and the next assignment, however well the coordinator knows it', () => {
    const { membership, leases, kept } = member();
    membership.confirmed(1_000);
    membership.assigned(to('a'));
    membership.changing();
    membership.confirmed(2_000);
    expect(leases).toEqual([]);
    // What is under way may end.
    expect(kept).toEqual([10_000, 11_000]);
    membership.assigned(to('a'));
    membership.confirmed(3_000);
    expect(leases).toHaveLength(1);
  });

  it('is another one when it comes back under a new id: its partitions may have been delivered on elsewhere (P4)', () => {
    const { membership } = member();
    expect(membership.assigned(to('a'))).toBe(false);
    expect(membership.assigned(to('a'))).toBe(true);
    expect(membership.assigned(to('b'))).toBe(false);
  });

  it('is not what it was where it has missed a generation: another may have delivered from its partitions in it (P3, P4)', () => {
    const { membership } = member();
    membership.assigned(to('a'));
    expect(membership.assigned(to('a', 1))).toBe(false);
    expect(membership.assigned(to('a'))).toBe(true);
    expect(membership.assigned({ memberId: 'a', generation })).toBe(true);
  });

  it('was confirmed last at the latest request that was answered, in whatever order the answers come', () => {
    const { membership } = member();
    expect(membership.confirmedAt).toBe(STARTED_AT);
    const later = STARTED_AT + 10_000;
    membership.confirmed(later);
    membership.confirmed(later - 5_000);
    expect(membership.confirmedAt).toBe(later);
  });

  it('has joined once an assignment has come', () => {
    const { membership } = member();
    expect(membership.joined).toBe(false);
    membership.assigned(to('a'));
    expect(membership.joined).toBe(true);
  });
});
