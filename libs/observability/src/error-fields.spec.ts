import { describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { KafkaJSConnectionError, KafkaJSNonRetriableError } from 'kafkajs';
import { errors as undiciErrors } from 'undici';
import { errorFields } from './index.ts';

class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
  readonly code = 'log_queue_full';
}

async function refusedConnection(): Promise<Error> {
  return new Promise((resolve) => connect({ host: '127.0.0.1', port: 1 }).once('error', resolve));
}

function thrownBy(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

describe('errorFields', () => {
  it('keeps the message of an error of ours', () => {
    expect(errorFields(new QueueFullError('the queue is full'))).toEqual({
      error: 'QueueFullError',
      code: 'log_queue_full',
      message: 'the queue is full',
    });
  });

  it('keeps the message of a system error', async () => {
    expect(errorFields(await refusedConnection())).toMatchObject({
      code: 'ECONNREFUSED',
      message: expect.stringContaining('127.0.0.1:1'),
    });
  });

  it('keeps the messages of kafkajs and undici', () => {
    expect(errorFields(new KafkaJSConnectionError('Connection timeout', { broker: 'b:9092' }))).toMatchObject({
      error: 'KafkaJSConnectionError',
      message: 'Connection timeout',
    });
    expect(errorFields(new undiciErrors.HeadersTimeoutError())).toMatchObject({
      code: 'UND_ERR_HEADERS_TIMEOUT',
      message: 'Headers Timeout Error',
    });
  });

  it('leaves out the message that kafkajs took over from an unknown error (P10)', () => {
    // As its retry does; the published types do not know the option.
    const wrapped = Object.assign(new KafkaJSNonRetriableError('bad trait ann@example.com'), {
      cause: new Error('bad trait ann@example.com'),
    });
    expect(errorFields(wrapped)).toEqual({ error: 'KafkaJSNonRetriableError' });
  });

  it.each([
    ['a JSON syntax error', thrownBy(() => JSON.parse('ann@example.com'))],
    ['a Node argument error', thrownBy(() => new URL('ann@example.com'))],
    ['an unknown error', new Error('ann@example.com')],
    ['a thrown string', 'ann@example.com'],
  ])('leaves out the message of %s, which may quote personal data (P10)', (_name, error) => {
    expect(JSON.stringify(errorFields(error))).not.toContain('ann@');
    expect(errorFields(error).error).not.toBe('');
  });
});
