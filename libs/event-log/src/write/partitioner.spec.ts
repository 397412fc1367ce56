import fc from 'fast-check';
import { Partitioners, type PartitionMetadata } from 'kafkajs';
import { partitionFor } from './partitioner.ts';

const byKafkajs = Partitioners.DefaultPartitioner();

function kafkajsPartition(key: string, count: number): number {
  const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({ partitionId, leader: 1 }) as PartitionMetadata);
  return byKafkajs({ topic: 'any', partitionMetadata, message: { key, value: null } });
}

describe('the partition of a key', () => {
  it('is the one that kafkajs chooses, for any key and count', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 200 }), (key, count) => {
        expect(partitionFor(key, count)).toBe(kafkajsPartition(key, count));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is the one of the Java client', () => {
    // From the unit tests of org.apache.kafka.common.utils.Utils: murmur2("21") is -973932308, murmur2("foobar") is -790332482.
    expect(partitionFor('21', 1_000)).toBe((-973932308 & 0x7fffffff) % 1_000);
    expect(partitionFor('foobar', 1_000)).toBe((-790332482 & 0x7fffffff) % 1_000);
  });

  it('needs a partition', () => expect(() => partitionFor('key', 0)).toThrow(RangeError));
});
