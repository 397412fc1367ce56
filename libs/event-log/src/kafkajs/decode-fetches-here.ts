import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import type { TopicPartition } from '../group/topic-partition.ts';
import { errorOf } from './errors-of-kafka.ts';
import { decodeFetchAnswer, type DecodedFetchAnswer } from './fetch-answer.ts';
import type { FetchedRecord } from './hidden-cluster.ts';

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
}

/** For whoever fetches inside of it: takes the partitions of the answer that failed. */
export const partitionFailures = new AsyncLocalStorage<(TopicPartition & { readonly failure: Error })[]>();

/** kafkajs throws where one partition failed, and so throws away what came of the others. */
function withoutFailures(answer: DecodedFetchAnswer): DecodedFetchAnswer {
  if (answer.responses.every(({ partitions }) => partitions.every(({ errorCode }) => errorCode === 0))) return answer;
  const failures = partitionFailures.getStore();
  const responses = answer.responses.map(({ topicName, partitions }) => ({
    topicName,
    partitions: partitions.filter(({ partition, errorCode }) => {
      if (errorCode === 0) return true;
      const failure = errorOf(errorCode);
      if (failures === undefined) throw failure;
      failures.push({ topic: topicName, partition, failure });
      return false;
    }),
  }));
  return { ...answer, responses };
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
