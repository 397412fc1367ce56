import { createRequire } from 'node:module';

/** What kafkajs makes of a metadata answer. */
interface MetadataAnswer {
  readonly topicMetadata: readonly {
    readonly topicErrorCode: number;
    readonly partitionMetadata: readonly unknown[];
  }[];
}

let done = false;

/**
 * kafkajs 2.2.4 throws away a whole metadata answer where one topic is gone, or one partition has no leader: a client that follows many topics then stands
 * still for all of them, the consumer included (P6). Here such a topic has no partitions, and such a partition keeps the leader that Kafka says, -1: whoever
 * asks about them finds none, and the others are served.
 */
export function tellTopicsApart(): void {
  if (done) return;
  done = true;
  const response = createRequire(import.meta.url)('kafkajs/src/protocol/requests/metadata/v6/response') as {
    parse: (answer: MetadataAnswer) => Promise<MetadataAnswer>;
  };
  response.parse = (answer) =>
    Promise.resolve({
      ...answer,
      topicMetadata: answer.topicMetadata.map((topic) =>
        topic.topicErrorCode === 0 ? topic : { ...topic, partitionMetadata: [] },
      ),
    });
}
