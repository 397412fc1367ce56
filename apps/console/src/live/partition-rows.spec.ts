import { toOffset } from '#segment';
import { oldestOf, partitionRows, type PartitionFacts } from './partition-rows.ts';

const facts = {
  bounds: [
    { partition: 0, start: toOffset(0), end: toOffset(100) },
    { partition: 1, start: toOffset(40), end: toOffset(50) },
  ],
  committed: new Map([[0, toOffset(60)]]),
};
const member = { name: 'f1', host: '10.0.0.1', partitions: [{ topic: 'events', partition: 0 }] };
const said = { partition: 0, phase: 'delivering', frontier: 70, lead: 5, heldBytes: 900, inFlight: 2, knowsItsDeletions: true };

function rows(change: Partial<PartitionFacts> = {}) {
  return partitionRows({ topic: 'events', facts, members: [], said: [], ageOf: () => 0, ...change });
}

describe('the partitions', () => {
  it('stand where their owner says, which knows more than it has committed', () => {
    const [first] = rows({ members: [member], said: [{ forwarder: 'f1', partitions: [said] }] });
    expect(first).toMatchObject({ owner: 'f1', phase: 'delivering', frontier: 70, end: 100, lag: 30, lead: 5, heldBytes: 900 });
  });

  it('stand where the group has committed, or at the beginning of the log, when nobody speaks', () => {
    expect(rows({ members: [member] })).toMatchObject([
      { owner: 'f1', phase: null, frontier: 60, lag: 40 },
      { owner: null, frontier: 40, lag: 10 },
    ]);
  });

  it('belong to whom Kafka names, while they change hands', () => {
    const others = { forwarder: 'f0', partitions: [{ ...said, frontier: 65 }] };
    const [first] = rows({ members: [member], said: [others, { forwarder: 'f1', partitions: [said] }] });
    expect(first).toMatchObject({ owner: 'f1', frontier: 70 });
  });

  it('have an oldest record, unless it is not known of one of them', () => {
    expect(oldestOf(rows({ ageOf: (partition) => partition * 10 }))).toBe(10);
    expect(oldestOf(rows({ ageOf: (partition) => (partition === 0 ? null : 10) }))).toBeNull();
  });
});
