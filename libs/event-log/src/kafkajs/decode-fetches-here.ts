import { createRequire } from 'node:module';
import { decodeFetchAnswer, type DecodeOtherRecords } from './fetch-answer.ts';
import type { FetchedRecord } from './hidden-cluster.ts';

const require = createRequire(import.meta.url);
let done = false;

/**
 * Has kafkajs 2.2.4 decode fetch answers of version 11, which it asks of every broker since 2.3, as is done here ({@link decodeFetchAnswer}). Compressed records
 * and those of older formats are still left to it.
 */
export function decodeFetchAnswersHere(): void {
  if (done) return;
  done = true;
  const response = require('kafkajs/src/protocol/requests/fetch/v11/response') as {
    decode: (bytes: Buffer) => Promise<unknown>;
  };
  response.decode = (bytes) => decodeFetchAnswer(bytes, decodeByKafkajs);
}

/** kafkajs reads a record set with its size in front. */
const decodeByKafkajs: DecodeOtherRecords = async (recordSet) => {
  const Decoder = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => object;
  const decode = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages') as (
    decoder: object,
  ) => Promise<FetchedRecord[]>;
  const size = Buffer.alloc(4);
  size.writeInt32BE(recordSet.length);
  return decode(new Decoder(Buffer.concat([size, recordSet])));
};
