import { createRequire } from 'node:module';
import { toOffset, type Offset } from '#segment';
import { UnknownPartition } from '../errors.ts';
import type { FetchBounds, FetchedFrom, FetchFailure, FetchPosition, ReadConnection } from '../read/read-connection.ts';
import { isOfEvents } from '../topics/topic-names.ts';
import { ClusterConnection, type ProtocolRequest } from './cluster-connection.ts';
import { decodeOfLeader } from './decode-fetches-here.ts';
import { errorOf } from './errors-of-kafka.ts';
import { fetchedBatchOf } from './fetched-batch-of.ts';
import type { DecodedFetchAnswer } from './fetch-answer.ts';
import { noteQuota, withinQuota } from './fetch-quota.ts';
import { READ_COMMITTED, READ_UNCOMMITTED } from './hidden-cluster.ts';
import { namingRights, onTopic } from './missing-right.ts';

/**
 * The last version that only a leader answers; every broker since 2.1 has it. From the next one on a follower does as well, whose high watermark lags: nothing
 * may be taken for read to its end by that [KIP-392].
 */
const FETCH_VERSION = 10;

/** Every broker since 2.0 has it. */
const LIST_OFFSETS_VERSION = 3;
/** What stands for the two ends of a partition in a question about offsets [Kafka protocol: ListOffsets API]. */
const ENDS = { start: -2, end: -1 } as const;

const require = createRequire(import.meta.url);
const { protocol } = require('kafkajs/src/protocol/requests/fetch') as RequestsOf<DecodedFetchAnswer>;
const { protocol: listOffsets } = require('kafkajs/src/protocol/requests/listOffsets') as RequestsOf<ListOffsetsAnswer>;

interface RequestsOf<Answer> {
  readonly protocol: (options: { readonly version: number }) => (args: object) => ProtocolRequest<Answer>;
}

interface ListOffsetsAnswer {
  readonly responses: readonly { readonly partitions: readonly { readonly errorCode: number; readonly offset: string }[] }[];
}

/** Reads below kafkajs's consumer, which knows groups only. */
export class KafkajsReadConnection extends ClusterConnection implements ReadConnection {
  async fetch(
    leader: string,
    positions: readonly FetchPosition[],
    bounds: FetchBounds,
  ): Promise<readonly (FetchedFrom | FetchFailure)[]> {
    const sentAt = performance.now();
    const isCommitted = readsCommitted(positions);
    const address = this.addressOf(leader);
    const maxBytes = withinQuota(address, bounds.maxBytes * positions.length);
    const answer = await this.ask(leader, requestOf(positions, bounds, maxBytes, isCommitted));
    noteQuota(address, maxBytes, answer);
    return answer.responses.flatMap(({ topicName: topic, partitions }) =>
      partitions.flatMap((fetched): (FetchedFrom | FetchFailure)[] => {
        const { partition, errorCode } = fetched;
        const position = positions.find((asked) => asked.topic === topic && asked.partition === partition);
        if (position === undefined) return [];
        if (errorCode !== 0) return [{ topic, partition, failure: namingRights(errorOf(errorCode), onTopic('READ', topic)) }];
        return [{ topic, partition, batch: fetchedBatchOf(fetched, position.offset, sentAt, isCommitted) }];
      }),
    );
  }

  async listOffset(topic: string, partition: number, which: 'start' | 'end'): Promise<Offset> {
    await this.know([topic]);
    if (this.isWithout(topic, partition)) throw new UnknownPartition(topic, partition);
    const leader = this.leaderOf(topic, partition);
    if (leader === undefined) throw this.withoutLeader(topic, partition);
    const { responses } = await this.ask(leader, offsetRequestOf(topic, partition, which));
    const [answer] = responses.flatMap(({ partitions }) => partitions);
    if (answer === undefined) throw new Error(`Kafka left ${topic} partition ${partition} unanswered`);
    if (answer.errorCode !== 0) throw namingRights(errorOf(answer.errorCode), onTopic('DESCRIBE', topic));
    return toOffset(answer.offset);
  }
}

/**
 * Events are read as the live consumer reads them, or a replay would send what a stranger's transaction took back. Facts are read as they come: an open
 * transaction must not hide a deletion (P5). A request has one answer for all that it asks for; the two are never asked for together.
 */
function readsCommitted(positions: readonly FetchPosition[]): boolean {
  return positions.every(({ topic }) => isOfEvents(topic));
}

function requestOf(
  positions: readonly FetchPosition[],
  { maxWaitMs, maxBytes: ofOne }: FetchBounds,
  maxBytes: number,
  isCommitted: boolean,
): ProtocolRequest<DecodedFetchAnswer> {
  const request = protocol({ version: FETCH_VERSION })({
    isolationLevel: isCommitted ? READ_COMMITTED : READ_UNCOMMITTED,
    maxWaitTime: maxWaitMs,
    minBytes: 1,
    maxBytes,
    topics: byTopic(positions, ofOne),
  });
  return { ...request, response: { decode: decodeOfLeader, parse: (answer) => Promise.resolve(answer) } };
}

function offsetRequestOf(topic: string, partition: number, which: keyof typeof ENDS): ProtocolRequest<ListOffsetsAnswer> {
  const request = listOffsets({ version: LIST_OFFSETS_VERSION })({
    isolationLevel: READ_UNCOMMITTED,
    topics: [{ topic, partitions: [{ partition, timestamp: ENDS[which] }] }],
  });
  return { ...request, response: { ...request.response, parse: (answer) => Promise.resolve(answer) } };
}

function byTopic(
  positions: readonly FetchPosition[],
  maxBytes: number,
): { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[] {
  const topics = new Map<string, { partition: number; fetchOffset: string; maxBytes: number }[]>();
  for (const { topic, partition, offset } of positions) {
    const partitions = topics.get(topic) ?? [];
    partitions.push({ partition, fetchOffset: String(offset), maxBytes });
    topics.set(topic, partitions);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}
