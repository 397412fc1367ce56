import { createRequire } from 'node:module';
import type { Message } from 'kafkajs';
import type { EncodedRecord } from '../records/encoded-record.ts';
import type { ProducePartition } from '../write/append-connection.ts';
import { encodeProduceRequest } from './produce-request.ts';

/** The records of one partition in a request, which kafkajs takes for a single message: it copies the messages of a partition once for each of them. */
interface Bundle extends Message {
  readonly partition: number;
  readonly records: readonly EncodedRecord[];
}

/** What kafkajs's producer is to send for `records`; understood by {@link encodeProduceRequestsHere} alone. */
export function bundle({ partition, records }: ProducePartition): Message {
  const bundled: Bundle = { partition, records, value: null };
  return bundled;
}

/** What kafkajs's producer asks of a broker; what else it may say (transactions, compression) is never asked here. */
interface ProduceArguments {
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly messages: readonly Bundle[] }[];
  }[];
  readonly timeout: number;
}

interface ProtocolRequest {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    readonly expectResponse: () => boolean;
    readonly encode: () => Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
  };
  readonly response: unknown;
}

interface ProduceAnswer {
  readonly topics: readonly { readonly partitions: readonly { readonly errorCode: number }[] }[];
}

interface ProduceResponse {
  readonly decode: (bytes: unknown) => Promise<ProduceAnswer>;
  /** Returns what it is given, or throws the first error in it. */
  readonly parse: (answer: ProduceAnswer) => Promise<ProduceAnswer>;
}

interface Broker {
  readonly connectionPool: { send(request: ProtocolRequest): Promise<unknown> };
  disconnect(): Promise<void>;
}

const PRODUCE = 0;
/** The oldest version that Kafka 4 still takes, and the first one with record batches: every broker since 0.11 has it. */
const VERSION = 3;

const require = createRequire(import.meta.url);
let done = false;

/** What kafkajs would throw for an error code that Kafka gave to one partition of a request. */
export function produceFailure(errorCode: number): Error {
  const { createErrorFromCode } = require('kafkajs/src/protocol/error') as { createErrorFromCode: (code: number) => Error };
  return createErrorFromCode(errorCode);
}

/**
 * Has kafkajs 2.2.4 send produce requests that are encoded here ({@link encodeProduceRequest}), and leaves all else to it: connections, metadata, leaders,
 * answers and their errors.
 */
export function encodeProduceRequestsHere(): void {
  if (done) return;
  done = true;
  const { prototype } = require('kafkajs/src/broker') as {
    prototype: { produce: (this: Broker, args: ProduceArguments) => Promise<unknown> };
  };
  const response = tellingPartsApart(require('kafkajs/src/protocol/requests/produce/v3/response') as ProduceResponse);
  const checksum = require('kafkajs/src/protocol/recordBatch/crc32C') as (bytes: Buffer) => number;
  prototype.produce = async function ({ topicData, timeout }) {
    const bytes = encode(topicData, timeout, checksum);
    const request = {
      apiKey: PRODUCE,
      apiVersion: VERSION,
      apiName: 'Produce',
      expectResponse: () => true,
      // What is asked for is an encoder of kafkajs's own; of that it reads these two.
      encode: () => Promise.resolve({ buf: bytes, buffer: bytes }),
    };
    try {
      return await this.connectionPool.send({ request, response });
    } catch (error) {
      // As kafkajs's own requests do: the next one is to begin with a new connection.
      if (error instanceof Error && error.name === 'KafkaJSConnectionClosedError') await this.disconnect();
      throw error;
    }
  };
}

/**
 * kafkajs throws where one partition failed, and so hides that others were written: a repeat of the request would write those twice, a refusal would refuse
 * what is in the log. Here an answer that took anything is an answer; the one that took nothing still throws, which has kafkajs ask for the leaders anew.
 */
function tellingPartsApart({ decode, parse }: ProduceResponse): ProduceResponse {
  return {
    decode,
    parse: async (answer) => {
      const partitions = answer.topics.flatMap((topic) => topic.partitions);
      return partitions.some(({ errorCode }) => errorCode === 0) ? answer : parse(answer);
    },
  };
}

function encode(topicData: ProduceArguments['topicData'], timeoutMs: number, checksum: (bytes: Buffer) => number): Buffer {
  const [data, ...others] = topicData;
  if (data === undefined || others.length > 0) throw new Error('a produce request is for one topic (topic-writer.ts)');
  const partitions = data.partitions.map(
    // kafkajs takes the partition's number from the key of an object.
    ({ partition, messages }): ProducePartition => ({
      partition: Number(partition),
      records: messages.flatMap(({ records }) => records),
    }),
  );
  return encodeProduceRequest({ topic: data.topic, partitions, timeoutMs, now: Date.now(), checksum });
}
