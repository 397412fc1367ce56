import { RightMissingError, UnknownPartition } from './errors.ts';

/** The name and the protocol error type of what kafkajs threw, looked for behind its wrappers. */
interface KafkaFailure {
  readonly name: string;
  /** Kafka's own name of the error, such as `NOT_LEADER_FOR_PARTITION`; undefined for connection trouble. */
  readonly type?: string;
  readonly message: string;
}

/** kafkajs wraps what happened in errors that tell how often it tried; the innermost one tells what it was. */
export function failureOf(error: unknown): KafkaFailure {
  let innermost = error;
  while (innermost instanceof Error && innermost.cause instanceof Error) innermost = innermost.cause;
  if (!(innermost instanceof Error)) return { name: 'unknown', message: 'unknown' };
  const type = 'type' in innermost && typeof innermost.type === 'string' ? { type: innermost.type } : {};
  return { name: innermost.name, ...type, message: innermost.message };
}

/** Errors of a produce request that the same request will meet again: trying on only uses up the deadline of its neighbours. */
const PERMANENT = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'INVALID_TOPIC_EXCEPTION',
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
]);

export function isPermanent(error: unknown): boolean {
  const { type } = failureOf(error);
  return type !== undefined && PERMANENT.has(type);
}

/** Whether the trouble is one topic's or one partition's own, so that it says nothing about Kafka as a whole (P6). */
export function isTopicFault(error: unknown): boolean {
  return isPermanent(error) || ['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE'].includes(failureOf(error).type ?? '');
}

/** Whether the log does not hold the offset that was asked for: it begins behind it, or ends before it. */
export function isOutOfRange(error: unknown): boolean {
  return failureOf(error).type === 'OFFSET_OUT_OF_RANGE';
}

/** Whether asking again leads to the same answer: a position or a partition that the log does not have, or what we may not read. */
export function isFinal(error: unknown): boolean {
  return error instanceof UnknownPartition || isOutOfRange(error) || rightMissingIn(error) !== undefined;
}

/** The missing right that an error is about, however it is wrapped; undefined if it is about something else. */
export function rightMissingIn(error: unknown): RightMissingError | undefined {
  let inner = error;
  while (inner instanceof Error && !(inner instanceof RightMissingError)) inner = inner.cause;
  return inner instanceof RightMissingError ? inner : undefined;
}
