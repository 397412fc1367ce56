import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { LogUnavailableError, rightMissingIn } from '#event-log';
import { OperationError } from '#operations';
import type { ApiError } from '../api/index.ts';
import { Refusal } from './refusal.ts';

/** What whoever asked is told about `error`; anything that is not meant for them gets a text without details. */
export function answerToError(error: unknown): { readonly status: number; readonly body: ApiError } {
  if (error instanceof Refusal) return { status: error.getStatus(), body: { message: error.message } };
  if (error instanceof OperationError) return { status: 409, body: { message: error.message } };
  const lacking = rightMissingIn(error);
  if (lacking !== undefined) return { status: 503, body: { message: `the console ${lacking.message}` } };
  if (isKafkaTrouble(error)) {
    return {
      status: 503,
      body: { message: 'Kafka does not answer: check KAFKA_BROKERS and that the broker runs, then try again' },
    };
  }
  const status = statusOf(error);
  const message = MESSAGES[status] ?? STATUS_CODES[status]?.toLowerCase() ?? 'error';
  return { status, body: { message } };
}

const MESSAGES: Readonly<Record<number, string>> = {
  400: 'the request cannot be read: send JSON',
  404: 'there is nothing at that address',
  413: 'the body is too large: a Segment message has at most 32 KB',
  415: 'send JSON: content-type application/json',
  500: "something went wrong here: the console's log says more",
};

/** Fastify's own errors carry their status; everything else is a bug. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  return status >= 400 && status < 600 ? status : 500;
}

function isKafkaTrouble(error: unknown): boolean {
  return error instanceof LogUnavailableError || (error instanceof Error && error.name.startsWith('KafkaJS'));
}
