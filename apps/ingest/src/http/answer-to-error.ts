import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { LogUnavailableError } from '#event-log';
import type { Door } from '../doors/door.ts';
import { Overload } from './overload.ts';
import { Refusal } from './refusal.ts';

export interface ErrorAnswer {
  readonly status: number;
  readonly body: { readonly success?: false; readonly message: string };
  readonly retryAfterSeconds?: number;
}

/**
 * What a sender at `door` is told about `error`; everything that is not a refusal of ours gets a text without details.
 */
export function answerToError(error: unknown, door: Door): ErrorAnswer {
  if (error instanceof LogUnavailableError) return answerToUnavailableLog(error, door);
  if (error instanceof Overload) return tryAgain(isForSdks(door) ? 429 : 503, error.message, error.retryAfterSeconds, door);
  const status = error instanceof HttpException ? error.getStatus() : 500;
  // Fastify's and Nest's own messages quote paths and headers.
  const message = error instanceof Refusal ? error.message : (MESSAGES[status] ?? STATUS_CODES[status] ?? 'error').toLowerCase();
  return { status, body: bodyOf(message, door) };
}

const MESSAGES: Readonly<Record<number, string>> = {
  413: 'the body is too large',
  415: 'the content type must be JSON or text/plain',
};

function answerToUnavailableLog({ code, retryAfterSeconds }: LogUnavailableError, door: Door): ErrorAnswer {
  const isFull = code === 'log_queue_full' && isForSdks(door);
  const message = isFull
    ? 'too many events are waiting to be written: try again later'
    : 'nothing can be written now: try again later';
  return tryAgain(isFull ? 429 : 503, message, retryAfterSeconds, door);
}

function tryAgain(status: 429 | 503, message: string, seconds: number, door: Door): ErrorAnswer {
  return { status, body: bodyOf(message, door), retryAfterSeconds: Math.max(1, Math.ceil(seconds)) };
}

/**
 * An SDK does not count a 429 with Retry-After as an attempt. At the other doors nothing transient is a 4xx, because Segment's
 * service, and many a sender of deletions, gives up on those (wire.md 1.1).
 */
function isForSdks(door: Door): boolean {
  return door === 'tracking';
}

/** The doors whose errors Segment shows in its debugger; SDKs know another form. */
function isForSegment(door: Door): boolean {
  return door === 'partner' || door === 'webhook';
}

function bodyOf(message: string, door: Door): ErrorAnswer['body'] {
  return isForSegment(door) ? { message } : { success: false, message };
}
