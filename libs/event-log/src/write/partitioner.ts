const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/**
 * The partition of a key: the same one that Kafka's own clients and kafkajs's `DefaultPartitioner` choose, so that partition n of every topic
 * of a source tells of the same users whoever wrote the record.
 */
export function partitionFor(key: string, partitionCount: number): number {
  if (!Number.isInteger(partitionCount) || partitionCount < 1) throw new RangeError('a topic has one partition or more');
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitionCount;
}

/** murmur2 as in Kafka's `org.apache.kafka.common.utils.Utils`, in 32-bit integers (kafkajs computes it in 64-bit objects, ten times slower). */
function murmur2(data: Buffer): number {
  const { length } = data;
  let hash = SEED ^ length;
  const words = length & ~3;
  for (let i = 0; i < words; i += 4) {
    const word = Math.imul(data.readInt32LE(i), M);
    hash = Math.imul(hash, M) ^ Math.imul(word ^ (word >>> 24), M);
  }
  if (words < length) {
    // The last one to three bytes, little endian.
    for (let i = length - 1; i >= words; i--) hash ^= (data[i] ?? 0) << (8 * (i - words));
    hash = Math.imul(hash, M);
  }
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}
