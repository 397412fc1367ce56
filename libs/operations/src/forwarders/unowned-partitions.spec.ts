import type { DescribedMember } from '#event-log';
import { unownedPartitions, unownedProblem } from './unowned-partitions.ts';

function member(name: string, topic: string, partitions: readonly number[]): DescribedMember {
  return { name, host: '127.0.0.1', partitions: partitions.map((partition) => ({ topic, partition })) };
}

describe('partitions that nobody owns', () => {
  it('are those of the topic that no member has, and there are none while all are shared out', () => {
    const members = [member('a', 'events.acme', [0, 2]), member('b', 'events.other', [1])];
    expect(unownedPartitions('events.acme', 4, members)).toEqual([1, 3]);
    expect(unownedPartitions('events.acme', 4, [...members, member('c', 'events.acme', [1, 3])])).toEqual([]);
    expect(unownedPartitions('events.acme', 2, [])).toEqual([0, 1]);
  });

  it('are a problem that names the source, them, and what to do', () => {
    expect(unownedProblem('acme', [])).toBeUndefined();
    expect(unownedProblem('acme', [1, 3])).toMatch(/nobody owns partitions 1, 3 of source acme.*: start a forwarder/);
    expect(unownedProblem('acme', [1])).toMatch(/nobody owns partition 1 of/);
  });
});
