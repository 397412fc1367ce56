/** One partition of one topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export function topicPartitionKey({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
