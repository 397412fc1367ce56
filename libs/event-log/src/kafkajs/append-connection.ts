import { createRequire } from 'node:module';
import { toOffset } from '#segment';
import { RightMissingError } from '../errors.ts';
import type { AppendConnection, ProduceAnswer, ProducePartition } from '../write/append-connection.ts';
import { ClusterConnection, type ProtocolRequest } from './cluster-connection.ts';
import { errorOf } from './errors-of-kafka.ts';
import { namingRights, onTopic } from './missing-right.ts';
import { encodeProduceRequest } from './produce-request.ts';

/** Long enough for a broker that is busy, short enough to answer a sender before it gives up (Segment's SDK waits 10 s). */
export const REQUEST_TIMEOUT_MS = 4_000;

/** What kafkajs makes of a produce answer, version 3. */
interface DecodedAnswer {
  /** Milliseconds for which the broker reads nothing more from this connection, after a quota. */
  readonly throttleTime: number;
  readonly topics: readonly {
    readonly partitions: readonly {
      readonly partition: number;
      readonly errorCode: number;
      readonly baseOffset: string;
      readonly logAppendTime: string;
    }[];
  }[];
}

const PRODUCE = 0;
/** The oldest version that Kafka 4 still takes, and the first one with record batches: every broker since 0.11 has it. */
const VERSION = 3;

const require = createRequire(import.meta.url);
const { decode } = require('kafkajs/src/protocol/requests/produce/v3/response') as {
  readonly decode: (bytes: Buffer) => Promise<DecodedAnswer>;
};
const checksum = require('kafkajs/src/protocol/recordBatch/crc32C') as (bytes: Buffer) => number;

/**
 * Produces below kafkajs's producer, which asks all leaders at once and fails as a whole where one is away, hides of a request that failed in one partition
 * that others were written, and encodes four times as slowly ({@link encodeProduceRequest}).
 */
export class KafkajsAppendConnection extends ClusterConnection implements AppendConnection {
  async partitionCount(topic: string): Promise<number> {
    await this.know([topic]);
    if (this.countOf(topic) === 0) await this.refresh();
    if (this.isHidden(topic)) throw new RightMissingError([onTopic('WRITE', topic)]);
    return this.countOf(topic);
  }

  async send(leader: string, topic: string, partitions: readonly ProducePartition[]): Promise<ProduceAnswer[]> {
    const answer = await this.ask(leader, requestOf(topic, partitions));
    return answer.topics.flatMap((part) => part.partitions).map((part) => answerOf(topic, part));
  }
}

function requestOf(topic: string, partitions: readonly ProducePartition[]): ProtocolRequest<DecodedAnswer> {
  const bytes = encodeProduceRequest({ topic, partitions, timeoutMs: REQUEST_TIMEOUT_MS, now: Date.now(), checksum });
  return {
    request: {
      apiKey: PRODUCE,
      apiVersion: VERSION,
      apiName: 'Produce',
      expectResponse: () => true,
      // What is asked for is an encoder of kafkajs's own; of that it reads these two.
      encode: () => Promise.resolve({ buf: bytes, buffer: bytes }),
    },
    response: { decode: decodeObeying, parse: (answer) => Promise.resolve(answer) },
  };
}

/** kafkajs holds the next request back for as long as this field says. Sent earlier, it would lie unread, run out of its time and be written twice [KIP-219]. */
async function decodeObeying(bytes: Buffer): Promise<DecodedAnswer & { readonly clientSideThrottleTime: number }> {
  const answer = await decode(bytes);
  return { ...answer, clientSideThrottleTime: answer.throttleTime };
}

function answerOf(
  topic: string,
  { partition, errorCode, baseOffset, logAppendTime }: DecodedAnswer['topics'][0]['partitions'][0],
): ProduceAnswer {
  if (errorCode !== 0 || baseOffset === '-1')
    return { partition, failure: namingRights(errorOf(errorCode), onTopic('WRITE', topic)) };
  return { partition, first: { partition, offset: toOffset(baseOffset), appendedAt: Number(logAppendTime) } };
}
