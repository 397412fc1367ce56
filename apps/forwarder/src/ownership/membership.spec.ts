import { SESSION_TIMEOUT_MS } from '#event-log';
import { readClock } from '../clock.ts';
import { Membership } from './membership.ts';

function member() {
  const leases: number[] = [];
  return { leases, membership: new Membership([{ renewLease: (until) => leases.push(until) }]) };
}

describe('a member of the consumer group', () => {
  it('has a lease that ends before the coordinator could give its partitions away (P8)', () => {
    const { membership, leases } = member();
    membership.assigned('a');
    membership.confirmed(5_000);
    expect(leases).toHaveLength(1);
    expect(leases[0]).toBeLessThan(5_000 + SESSION_TIMEOUT_MS);
  });

  it('has none between a change of the group and the next assignment, however well the coordinator knows it', () => {
    const { membership, leases } = member();
    membership.confirmed(1_000);
    membership.assigned('a');
    membership.changing();
    membership.confirmed(2_000);
    expect(leases).toEqual([]);
    membership.assigned('a');
    membership.confirmed(3_000);
    expect(leases).toHaveLength(1);
  });

  it('is another one when it comes back under a new id: its partitions may have been delivered on elsewhere (P4)', () => {
    const { membership } = member();
    expect(membership.assigned('a')).toBe(false);
    expect(membership.assigned('a')).toBe(true);
    expect(membership.assigned('b')).toBe(false);
  });

  it('was confirmed last at the latest request that was answered, in whatever order the answers come', () => {
    const { membership } = member();
    const later = readClock().monotonicMs + 10_000;
    membership.confirmed(later);
    membership.confirmed(later - 5_000);
    expect(membership.confirmedAt).toBe(later);
  });

  it('has joined once an assignment has come', () => {
    const { membership } = member();
    expect(membership.joined).toBe(false);
    membership.assigned('a');
    expect(membership.joined).toBe(true);
  });
});
