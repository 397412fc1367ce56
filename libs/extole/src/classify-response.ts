import type { Verdict } from '#delivery';
import { readAnswerBody, type AnswerBody } from './answer-body.ts';
import type { Answer, CallKind } from './call.ts';
import { retryAfterMs } from './retry-after.ts';

/** Statuses that speak of this one request: the same bytes will fail again, others will not. */
const REQUEST_IS_WRONG: ReadonlySet<number> = new Set([400, 409, 413, 422]);
/** Statuses that ask to come again, though they are 4xx: a timeout on the way, a replayed TLS early request. */
const COME_AGAIN: ReadonlySet<number> = new Set([408, 425]);

/**
 * What an answer of Extole means: the one place that looks at status codes (wire.md 2.3).
 *
 * | status | verdict |
 * |---|---|
 * | 2xx with a JSON object (for the token check: any JSON) | `delivered`; an erasure whose status is `FAILED`: retry |
 * | 2xx with no body, 204, or anything but JSON | stop `misrouted`: something else than Extole's API has answered |
 * | 3xx | stop `redirect` |
 * | 400 `event_blocked` | `rejected`, for an event |
 * | 400, 409, 413, 422 | `dead-letter` |
 * | 408, 425 | retry |
 * | 429 | retry, throttled |
 * | every other 4xx (401, 402, 403, 404, 405, 410, 415 …) | stop: it does not say that the event is wrong, so the backlog is kept (P7) |
 * | 5xx and all else | retry |
 *
 * @param now milliseconds since the epoch, to read a `Retry-After` date.
 */
export function classifyResponse(answer: Answer, call: CallKind, now: number): Verdict {
  const { status, headers } = answer;
  const body = readAnswerBody(answer.body);
  if (status >= 200 && status < 300) return classifySuccess(status, body, call);

  const code = body.code ?? `http_${status}`;
  const uniqueId = body.uniqueId === undefined ? {} : { uniqueId: body.uniqueId };
  if (status >= 300 && status < 400) return { kind: 'stop', code: 'redirect', status };
  if (status === 400 && code === 'event_blocked' && call === 'event') return { kind: 'rejected', status, code, ...uniqueId };
  if (REQUEST_IS_WRONG.has(status)) return { kind: 'dead-letter', status, code, ...uniqueId };
  if (status >= 400 && status < 500 && status !== 429 && !COME_AGAIN.has(status))
    return { kind: 'stop', status, code, ...uniqueId };

  const wait = retryAfterMs(headers['retry-after'], now);
  const reason = status === 429 ? 'throttled' : 'transient';
  return { kind: 'retry', reason, code, status, ...(wait === undefined ? {} : { retryAfterMs: wait }), ...uniqueId };
}

function classifySuccess(status: number, body: AnswerBody, call: CallKind): Verdict {
  // An empty 204 is Extole's own sign of a misrouted request; a page of a proxy or a parked domain is the same fault.
  const understood = call === 'token' ? body.isJson : body.isObject;
  if (!understood) return { kind: 'stop', code: 'misrouted', status };
  if (call === 'erasure' && body.status?.toUpperCase() === 'FAILED') {
    return { kind: 'retry', reason: 'transient', code: 'erasure_failed', status };
  }
  return { kind: 'delivered', status, ...(body.extoleId === undefined || call === 'token' ? {} : { extoleId: body.extoleId }) };
}
