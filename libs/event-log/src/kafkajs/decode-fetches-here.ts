import { createRequire } from 'node:module';
import type { TopicPartition } from '../group/topic-partition.ts';
import { errorOf } from './errors-of-kafka.ts';
import { decodeFetchAnswer, type DecodedFetchAnswer } from './fetch-answer.ts';
import { noteQuota, withinQuota } from './fetch-quota.ts';
import type { FetchedRecord } from './hidden-cluster.ts';
import { addressOf } from './silent-brokers.ts';

const require = createRequire(import.meta.url);
let done = false;

/**
 * Has kafkajs 2.2.4 decode fetch answers of version 11, which it asks of every broker since 2.3, as is done here ({@link decodeFetchAnswer}). Records
 * of older formats are still left to it.
 */
export function decodeFetchAnswersHere(): void {
  if (done) return;
  done = true;
  const response = require('kafkajs/src/protocol/requests/fetch/v11/response') as {
    decode: (bytes: Buffer) => Promise<DecodedFetchAnswer>;
    parse: (answer: DecodedFetchAnswer) => Promise<DecodedFetchAnswer>;
  };
  response.decode = (bytes) => decodeFetchAnswer(bytes, decodeByKafkajs);
  response.parse = (answer) => Promise.resolve(withoutFailures(answer));
  const { prototype } = require('kafkajs/src/broker') as { prototype: FetchingBroker };
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its instance below
  const { fetch } = prototype;
  prototype.fetch = async function (request) {
    const address = addressOf(this);
    const maxBytes = withinQuota(address, request.maxBytes);
    const answer = await fetch.call(this, maxBytes < request.maxBytes ? inTurn({ ...request, maxBytes }) : request);
    noteQuota(address, maxBytes, answer);
    if (answer.failures !== undefined) failures.set(this, answer.failures);
    return answer;
  };
}

/** A partition that a fetch could not be answered for. */
type PartitionFailure = TopicPartition & { readonly failure: Error };

type JudgedAnswer = DecodedFetchAnswer & { readonly failures?: readonly PartitionFailure[] };

interface FetchingBroker {
  fetch(request: FetchRequest): Promise<JudgedAnswer>;
}

interface FetchRequest {
  readonly maxBytes: number;
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly unknown[] }[];
}

let turn = 0;

/** A broker fills its answer in the order of the question: where there is little room, somebody else is first each time. */
function inTurn(request: FetchRequest): FetchRequest {
  turn++;
  const topics = request.topics.map((of) => ({ ...of, partitions: rotated(of.partitions) }));
  return { ...request, topics: rotated(topics) };
}

function rotated<T>(items: readonly T[]): T[] {
  const first = turn % Math.max(1, items.length);
  return [...items.slice(first), ...items.slice(0, first)];
}

/** By broker, of its latest fetch; there is one at a time. */
const failures = new WeakMap<object, readonly PartitionFailure[]>();

/** The partitions that failed in the latest fetch of this broker; once. */
export function takeFailures(broker: object | undefined): readonly PartitionFailure[] {
  const taken = broker && failures.get(broker);
  if (taken === undefined) return [];
  failures.delete(broker as object);
  return taken;
}

/** kafkajs throws where one partition failed, and so throws away what came of the others. */
function withoutFailures(answer: DecodedFetchAnswer): JudgedAnswer {
  if (answer.responses.every(({ partitions }) => partitions.every(({ errorCode }) => errorCode === 0))) return answer;
  const failed: PartitionFailure[] = [];
  const responses = answer.responses.map(({ topicName, partitions }) => ({
    topicName,
    partitions: partitions.filter(({ partition, errorCode }) => {
      if (errorCode === 0) return true;
      failed.push({ topic: topicName, partition, failure: errorOf(errorCode) });
      return false;
    }),
  }));
  return { ...answer, responses, failures: failed };
}

/** The answer of a leader to a fetch of version 10, which names no replica to prefer. */
export function decodeOfLeader(bytes: Buffer): Promise<DecodedFetchAnswer> {
  return decodeFetchAnswer(bytes, decodeByKafkajs, 10);
}

/** kafkajs reads a record set with its size in front. */
async function decodeByKafkajs(recordSet: Buffer): Promise<readonly FetchedRecord[]> {
  const Decoder = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => object;
  const decode = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages') as (
    decoder: object,
  ) => Promise<FetchedRecord[]>;
  const size = Buffer.alloc(4);
  size.writeInt32BE(recordSet.length);
  return decode(new Decoder(Buffer.concat([size, recordSet])));
}
